// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

static struct turning turning;

static void expect_end(int fd)
{
    struct pollfd ended = {.fd = fd, .events = POLLIN};
    char byte;
    int ready;

    do {
        ready = poll(&ended, 1, CHILD_LIMIT_MS);
    } while (ready < 0 && errno == EINTR);
    EXPECT_EQ(ready, 1);
    EXPECT_EQ(read(fd, &byte, 1), 0);
}

// The life-line is a pipe that the parent never writes to and has the only other end of. The news
// are a pipe too, whose end is seen when nobody is left who could write.
static _Noreturn void be_parent(int life[2], int news, int death_signal)
{
    struct rf_fork_result result;
    pthread_t thread;
    struct rf_fork_options options = {.kept = (const int[]){life[0], news},
                                      .kept_count = 2,
                                      .closed = &life[1],
                                      .closed_count = 1,
                                      .death_signal = death_signal};

    EXPECT_EQ(rf_fork_init(0), 0);
    start_thread(&thread, turn, &turning);
    int pid = rf_fork(&options, &result);
    EXPECT(pid >= 0);
    if (pid > 0) {
        for (;;) {
            pause();
        }
    }
    EXPECT_EQ(write(news, "l", 1), 1);
    if (death_signal == 0) {
        expect_end(life[0]);
        await_progress(&turning.turns, 1);
        EXPECT_EQ(write(news, "e", 1), 1);
        finish();
    }
    for (;;) {
        pause();
    }
}

static void expect_told(int death_signal)
{
    int life[2];
    int news[2];
    int status;

    EXPECT_EQ(pipe(life), 0);
    EXPECT_EQ(pipe(news), 0);
    pid_t parent = fork();
    if (parent == 0) {
        close(news[0]);
        be_parent(life, news[1], death_signal);
    }
    close(life[0]);
    close(life[1]);
    close(news[1]);
    EXPECT_EQ(next_byte(news[0]), 'l');
    EXPECT_EQ(kill(parent, SIGKILL), 0);
    EXPECT_EQ(waitpid(parent, &status, 0), parent);
    EXPECT(WIFSIGNALED(status));
    if (death_signal == 0) {
        EXPECT_EQ(next_byte(news[0]), 'e');
    }
    expect_end(news[0]);
    close(news[0]);
}

int main(void)
{
    const char *reason = why_not_forked();

    if (reason != NULL) {
        return skip(reason);
    }
    expect_told(0);
    expect_told(SIGTERM);
    return 0;
}

#endif

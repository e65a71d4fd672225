// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { STATUS = 7 };

static struct turning turning;

// Only makes the sibling, whose number it tells.
static _Noreturn void be_brother(int news)
{
    struct rf_fork_options options = {.kept = &news, .kept_count = 1, .sibling = 1};
    struct rf_fork_result result;
    pthread_t thread;
    int status;

    EXPECT_EQ(rf_fork_init(0), 0);
    start_thread(&thread, turn, &turning);
    int pid = rf_fork(&options, &result);
    EXPECT(pid >= 0);
    if (pid == 0) {
        await_progress(&turning.turns, 1);
        exit(STATUS);
    }
    EXPECT_EQ(waitpid(pid, &status, 0), -1);
    EXPECT_EQ(errno, ECHILD);
    EXPECT_EQ(write(news, &pid, sizeof pid), sizeof pid);
    finish();
}

int main(void)
{
    int news[2];
    int sibling;
    int status;

    // The library gets ready in the brother: a process forked by fork(2) has no forker.
    const char *reason = why_not_forked();
    if (reason != NULL) {
        return skip(reason);
    }
    EXPECT_EQ(pipe(news), 0);
    pid_t brother = fork();
    if (brother == 0) {
        close(news[0]);
        be_brother(news[1]);
    }
    close(news[1]);
    EXPECT_EQ(read(news[0], &sibling, sizeof sibling), sizeof sibling);
    EXPECT_EQ(waitpid(brother, &status, 0), brother);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_EQ(waitpid(sibling, &status, 0), sibling);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == STATUS);
    return 0;
}

#endif

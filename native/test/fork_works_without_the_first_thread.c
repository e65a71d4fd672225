// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { FORKS = 3 };

static bool has_ended(int tid)
{
    char path[64];
    char text[512] = {0};

    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    EXPECT(fd >= 0);
    EXPECT(read(fd, text, sizeof text - 1) > 0);
    close(fd);
    const char *state = strrchr(text, ')');
    return state != NULL && state[2] == 'Z';
}

static void *carry_on(void *argument)
{
    struct rf_fork_result result;

    while (!has_ended(getpid())) {
        sched_yield();
    }
    for (int i = 0; i < FORKS; i++) {
        if (fork_plainly(&result) == 0) {
            EXPECT_EQ(result.threads, 1);
            // The child has a first thread again, so that /proc tells all of it.
            EXPECT_EQ(access("/proc/self/fd/2", F_OK), 0);
            finish();
        }
        expect_ok(&result);
    }
    _exit(0);
    return argument;
}

int main(void)
{
    pthread_t thread;

    FORKABLE();
    start_thread(&thread, carry_on, NULL);
    pthread_exit(NULL);
}

#endif

// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { AT_ONCE = 4, ROUNDS = 50, THREADS = 3, STATUS = 3 };

static struct turning turning[THREADS];

static int open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    EXPECT(folder != NULL);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

int main(void)
{
    pthread_t thread;
    struct rf_fork_result children[AT_ONCE];
    int wakeup[2];

    FORKABLE();
    // With something in it, so that the child's is made in the parent.
    open_pipe(wakeup);
    EXPECT_EQ(write(wakeup[1], "w", 1), 1);
    for (int i = 0; i < THREADS; i++) {
        start_thread(&thread, turn, &turning[i]);
    }
    int before = open_descriptors();
    for (int i = 0; i < ROUNDS; i++) {
        for (int j = 0; j < AT_ONCE; j++) {
            if (fork_plainly(&children[j]) == 0) {
                for (int k = 0; k < THREADS; k++) {
                    await_progress(&turning[k].turns, 1);
                }
                EXPECT_EQ(next_byte(wakeup[0]), 'w');
                _exit(STATUS + j);
            }
        }
        for (int j = 0; j < AT_ONCE; j++) {
            EXPECT_EQ(await_exit(&children[j]), STATUS + j);
        }
    }
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(next_byte(wakeup[0]), 'w');
    EXPECT(is_empty(wakeup[0]));
    _exit(0);
}

#endif

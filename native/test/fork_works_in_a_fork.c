// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { DEPTH = 4, STEPS = 100 };

static struct turning turning;

// Each answers for those below it.
static void descend(int depth)
{
    struct rf_fork_result result;

    if (depth > DEPTH) {
        return;
    }
    if (fork_plainly(&result) == 0) {
        await_progress(&turning.turns, STEPS);
        descend(depth + 1);
        finish();
    }
    EXPECT_EQ(result.threads, 2);
    await_progress(&turning.turns, STEPS);
    expect_ok(&result);
}

int main(void)
{
    pthread_t thread;

    FORKABLE();
    start_thread(&thread, turn, &turning);
    // The second time each of them has forked before.
    descend(1);
    descend(1);
    _exit(0);
}

#endif

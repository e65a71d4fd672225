// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { STEPS = 100 };

static struct turning turning;
static atomic_int deaf_tid;

static void *be_deaf(void *argument)
{
    sigset_t all;

    sigfillset(&all);
    EXPECT_EQ(pthread_sigmask(SIG_SETMASK, &all, NULL), 0);
    atomic_store(&deaf_tid, own_tid());
    return turn(argument);
}

int main(void)
{
    pthread_t threads[2];
    struct rf_fork_result result;
    struct rf_fork_options options = {.freeze_limit_ms = 200};

    FORKABLE();
    start_thread(&threads[0], turn, &turning);
    start_thread(&threads[1], be_deaf, &turning);
    while (atomic_load(&deaf_tid) == 0) {
        sched_yield();
    }
    EXPECT_EQ(rf_fork(&options, &result), -ETIMEDOUT);
    EXPECT_EQ(result.stage, RF_FORK_FREEZE);
    EXPECT_EQ(result.culprit, atomic_load(&deaf_tid));
    EXPECT(result.freezes >= 1);
    EXPECT_EQ(result.pidfd, -1);
    await_progress(&turning.turns, STEPS);
    // And with it gone, it can be forked.
    atomic_store(&turning.over, true);
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ(pthread_join(threads[i], NULL), 0);
    }
    if (fork_plainly(&result) == 0) {
        EXPECT_EQ(result.threads, 1);
        finish();
    }
    expect_ok(&result);
    return 0;
}

#endif

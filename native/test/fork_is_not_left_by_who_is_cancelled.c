// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { FORKS = 10, STILL_MS = 5 };

static struct turning turning;

static void *turn_until_cancelled(void *argument)
{
    EXPECT_EQ(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL), 0);
    for (;;) {
        atomic_fetch_add(&turning.turns, 1);
    }
    return argument;
}

static bool is_still(void)
{
    long long until_ms = now_ms() + STILL_MS;
    int turns = atomic_load(&turning.turns);

    while (atomic_load(&turning.turns) == turns) {
        if (now_ms() >= until_ms) {
            return true;
        }
        sched_yield();
    }
    return false;
}

// Cancels the other one while that stands and this one, with its signals blocked, does not yet.
static void *cancel(void *argument)
{
    pthread_t *other = argument;
    sigset_t all;
    sigset_t former;

    sigfillset(&all);
    EXPECT_EQ(pthread_sigmask(SIG_SETMASK, &all, &former), 0);
    while (!is_still()) {
    }
    EXPECT_EQ(pthread_cancel(*other), 0);
    long long until_ms = now_ms() + STILL_MS;
    while (now_ms() < until_ms) {
        sched_yield();
    }
    EXPECT_EQ(pthread_sigmask(SIG_SETMASK, &former, NULL), 0);
    return argument;
}

int main(void)
{
    pthread_t cancelled;
    pthread_t cancelling;
    struct rf_fork_result result;

    FORKABLE();
    for (int i = 0; i < FORKS; i++) {
        start_thread(&cancelled, turn_until_cancelled, NULL);
        start_thread(&cancelling, cancel, &cancelled);
        if (fork_plainly(&result) == 0) {
            finish();
        }
        expect_ok(&result);
        EXPECT_EQ(pthread_join(cancelling, NULL), 0);
        EXPECT_EQ(pthread_join(cancelled, NULL), 0);
    }
    return 0;
}

#endif

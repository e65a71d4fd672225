// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

// Who waits for a condition has let go of the lock, and is counted among its users.
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static bool waiting;
static bool fulfilled;

static void *await_condition(void *argument)
{
    EXPECT_EQ(pthread_mutex_lock(&lock), 0);
    waiting = true;
    while (!fulfilled) {
        EXPECT_EQ(pthread_cond_wait(&condition, &lock), 0);
    }
    EXPECT_EQ(pthread_mutex_unlock(&lock), 0);
    return argument;
}

// Leaves the lock held.
static void lock_while_another_waits(void)
{
    for (;;) {
        EXPECT_EQ(pthread_mutex_lock(&lock), 0);
        if (waiting) {
            return;
        }
        EXPECT_EQ(pthread_mutex_unlock(&lock), 0);
        sched_yield();
    }
}

static void fulfil(pthread_t waiter)
{
    fulfilled = true;
    EXPECT_EQ(pthread_cond_signal(&condition), 0);
    EXPECT_EQ(pthread_mutex_unlock(&lock), 0);
    EXPECT_EQ(pthread_join(waiter, NULL), 0);
}

int main(void)
{
    pthread_t waiter;
    struct rf_fork_result result;

    FORKABLE();
    start_thread(&waiter, await_condition, NULL);
    lock_while_another_waits();
    int pid = fork_plainly(&result);
    fulfil(waiter);
    if (pid == 0) {
        EXPECT(result.locks >= 1);
        finish();
    }
    expect_ok(&result);
    return 0;
}

#endif

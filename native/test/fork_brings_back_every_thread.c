// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { THREADS = 8, STEPS = 1000 };

static atomic_int turns[THREADS];
static atomic_bool over;

static void *spin(void *argument)
{
    int self = (int)(intptr_t)argument;

    while (!atomic_load(&over)) {
        atomic_fetch_add(&turns[self], 1);
    }
    return argument;
}

static void expect_all_turning(void)
{
    for (int i = 0; i < THREADS; i++) {
        await_progress(&turns[i], STEPS);
    }
}

int main(void)
{
    pthread_t threads[THREADS];
    struct rf_fork_result result;
    int parent = getpid();

    FORKABLE();
    for (int i = 0; i < THREADS; i++) {
        start_thread(&threads[i], spin, (void *)(intptr_t)i);
    }
    expect_all_turning();
    int former = own_tid();
    int child = fork_plainly(&result);
    expect_all_turning();
    if (child == 0) {
        EXPECT_EQ(getppid(), parent);
        EXPECT(own_tid() != former);
        EXPECT_EQ(result.threads, THREADS + 1);
        for (int i = 0; i < THREADS; i++) {
            // Each knows its own new number, which the library's own idea of it agrees with.
            EXPECT_EQ(pthread_kill(threads[i], 0), 0);
        }
    }
    atomic_store(&over, true);
    for (int i = 0; i < THREADS; i++) {
        void *value;
        EXPECT_EQ(pthread_join(threads[i], &value), 0);
        EXPECT_EQ((intptr_t)value, i);
    }
    if (child == 0) {
        finish();
    }
    EXPECT_EQ(result.threads, THREADS + 1);
    EXPECT(result.pause_ns > 0);
    EXPECT(result.pause_ns >= result.freeze_ns + result.descriptors_ns + result.clone_ns);
    expect_ok(&result);
    return 0;
}

#endif

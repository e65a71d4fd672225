// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { PARENTS = 3, FORKS = 30, STEPS = 10 };

static atomic_int births[PARENTS];
static atomic_int detached_deaths;
static cpu_set_t all_cpus;

static void *be_born(void *argument)
{
    return argument;
}

static void *die_alone(void *argument)
{
    atomic_fetch_add(&detached_deaths, 1);
    return argument;
}

// The second kind of thread is set up by its parent after it began, which waits for that with its
// signals blocked. The third is nobody's, and frees its own stack.
static void *bear(void *argument)
{
    int self = (int)(intptr_t)argument;
    pthread_attr_t attributes;

    EXPECT_EQ(pthread_attr_init(&attributes), 0);
    if (self == 1) {
        EXPECT_EQ(pthread_attr_setaffinity_np(&attributes, sizeof all_cpus, &all_cpus), 0);
    } else if (self == 2) {
        EXPECT_EQ(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED), 0);
    }
    for (;;) {
        pthread_t thread;
        int deaths = atomic_load(&detached_deaths);
        EXPECT_EQ(pthread_create(&thread, &attributes, self == 2 ? die_alone : be_born, argument),
                  0);
        if (self != 2) {
            void *value;
            EXPECT_EQ(pthread_join(thread, &value), 0);
            EXPECT(value == argument);
        }
        while (self == 2 && atomic_load(&detached_deaths) == deaths) {
            sched_yield();
        }
        atomic_fetch_add(&births[self], 1);
    }
    return NULL;
}

static void expect_births(void)
{
    for (int i = 0; i < PARENTS; i++) {
        await_progress(&births[i], STEPS);
    }
}

int main(void)
{
    pthread_t thread;
    struct rf_fork_result result;

    FORKABLE();
    EXPECT_EQ(sched_getaffinity(0, sizeof all_cpus, &all_cpus), 0);
    for (int i = 0; i < PARENTS; i++) {
        start_thread(&thread, bear, (void *)(intptr_t)i);
    }
    for (int i = 0; i < FORKS; i++) {
        if (fork_plainly(&result) == 0) {
            expect_births();
            finish();
        }
        expect_births();
        expect_ok(&result);
    }
    _exit(0);
}

#endif

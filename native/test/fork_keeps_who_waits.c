// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <semaphore.h>

enum { FORKS = 20, STEPS = 50 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;
static int ball;
static atomic_int throws;
static atomic_int posts;
static atomic_int meetings;

// Two threads throw a ball to and fro; each waits while it has none.
static void *throw_ball(void *argument)
{
    int self = (int)(intptr_t)argument;

    EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
    for (;;) {
        while (ball != self) {
            EXPECT_EQ(pthread_cond_wait(&changed, &mutex), 0);
        }
        ball = 1 - self;
        atomic_fetch_add(&throws, 1);
        EXPECT_EQ(pthread_cond_broadcast(&changed), 0);
    }
    return NULL;
}

static void *take(void *argument)
{
    for (;;) {
        while (sem_wait(&semaphore) != 0) {
            EXPECT_EQ(errno, EINTR);
        }
        atomic_fetch_add(&posts, 1);
    }
    return argument;
}

static void *meet(void *argument)
{
    for (;;) {
        pthread_barrier_wait(&barrier);
        atomic_fetch_add(&meetings, 1);
    }
    return argument;
}

static void expect_progress(void)
{
    await_progress(&throws, STEPS);
    await_progress(&meetings, STEPS);
    int former = atomic_load(&posts);
    EXPECT_EQ(sem_post(&semaphore), 0);
    while (atomic_load(&posts) == former) {
        sched_yield();
    }
}

int main(void)
{
    pthread_t thread;
    struct rf_fork_result result;

    FORKABLE();
    EXPECT_EQ(sem_init(&semaphore, 0, 0), 0);
    EXPECT_EQ(pthread_barrier_init(&barrier, NULL, 2), 0);
    for (int i = 0; i < 2; i++) {
        start_thread(&thread, throw_ball, (void *)(intptr_t)i);
        start_thread(&thread, meet, NULL);
    }
    start_thread(&thread, take, NULL);
    for (int i = 0; i < FORKS; i++) {
        if (fork_plainly(&result) == 0) {
            expect_progress();
            finish();
        }
        expect_progress();
        expect_ok(&result);
    }
    _exit(0);
}

#endif

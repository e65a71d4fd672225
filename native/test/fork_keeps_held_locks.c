// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { THREADS = 2, FORKS = 25, STEPS = 20 };

// Of one kind of lock. The pair is equal whenever nobody holds it.
struct place {
    int (*lock)(void *lock);
    int (*unlock)(void *lock);
    void *of;
    volatile int one;
    volatile int other;
    atomic_int turns;
};

static pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static atomic_bool over;

static int lock_mutex(void *lock)
{
    return pthread_mutex_lock(lock);
}

static int unlock_mutex(void *lock)
{
    return pthread_mutex_unlock(lock);
}

static int lock_twice(void *lock)
{
    return pthread_mutex_lock(lock) + pthread_mutex_lock(lock);
}

static int unlock_twice(void *lock)
{
    return pthread_mutex_unlock(lock) + pthread_mutex_unlock(lock);
}

static int lock_to_write(void *lock)
{
    return pthread_rwlock_wrlock(lock);
}

static int unlock_rwlock(void *lock)
{
    return pthread_rwlock_unlock(lock);
}

static struct place places[] = {
    {.lock = lock_mutex, .unlock = unlock_mutex, .of = &normal},
    {.lock = lock_twice, .unlock = unlock_twice, .of = &recursive},
    {.lock = lock_mutex, .unlock = unlock_mutex, .of = &checking},
    {.lock = lock_to_write, .unlock = unlock_rwlock, .of = &rwlock},
};

enum { PLACES = sizeof places / sizeof places[0] };

// Holds the lock for most of the time.
static void *contend(void *argument)
{
    struct place *place = argument;

    while (!atomic_load(&over)) {
        EXPECT_EQ(place->lock(place->of), 0);
        EXPECT_EQ(place->one, place->other);
        place->one++;
        for (int i = 0; i < 100; i++) {
            sched_yield();
        }
        place->other++;
        EXPECT_EQ(place->unlock(place->of), 0);
        atomic_fetch_add(&place->turns, 1);
    }
    return NULL;
}

static void expect_progress(void)
{
    for (int i = 0; i < PLACES; i++) {
        await_progress(&places[i].turns, STEPS);
    }
}

int main(void)
{
    pthread_t threads[PLACES * THREADS];
    struct rf_fork_result result;
    int mended = 0;

    FORKABLE();
    for (int i = 0; i < PLACES * THREADS; i++) {
        start_thread(&threads[i], contend, &places[i / THREADS]);
    }
    for (int i = 0; i < FORKS; i++) {
        if (fork_plainly(&result) == 0) {
            expect_progress();
            finish();
        }
        mended += result.locks;
        expect_ok(&result);
    }
    expect_progress();
    atomic_store(&over, true);
    for (int i = 0; i < PLACES * THREADS; i++) {
        EXPECT_EQ(pthread_join(threads[i], NULL), 0);
    }
    // Three locks name their owner, and are held nearly always.
    EXPECT(mended > 0);
    return 0;
}

#endif

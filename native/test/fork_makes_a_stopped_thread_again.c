// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <math.h>
#include <sched.h>

#include "fork/bare/parked.h"

// The parts of a fork that differ between processors, by themselves: an emulator neither lets its own
// threads be stopped nor makes threads in a copy of itself. So the thread that is stopped ends, and
// is made again in the same process, as it would be in a copy.
enum { WORDS = 8 };

static _Thread_local int number;
static atomic_int thread_tid;
static atomic_bool again;
static atomic_bool ended;
static _Atomic(struct rf_parked *) parked;

// Another thread uses this stack afterwards, below what the first one says of itself.
__attribute__((no_sanitize_address)) static void stop(int signo, siginfo_t *info, void *context)
{
    struct rf_parked self;

    (void)signo;
    (void)info;
    self.freeze = 0;
    rf_parked_describe(&self, context);
    atomic_store(&parked, &self);
    for (;;) {
        arch_syscall1(SYS_exit, 0);
    }
}

static void *go_on(void *argument)
{
    double values[WORDS];
    volatile double sum = 0;

    number = 42;
    for (int i = 0; i < WORDS; i++) {
        values[i] = sqrt(i);
    }
    atomic_store(&thread_tid, own_tid());
    while (!atomic_load(&again)) {
    }
    for (int i = 0; i < WORDS; i++) {
        sum = sum + values[i] * values[i];
    }
    EXPECT_EQ((long long)(sum + 0.5), WORDS * (WORDS - 1) / 2);
    EXPECT_EQ(number, 42);
    EXPECT(own_tid() != atomic_load(&thread_tid));
    atomic_store(&ended, true);
    return argument;
}

static void await(bool (*condition)(void))
{
    long long deadline_ms = now_ms() + DEADLINE_MS;

    while (!condition()) {
        EXPECT(now_ms() < deadline_ms);
        sched_yield();
    }
}

static bool has_begun(void)
{
    return atomic_load(&thread_tid) != 0;
}

static bool is_gone(void)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/task/%d", atomic_load(&thread_tid));
    return atomic_load(&parked) != NULL && access(path, F_OK) != 0;
}

static bool has_ended(void)
{
    return atomic_load(&ended);
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = stop, .sa_flags = SA_SIGINFO | SA_RESTART};
    pthread_t thread;
    int tid = 0;

    EXPECT_EQ(sigaction(SIGRTMIN + 5, &action, NULL), 0);
    start_thread(&thread, go_on, NULL);
    await(has_begun);
    EXPECT_EQ(pthread_kill(thread, SIGRTMIN + 5), 0);
    await(is_gone);
    struct rf_parked *self = atomic_load(&parked);
    EXPECT(self->thread_pointer != arch_thread_pointer());
    bool known = self->tid_address != NULL;
    if (!known) {
        self->tid_address = &tid;
    }
    int *tid_address = self->tid_address;
    long made = rf_parked_revive(self);
    EXPECT(made > 0);
    EXPECT_EQ(*tid_address, made);
    atomic_store(&again, true);
    await(has_ended);
    // Otherwise nobody knows where the C library waits for its end.
    EXPECT(!known || pthread_join(thread, NULL) == 0);
    _exit(0);
}

#endif

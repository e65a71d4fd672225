// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { SIGNALS = 20000 };

static atomic_bool over;

static void *storm(void *argument)
{
    const pthread_t *victim = argument;

    for (int i = 0; i < SIGNALS; i++) {
        EXPECT_EQ(pthread_kill(*victim, i % 2 == 0 ? SIGUSR1 : SIGUSR2), 0);
    }
    atomic_store(&over, true);
    return NULL;
}

// Counts what the pipe holds. A byte that is neither signal's number is a failure.
static int drain(int fd)
{
    unsigned char bytes[4096];
    int total = 0;

    for (;;) {
        ssize_t count = read(fd, bytes, sizeof bytes);
        if (count < 0) {
            EXPECT_EQ(errno, EAGAIN);
            return total;
        }
        for (ssize_t i = 0; i < count; i++) {
            EXPECT(bytes[i] == SIGUSR1 || bytes[i] == SIGUSR2);
        }
        total += (int)count;
    }
}

int main(void)
{
    int ends[2];
    int received = 0;
    pthread_t self = pthread_self();
    pthread_t thread;

    open_pipe(ends);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, ends[1]), 0);
    EXPECT_EQ(rf_signal_watch(SIGUSR2, ends[1]), 0);
    EXPECT_EQ(pthread_create(&thread, NULL, storm, &self), 0);
    while (!atomic_load(&over)) {
        received += drain(ends[0]);
        sched_yield();
    }
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    received += drain(ends[0]);

    // Pending signals coalesce, so fewer may arrive than were sent, but never more and never none.
    EXPECT(received > 0);
    EXPECT(received <= SIGNALS);
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT_EQ(next_byte(ends[0]), SIGUSR1);
    return 0;
}

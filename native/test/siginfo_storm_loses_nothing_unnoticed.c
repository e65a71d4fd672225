// SPDX-License-Identifier: Apache-2.0
#include "records.h"

#include <pthread.h>
#include <stdatomic.h>

#if defined(__linux__)

// A pipe of one page is full soon: few signals do, on a slow machine too.
enum { SIGNALS = 5000, PIPE_BYTES = 4096 };

static atomic_bool over;
static atomic_int refused;

// Faster than the pipe is read now and then: the records that it has no room for are the point.
static void *storm(void *argument)
{
    int signo = *(const int *)argument;

    for (int i = 0; i < SIGNALS; i++) {
        union sigval value = {.sival_int = i};
        if (sigqueue(getpid(), signo, value) != 0) {
            EXPECT_EQ(errno, EAGAIN);
            atomic_fetch_add(&refused, 1);
        }
    }
    atomic_store(&over, true);
    return NULL;
}

// Counts the records of the pipe. A torn one is a failure.
static int drain(int fd, int signo)
{
    struct rf_siginfo records[64];
    int total = 0;

    for (;;) {
        ssize_t count = read(fd, records, sizeof records);
        if (count < 0) {
            EXPECT_EQ(errno, EAGAIN);
            return total;
        }
        EXPECT((size_t)count % sizeof records[0] == 0);
        for (size_t i = 0; i < (size_t)count / sizeof records[0]; i++) {
            EXPECT_EQ(records[i].signo, signo);
            EXPECT_EQ(records[i].code, SI_QUEUE);
        }
        total += (int)((size_t)count / sizeof records[0]);
    }
}

int main(void)
{
    int ends[2];
    int received = 0;
    int crowded = 0;
    int signo = SIGRTMIN + 6;
    pthread_t thread;

    open_pipe(ends);
    EXPECT(fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) >= PIPE_BYTES);
    EXPECT_EQ(rf_siginfo_watch(signo, ends[1]), 0);
    EXPECT_EQ(pthread_create(&thread, NULL, storm, &signo), 0);
    while (!atomic_load(&over)) {
        received += drain(ends[0], signo);
        crowded += rf_siginfo_crowded(signo);
    }
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    received += drain(ends[0], signo);
    crowded += rf_siginfo_crowded(signo);

    int sent = SIGNALS - atomic_load(&refused);
    EXPECT(received <= sent);
    EXPECT(received + crowded >= sent);

    // The same with nobody reading: more than the pipe can hold.
    atomic_store(&refused, 0);
    storm(&signo);
    received = drain(ends[0], signo);
    crowded = rf_siginfo_crowded(signo);
    sent = SIGNALS - atomic_load(&refused);
    EXPECT(received > 0);
    EXPECT(crowded > 0);
    EXPECT(received + crowded >= sent);
    return 0;
}

#else

int main(void)
{
    return skip("this system does not queue signals");
}

#endif

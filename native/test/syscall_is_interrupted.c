// SPDX-License-Identifier: Apache-2.0
#include "raw.h"

#if defined(__linux__)

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static int ends[2];
static atomic_bool over;

static void do_nothing(int signo)
{
    (void)signo;
}

static void *block(void *result)
{
    char byte;

    *(long *)result = rf_syscall3(SYS_read, ends[0], address(&byte), 1);
    atomic_store(&over, true);
    return NULL;
}

int main(void)
{
    // Without SA_RESTART, unlike the handler of rf_signal_watch.
    struct sigaction action = {.sa_handler = do_nothing};
    pthread_t reader;
    long result = 0;

    EXPECT_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    EXPECT_EQ(pipe(ends), 0);
    EXPECT_EQ(pthread_create(&reader, NULL, block, &result), 0);
    // Again and again, as the first may come before the thread has begun to read.
    while (!atomic_load(&over)) {
        EXPECT_EQ(pthread_kill(reader, SIGUSR1), 0);
        sched_yield();
    }
    EXPECT_EQ(pthread_join(reader, NULL), 0);
    EXPECT_EQ(result, -EINTR);
    return 0;
}

#endif

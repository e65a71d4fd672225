// SPDX-License-Identifier: Apache-2.0
#include "records.h"

#if defined(__linux__)

int main(void)
{
    int ends[2];
    int signo = SIGRTMIN + 6;

    open_pipe(ends);
    EXPECT_EQ(rf_siginfo_watch(signo, ends[1]), 0);
    // Queued, not coalesced: each with its own, in order.
    for (intptr_t i = 1; i <= 3; i++) {
        union sigval value = {.sival_ptr = (void *)((i << 40) + i)};
        EXPECT_EQ(sigqueue(getpid(), signo, value), 0);
    }
    for (long long i = 1; i <= 3; i++) {
        struct rf_siginfo record = next_record(ends[0]);
        EXPECT_EQ(record.signo, signo);
        EXPECT_EQ(record.code, SI_QUEUE);
        EXPECT_EQ(record.fd, -1);
        EXPECT_EQ(record.value, (i << 40) + i);
    }
    EXPECT(is_empty(ends[0]));

    // One that was sent without a value has none, whatever the memory of its fields held.
    EXPECT_EQ(kill(getpid(), signo), 0);
    struct rf_siginfo record = next_record(ends[0]);
    EXPECT_EQ(record.code, SI_USER);
    EXPECT_EQ(record.fd, -1);
    EXPECT_EQ(record.value, 0);
    return 0;
}

#else

int main(void)
{
    return skip("this system does not queue signals");
}

#endif

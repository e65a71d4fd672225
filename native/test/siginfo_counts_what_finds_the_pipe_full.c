// SPDX-License-Identifier: Apache-2.0
#include "records.h"

int main(void)
{
    int ends[2];
    char buffer[512];

    open_pipe(ends);
    EXPECT_EQ(rf_siginfo_watch(SIGUSR1, ends[1]), 0);
    EXPECT_EQ(rf_siginfo_watch(SIGUSR2, ends[1]), 0);
    EXPECT_EQ(rf_siginfo_crowded(SIGUSR1), 0);
    fill_pipe(ends[1]);
    // A handler that blocked would never return from here; one that changed errno would show.
    errno = EXDEV;
    int raised = raise(SIGUSR1);
    int seen = errno;
    EXPECT_EQ(raised, 0);
    EXPECT_EQ(seen, EXDEV);
    EXPECT_EQ(raise(SIGUSR1), 0);
    while (read(ends[0], buffer, sizeof buffer) > 0) {
    }
    EXPECT(is_empty(ends[0]));

    // By signal, and asked once.
    EXPECT_EQ(rf_siginfo_crowded(SIGUSR2), 0);
    EXPECT_EQ(rf_siginfo_crowded(SIGUSR1), 2);
    EXPECT_EQ(rf_siginfo_crowded(SIGUSR1), 0);
    EXPECT_EQ(rf_siginfo_crowded(0), -EINVAL);

    // A full pipe is no reason to forget the descriptor.
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT_EQ(next_record(ends[0]).signo, SIGUSR1);
    EXPECT_EQ(rf_siginfo_crowded(SIGUSR1), 0);
    return 0;
}

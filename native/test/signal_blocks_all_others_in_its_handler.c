// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

// What the kernel was told, since nothing else runs in the handler that could look.
int main(void)
{
    int ends[2];
    struct sigaction installed;

    open_pipe(ends);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, ends[1]), 0);
    EXPECT_EQ(sigaction(SIGUSR1, NULL, &installed), 0);
    EXPECT_EQ(sigismember(&installed.sa_mask, SIGTERM), 1);
    EXPECT_EQ(sigismember(&installed.sa_mask, SIGCHLD), 1);
    EXPECT_EQ(installed.sa_flags & SA_RESTART, SA_RESTART);
    return 0;
}

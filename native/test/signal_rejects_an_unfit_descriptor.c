// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

#include <limits.h>

int main(void)
{
    int ends[2];
    int blocking[2];

    open_pipe(ends);
    EXPECT_EQ(pipe(blocking), 0);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, ends[1]), 0);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, blocking[1]), -EINVAL);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, -1), -EBADF);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, INT_MAX), -EBADF);

    // The former watch is still in force.
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT_EQ(next_byte(ends[0]), SIGUSR1);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

int main(void)
{
    int ends[2];

    // SIGPIPE itself is the hard case: each byte that finds no reader raises the next one.
    open_pipe(ends);
    EXPECT_EQ(rf_signal_watch(SIGPIPE, ends[1]), 0);
    EXPECT_EQ(close(ends[0]), 0);
    EXPECT_EQ(raise(SIGPIPE), 0);
    EXPECT_EQ(raise(SIGPIPE), 0);
    return 0;
}

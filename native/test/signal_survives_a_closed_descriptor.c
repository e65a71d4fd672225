// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

int main(void)
{
    int ends[2];
    int others[2];

    open_pipe(ends);
    open_pipe(others);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, ends[1]), 0);
    EXPECT_EQ(close(ends[1]), 0);
    EXPECT_EQ(raise(SIGUSR1), 0);

    // The number's next owner gets nothing: the descriptor was forgotten when it was found closed.
    EXPECT_EQ(dup2(others[1], ends[1]), ends[1]);
    EXPECT_EQ(fcntl(ends[1], F_SETFD, FD_CLOEXEC), 0);
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT(is_empty(others[0]));

    EXPECT_EQ(rf_signal_watch(SIGUSR1, ends[1]), 0);
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT_EQ(next_byte(others[0]), SIGUSR1);
    return 0;
}

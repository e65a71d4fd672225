// SPDX-License-Identifier: Apache-2.0
#include "records.h"

int main(void)
{
    int former[2];
    int latter[2];

    open_pipe(former);
    open_pipe(latter);
    EXPECT_EQ(rf_siginfo_watch(SIGUSR1, former[1]), 0);
    EXPECT_EQ(rf_siginfo_watch(SIGUSR1, latter[1]), 0);
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT_EQ(next_record(latter[0]).signo, SIGUSR1);
    EXPECT(is_empty(former[0]));

    EXPECT_EQ(rf_signal_ignore(SIGUSR1), 0);
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT(is_empty(latter[0]));

    // What was ignored may be watched, and a pipe that is gone is forgotten at the next delivery.
    EXPECT_EQ(rf_siginfo_watch(SIGUSR1, latter[1]), 0);
    EXPECT_EQ(close(latter[1]), 0);
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT_EQ(dup2(former[1], latter[1]), latter[1]);
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT(is_empty(former[0]));
    EXPECT_EQ(rf_siginfo_crowded(SIGUSR1), 0);
    return 0;
}

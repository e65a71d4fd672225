// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

int main(void)
{
    int ends[2];
    struct sigaction now;

    open_pipe(ends);
    EXPECT_EQ(rf_signal_watch(SIGTERM, ends[1]), 0);
    EXPECT_EQ(rf_signal_ignore(SIGTERM), 0);
    EXPECT_EQ(raise(SIGTERM), 0);
    EXPECT(is_empty(ends[0]));
    EXPECT_EQ(sigaction(SIGTERM, NULL, &now), 0);
    EXPECT(now.sa_handler == SIG_IGN);

    EXPECT_EQ(rf_signal_watch(SIGTERM, ends[1]), 0);
    EXPECT_EQ(raise(SIGTERM), 0);
    EXPECT_EQ(next_byte(ends[0]), SIGTERM);
    return 0;
}

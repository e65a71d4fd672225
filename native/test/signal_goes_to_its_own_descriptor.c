// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

int main(void)
{
    int first[2];
    int second[2];

    open_pipe(first);
    open_pipe(second);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, first[1]), 0);
    EXPECT_EQ(rf_signal_watch(SIGUSR2, second[1]), 0);
    EXPECT_EQ(raise(SIGUSR2), 0);
    EXPECT_EQ(raise(SIGUSR1), 0);

    EXPECT_EQ(next_byte(first[0]), SIGUSR1);
    EXPECT_EQ(next_byte(second[0]), SIGUSR2);
    EXPECT(is_empty(first[0]));
    EXPECT(is_empty(second[0]));
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

int main(void)
{
    int former[2];
    int latter[2];

    open_pipe(former);
    open_pipe(latter);
    EXPECT_EQ(rf_signal_watch(SIGHUP, former[1]), 0);
    EXPECT_EQ(rf_signal_watch(SIGHUP, latter[1]), 0);
    EXPECT_EQ(raise(SIGHUP), 0);

    EXPECT_EQ(next_byte(latter[0]), SIGHUP);
    EXPECT(is_empty(former[0]));
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

int main(void)
{
    char buffer[512];
    int ends[2];

    open_pipe(ends);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, ends[1]), 0);
    fill_pipe(ends[1]);
    // A handler that blocked would never return from here.
    EXPECT_EQ(raise(SIGUSR1), 0);
    for (ssize_t count = 1; count > 0;) {
        count = read(ends[0], buffer, sizeof buffer);
        EXPECT(count <= 0 || memchr(buffer, SIGUSR1, (size_t)count) == NULL);
    }
    EXPECT(is_empty(ends[0]));

    // A full pipe is no reason to forget the descriptor.
    EXPECT_EQ(raise(SIGUSR1), 0);
    EXPECT_EQ(next_byte(ends[0]), SIGUSR1);
    return 0;
}

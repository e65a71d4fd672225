// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

int main(void)
{
    int ends[2];

    open_pipe(ends);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, ends[1]), 0);
    // The handler's write fails and sets errno; the interrupted code must not see it.
    fill_pipe(ends[1]);
    errno = EXDEV;
    int raised = raise(SIGUSR1);
    int seen = errno;

    EXPECT_EQ(raised, 0);
    EXPECT_EQ(seen, EXDEV);
    return 0;
}

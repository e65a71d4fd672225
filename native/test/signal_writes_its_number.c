// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

int main(void)
{
    int ends[2];

    open_pipe(ends);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, ends[1]), 0);
    EXPECT(is_empty(ends[0]));
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ(raise(SIGUSR1), 0);
        EXPECT_EQ(next_byte(ends[0]), SIGUSR1);
        EXPECT(is_empty(ends[0]));
    }
#if defined(SIGRTMAX)
    // An emulator may keep the last signal for itself; then the system refuses it, not the library.
    if (signal(SIGRTMAX, SIG_IGN) == SIG_ERR || raise(SIGRTMAX) != 0) {
        return skip("SIGRTMAX cannot be sent here: an emulator keeps it for itself");
    }
    EXPECT_EQ(rf_signal_watch(SIGRTMAX, ends[1]), 0);
    EXPECT_EQ(raise(SIGRTMAX), 0);
    EXPECT_EQ(next_byte(ends[0]), SIGRTMAX);
#endif
    return 0;
}

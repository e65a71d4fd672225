// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

#include <limits.h>

int main(void)
{
    const int unwatchable[] = {0, -1, INT_MIN, NSIG, INT_MAX, SIGKILL, SIGSTOP,
                               SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    int ends[2];

    open_pipe(ends);
    for (size_t i = 0; i < sizeof unwatchable / sizeof unwatchable[0]; i++) {
        EXPECT_EQ(rf_signal_watch(unwatchable[i], ends[1]), -EINVAL);
        EXPECT_EQ(rf_signal_default(unwatchable[i]), -EINVAL);
        EXPECT_EQ(rf_signal_ignore(unwatchable[i]), -EINVAL);
    }
    return 0;
}

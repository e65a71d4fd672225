// SPDX-License-Identifier: Apache-2.0
#include "raw.h"

#if defined(__linux__)

int main(void)
{
    errno = EXDEV;
    long failed = rf_syscall1(SYS_close, -1);
    int after_failure = errno;
    long done = rf_syscall0(SYS_getppid);
    int after_success = errno;

    EXPECT_EQ(failed, -EBADF);
    EXPECT_EQ(after_failure, EXDEV);
    EXPECT(done > 0);
    EXPECT_EQ(after_success, EXDEV);
    return 0;
}

#endif

// SPDX-License-Identifier: Apache-2.0
#include "raw.h"

#if defined(__linux__)

#include <sys/mman.h>

int main(void)
{
    EXPECT_EQ(rf_syscall0(-1), -ENOSYS);
    EXPECT_EQ(rf_syscall1(SYS_close, -1), -EBADF);
    EXPECT_EQ(rf_syscall2(SYS_fstat, -1, 0), -EBADF);
    EXPECT_EQ(rf_syscall3(SYS_read, -1, 0, 0), -EBADF);
    EXPECT_EQ(rf_syscall4(SYS_openat, AT_FDCWD, address("/no/such/file"), O_RDONLY, 0), -ENOENT);
    EXPECT_EQ(rf_syscall5(SYS_linkat, -1, address("a"), -1, address("b"), 0), -EBADF);
    // A mapping of no length.
    EXPECT_EQ(rf_syscall6(SYS_mmap, 0, 0, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), -EINVAL);
    return 0;
}

#endif

// SPDX-License-Identifier: Apache-2.0
#include "raw.h"

#if defined(__linux__)

#include <sys/mman.h>

int main(void)
{
    const long beyond_32_bits = (5L << 32) + 12345;
    long fd = rf_syscall2(SYS_memfd_create, address("wide"), MFD_CLOEXEC);

    EXPECT(fd >= 0);
    EXPECT_EQ(rf_syscall3(SYS_lseek, fd, beyond_32_bits, SEEK_SET), beyond_32_bits);
    EXPECT_EQ(rf_syscall2(SYS_ftruncate, fd, beyond_32_bits), 0);
    EXPECT_EQ(rf_syscall3(SYS_lseek, fd, -1, SEEK_END), beyond_32_bits - 1);

    long mapped = rf_syscall6(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(mapped > UINT32_MAX);
    *(char *)(intptr_t)mapped = 1;
    EXPECT_EQ(rf_syscall2(SYS_munmap, mapped, 4096), 0);
    return 0;
}

#endif

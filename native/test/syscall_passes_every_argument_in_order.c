// SPDX-License-Identifier: Apache-2.0
#include "raw.h"

#if defined(__linux__)

#include <sys/mman.h>
#include <sys/socket.h>

enum { PAGE_BYTES = 64 * 1024 };

static long memory_file(void)
{
    long fd = rf_syscall2(SYS_memfd_create, address("arguments"), MFD_CLOEXEC);

    EXPECT(fd >= 0);
    // Two arguments in the wrong order would have lost this flag.
    EXPECT_EQ(fcntl((int)fd, F_GETFD), FD_CLOEXEC);
    return fd;
}

static void four_arguments(long fd)
{
    char back[4] = "";

    EXPECT_EQ(rf_syscall4(SYS_pwrite64, fd, address("abc"), 3, PAGE_BYTES), 3);
    EXPECT_EQ(lseek((int)fd, 0, SEEK_END), PAGE_BYTES + 3);
    EXPECT_EQ(rf_syscall4(SYS_pread64, fd, address(back), 2, PAGE_BYTES + 1), 2);
    EXPECT_EQ(strcmp(back, "bc"), 0);
}

static void five_arguments(void)
{
    int type = -1;
    socklen_t length = sizeof type;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    EXPECT(fd >= 0);
    EXPECT_EQ(rf_syscall5(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, address(&type),
                          address(&length)), 0);
    EXPECT_EQ(type, SOCK_SEQPACKET);
    EXPECT_EQ(length, sizeof type);
}

// Each of the six decides something that is looked at: where, how much, that it may be written,
// shared with the file, which file, and from which offset on.
static void six_arguments(long fd)
{
    long wanted = rf_syscall6(SYS_mmap, 0, 2 * PAGE_BYTES, PROT_NONE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(wanted > 0);
    long mapped = rf_syscall6(SYS_mmap, wanted, PAGE_BYTES, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_FIXED, fd, PAGE_BYTES);
    EXPECT_EQ(mapped, wanted);
    char *bytes = (char *)(intptr_t)mapped;
    EXPECT_EQ(memcmp(bytes, "abc", 3), 0);
    bytes[0] = 'X';

    char back = 0;
    EXPECT_EQ(pread((int)fd, &back, 1, PAGE_BYTES), 1);
    EXPECT_EQ(back, 'X');
    // What lies beyond the length was left as it was: nobody may read it.
    EXPECT_EQ(write((int)fd, bytes + PAGE_BYTES, 1), -1);
    EXPECT_EQ(errno, EFAULT);
}

int main(void)
{
    long fd = memory_file();

    EXPECT_EQ(rf_syscall0(SYS_getpid), getpid());
    long copy = rf_syscall1(SYS_dup, fd);
    EXPECT(copy > fd);
    EXPECT_EQ(rf_syscall3(SYS_lseek, copy, 7, SEEK_CUR), 7);
    four_arguments(fd);
    five_arguments();
    six_arguments(fd);
    return 0;
}

#endif

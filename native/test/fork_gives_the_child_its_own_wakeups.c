// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <sys/eventfd.h>
#include <sys/ioctl.h>

static uint64_t take(int fd)
{
    uint64_t count = 0;

    EXPECT_EQ(read(fd, &count, sizeof count), (long long)sizeof count);
    return count;
}

static void expect_empty(int fd)
{
    uint64_t count;

    EXPECT_EQ(read(fd, &count, sizeof count), -1);
    EXPECT_EQ(errno, EAGAIN);
}

// Parent and child each take all that there is: it is there for both.
static void expect_eventfds(int plain, int copy, int semaphore, int blocking)
{
    EXPECT_EQ(fcntl(plain, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    EXPECT_EQ(fcntl(blocking, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_EQ(fcntl(plain, F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(fcntl(copy, F_GETFD), 0);
    EXPECT_EQ((long long)take(copy), 5);
    expect_empty(plain);
    EXPECT_EQ(eventfd_write(plain, 9), 0);
    EXPECT_EQ((long long)take(copy), 9);
    EXPECT_EQ((long long)take(semaphore), 1);
    EXPECT_EQ((long long)take(semaphore), 1);
    expect_empty(semaphore);
    EXPECT_EQ((long long)take(blocking), 1LL << 40);
}

static void expect_pipes(const int full[2], const int empty[2], int copy)
{
    char bytes[16];
    int left = 0;

    EXPECT_EQ(fcntl(full[0], F_GETPIPE_SZ), 8192);
    EXPECT_EQ(ioctl(full[0], FIONREAD, &left), 0);
    EXPECT_EQ(left, 5000);
    for (int i = 0; i < 5000; i += 10) {
        EXPECT_EQ(read(full[0], bytes, 10), 10);
        EXPECT_EQ(memcmp(bytes, "0123456789", 10), 0);
    }
    EXPECT_EQ(read(full[0], bytes, 1), -1);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(read(empty[0], bytes, 1), -1);
    EXPECT_EQ(errno, EAGAIN);
    // A copy of an end is an end of the same pipe.
    EXPECT_EQ(write(copy, "x", 1), 1);
    EXPECT_EQ(next_byte(empty[0]), 'x');
    close(copy);
    close(empty[1]);
    EXPECT_EQ(read(empty[0], bytes, 1), 0);
}

int main(void)
{
    int full[2];
    int empty[2];
    struct rf_fork_result result;

    FORKABLE();
    int plain = eventfd(5, EFD_NONBLOCK | EFD_CLOEXEC);
    int copy = dup(plain);
    int semaphore = eventfd(2, EFD_NONBLOCK | EFD_SEMAPHORE);
    int blocking = eventfd(0, 0);
    EXPECT_EQ(eventfd_write(blocking, 1LL << 40), 0);
    open_pipe(full);
    open_pipe(empty);
    EXPECT_EQ(fcntl(full[1], F_SETPIPE_SZ, 8192), 8192);
    for (int i = 0; i < 500; i++) {
        EXPECT_EQ(write(full[1], "0123456789", 10), 10);
    }
    int end = dup(empty[1]);
    if (fork_plainly(&result) == 0) {
        EXPECT_EQ(result.eventfds, 3);
        EXPECT_EQ(result.pipes, 2);
        expect_eventfds(plain, copy, semaphore, blocking);
        expect_pipes(full, empty, end);
        finish();
    }
    // The child first, so that whatever is shared is gone by now.
    expect_ok(&result);
    expect_eventfds(plain, copy, semaphore, blocking);
    expect_pipes(full, empty, end);
    return 0;
}

#endif

// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <sys/eventfd.h>
#include <sys/resource.h>

enum { FAR = 200, LIMIT = 100 };

static rlim_t limit_descriptors(rlim_t most)
{
    struct rlimit limit;

    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t former = limit.rlim_cur;
    limit.rlim_cur = most;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return former;
}

int main(void)
{
    struct rf_fork_result result;
    uint64_t count = 5;

    FORKABLE();
    int near = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    EXPECT(near >= 0);
    EXPECT_EQ(fcntl(near, F_DUPFD_CLOEXEC, FAR), FAR);
    EXPECT_EQ(close(near), 0);
    rlim_t former = limit_descriptors(LIMIT);
    if (fork_plainly(&result) == 0) {
        // An eventfd of its own, and the limit is what it was.
        EXPECT_EQ(result.eventfds, 1);
        EXPECT_EQ(write(FAR, &count, sizeof count), (long long)sizeof count);
        EXPECT_EQ((long long)limit_descriptors(LIMIT), LIMIT);
        EXPECT_EQ(fcntl(0, F_DUPFD_CLOEXEC, LIMIT), -1);
        finish();
    }
    expect_ok(&result);
    EXPECT_EQ(read(FAR, &count, sizeof count), -1);
    EXPECT_EQ(errno, EAGAIN);
    limit_descriptors(former);
    return 0;
}

#endif

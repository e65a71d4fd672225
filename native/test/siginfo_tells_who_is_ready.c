// SPDX-License-Identifier: Apache-2.0
#include "records.h"

#if defined(__linux__)

#include <sys/socket.h>

int main(void)
{
    int ends[2];
    int pair[2];

    open_pipe(ends);
    EXPECT_EQ(rf_siginfo_watch(SIGRTMIN + 6, ends[1]), 0);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    EXPECT_EQ(fcntl(pair[0], F_SETOWN, getpid()), 0);
    EXPECT_EQ(fcntl(pair[0], F_SETSIG, SIGRTMIN + 6), 0);
    EXPECT_EQ(fcntl(pair[0], F_SETFL, O_ASYNC), 0);
    EXPECT_EQ(write(pair[1], "x", 1), 1);

    struct rf_siginfo record = next_record(ends[0]);
    EXPECT_EQ(record.signo, SIGRTMIN + 6);
    EXPECT_EQ(record.code, POLL_IN);
    EXPECT_EQ(record.fd, pair[0]);
    EXPECT(record.band & POLLIN);
    EXPECT_EQ(record.value, 0);
    EXPECT(is_empty(ends[0]));
    return 0;
}

#else

int main(void)
{
    return skip("this system does not tell which descriptor is ready");
}

#endif

// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

#include <sys/socket.h>

static void handler(int signo)
{
    (void)signo;
}

static void info_handler(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)info;
    (void)context;
}

// A handler of somebody else stays in force.
static void expect_busy(int fd)
{
    struct sigaction plain = {.sa_handler = handler};
    struct sigaction with_info = {.sa_sigaction = info_handler, .sa_flags = SA_SIGINFO};
    struct sigaction found;

    EXPECT_EQ(sigaction(SIGUSR1, &plain, NULL), 0);
    EXPECT_EQ(rf_siginfo_watch(SIGUSR1, fd), -EBUSY);
    EXPECT_EQ(sigaction(SIGUSR1, &with_info, NULL), 0);
    EXPECT_EQ(rf_siginfo_watch(SIGUSR1, fd), -EBUSY);
    EXPECT_EQ(sigaction(SIGUSR1, NULL, &found), 0);
    EXPECT(found.sa_sigaction == info_handler);
}

int main(void)
{
    int ends[2];
    int pair[2];

    open_pipe(ends);
    EXPECT_EQ(rf_siginfo_watch(0, ends[1]), -EINVAL);
    EXPECT_EQ(rf_siginfo_watch(NSIG, ends[1]), -EINVAL);
    EXPECT_EQ(rf_siginfo_watch(SIGKILL, ends[1]), -EINVAL);
    EXPECT_EQ(rf_siginfo_watch(SIGSEGV, ends[1]), -EINVAL);
    EXPECT_EQ(rf_siginfo_watch(SIGUSR1, -1), -EBADF);
#if defined(__linux__)
    // The C library's own.
    EXPECT_EQ(rf_siginfo_watch(SIGRTMIN - 1, ends[1]), -EINVAL);
#endif
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    EXPECT_EQ(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
    EXPECT_EQ(rf_siginfo_watch(SIGUSR1, pair[1]), -EINVAL);
    expect_busy(ends[1]);
    EXPECT_EQ(fcntl(ends[1], F_SETFL, 0), 0);
    EXPECT_EQ(rf_siginfo_watch(SIGUSR2, ends[1]), -EINVAL);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "disposition.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

int rf_check_signal(int signo)
{
    if (signo <= 0 || signo >= NSIG) {
        return -EINVAL;
    }
    switch (signo) {
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
        return -EINVAL;
    default:
        return 0;
    }
}

int rf_check_descriptor(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0) {
        return -errno;
    }
    return (flags & O_NONBLOCK) != 0 ? 0 : -EINVAL;
}

int rf_set_disposition(int signo, struct sigaction *action, int flags)
{
    action->sa_flags = SA_RESTART | flags;
    sigfillset(&action->sa_mask);
    return sigaction(signo, action, NULL) == 0 ? 0 : -errno;
}

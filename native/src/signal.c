// SPDX-License-Identifier: Apache-2.0
//
// Signals as bytes in a pipe. The handler may run on any thread between any two instructions, so
// all it shares with the rest of the program is one lock-free number a signal.
#include "ringfork.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

// An atomic that took a lock could wait, in the handler, for the thread it interrupted.
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "int must be lock-free in every process");
_Static_assert(NSIG - 1 <= UCHAR_MAX, "a signal's number must fit a byte");

enum { NOBODY = 0 };

// By signal, the watching descriptor plus one, so that the zeroed table of a fresh process says
// NOBODY.
//
// Memory order is relaxed throughout: the number is everything a handler reads, there is nothing
// else to publish with it. What must be ordered is a store here and the next delivery, and that the
// kernel does: sigaction(2) and the delivery of a signal take the same lock of the process, one
// after the other.
static atomic_int watchers[NSIG];

static void write_signal(int signo)
{
    int interrupted_errno = errno;
    // Relaxed: see above.
    int watcher = atomic_load_explicit(&watchers[signo], memory_order_relaxed);
    unsigned char byte = (unsigned char)signo;

    // Forgetting a dead pipe ends what would go on for ever if SIGPIPE itself is watched. Any other
    // failure is a full pipe: the reader has something to read already.
    if (watcher != NOBODY && write(watcher - 1, &byte, 1) < 0
        && (errno == EPIPE || errno == EBADF)) {
        // Relaxed: see above. An exchange that compares, so as not to forget a pipe that was put
        // here meanwhile.
        atomic_compare_exchange_strong_explicit(&watchers[signo], &watcher, NOBODY,
                                                memory_order_relaxed, memory_order_relaxed);
    }
    errno = interrupted_errno;
}

// Whether the number is in the table and the signal is not raised by the interrupted instruction
// itself. The kernel refuses what else cannot be caught.
static int check_signal(int signo)
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

static int check_descriptor(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0) {
        return -errno;
    }
    return (flags & O_NONBLOCK) != 0 ? 0 : -EINVAL;
}

static int set_disposition(int signo, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    sigfillset(&action.sa_mask);
    return sigaction(signo, &action, NULL) == 0 ? 0 : -errno;
}

// The disposition first: until it has changed, deliveries still find their descriptor.
static int end_watch(int signo, void (*disposition)(int))
{
    int error = check_signal(signo);

    if (error == 0) {
        error = set_disposition(signo, disposition);
    }
    if (error == 0) {
        // Relaxed: see the table.
        atomic_store_explicit(&watchers[signo], NOBODY, memory_order_relaxed);
    }
    return error;
}

int rf_signal_watch(int signo, int fd)
{
    int error = check_signal(signo);

    if (error == 0) {
        error = check_descriptor(fd);
    }
    if (error != 0) {
        return error;
    }
    // Relaxed: see the table. Before the disposition, so that the first delivery already finds it.
    int former = atomic_exchange_explicit(&watchers[signo], fd + 1, memory_order_relaxed);
    error = set_disposition(signo, write_signal);
    if (error != 0) {
        // Relaxed: see the table.
        atomic_store_explicit(&watchers[signo], former, memory_order_relaxed);
    }
    return error;
}

int rf_signal_default(int signo)
{
    return end_watch(signo, SIG_DFL);
}

int rf_signal_ignore(int signo)
{
    return end_watch(signo, SIG_IGN);
}

// SPDX-License-Identifier: Apache-2.0
//
// Signals as bytes in a pipe. The handler may run on any thread between any two instructions, so
// all it shares with the rest of the program is one lock-free number a signal.
#include "disposition.h"
#include "ringfork.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <unistd.h>

// An atomic that took a lock could wait, in the handler, for the thread it interrupted.
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "int must be lock-free in every process");
_Static_assert(NSIG - 1 <= UCHAR_MAX, "a signal's number must fit a byte");

// By signal, the watching descriptor plus one or NOBODY.
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

static int set_disposition(int signo, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    return rf_set_disposition(signo, &action, 0);
}

// The disposition first: until it has changed, deliveries still find their descriptor.
static int end_watch(int signo, void (*disposition)(int))
{
    int error = rf_check_signal(signo);

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
    int error = rf_check_signal(signo);

    if (error == 0) {
        error = rf_check_descriptor(fd);
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

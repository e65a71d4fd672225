// SPDX-License-Identifier: Apache-2.0
//
// Signals with what the kernel says about them, as records in a pipe. The handler may run on any
// thread between any two instructions, so all it shares with the rest of the program is two
// lock-free numbers a signal.
#include "disposition.h"
#include "ringfork.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

// An atomic that took a lock could wait, in the handler, for the thread it interrupted.
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "int must be lock-free in every process");
_Static_assert(sizeof(struct rf_siginfo) <= PIPE_BUF, "a record is written whole or not at all");

// By signal, the watching descriptor plus one or NOBODY. Relaxed throughout, for the reason that
// signal.c gives for its table.
static atomic_int watchers[NSIG];

// By signal, how many deliveries found their pipe full since somebody asked.
static atomic_int crowded[NSIG];

#if defined(__linux__)

// Whether the kernel says that a descriptor is ready. The codes of SIGIO are other things under
// other standard signals (CLD_EXITED is POLL_IN), where SI_SIGIO stands for them all.
static bool is_readiness(const siginfo_t *info)
{
    bool of_sigio = info->si_signo == SIGIO || info->si_signo > SIGSYS;

    return info->si_code == SI_SIGIO
           || (of_sigio && info->si_code >= POLL_IN && info->si_code <= POLL_HUP);
}

#endif

static struct rf_siginfo describe(const siginfo_t *info)
{
    struct rf_siginfo record = {.signo = info->si_signo, .code = info->si_code, .fd = -1};

    switch (info->si_code) {
    case SI_QUEUE:
    case SI_TIMER:
    case SI_MESGQ:
    case SI_ASYNCIO:
        record.value = (long long)(intptr_t)info->si_value.sival_ptr;
        break;
    default:
#if defined(__linux__)
        if (is_readiness(info)) {
            record.fd = info->si_fd;
            record.band = (int)info->si_band;
        }
#endif
        break;
    }
    return record;
}

static bool put(int fd, const struct rf_siginfo *record)
{
    return write(fd, record, sizeof *record) == (ssize_t)sizeof *record;
}

static void write_record(int signo, siginfo_t *info, void *context)
{
    int interrupted_errno = errno;
    struct rf_siginfo record = describe(info);
    // Relaxed: see the table.
    int watcher = atomic_load_explicit(&watchers[signo], memory_order_relaxed);
    (void)context;

    if (watcher != NOBODY && !put(watcher - 1, &record)) {
        if (errno == EPIPE || errno == EBADF) {
            // Relaxed: see the table. It compares, so as not to forget a pipe that was put here
            // meanwhile.
            atomic_compare_exchange_strong_explicit(&watchers[signo], &watcher, NOBODY,
                                                    memory_order_relaxed, memory_order_relaxed);
        } else {
            // Release, before the second attempt: if that one fails too, the pipe was full after
            // the count had been raised, so whoever reads it empty sees the count. If it succeeds,
            // the record wakes a reader who might have asked too early.
            atomic_fetch_add_explicit(&crowded[signo], 1, memory_order_release);
            put(watcher - 1, &record);
        }
    }
    errno = interrupted_errno;
}

// A stream socket would take half a record.
static int check_pipe(int fd)
{
    struct stat status;

    if (fstat(fd, &status) != 0) {
        return -errno;
    }
    return S_ISFIFO(status.st_mode) ? 0 : -EINVAL;
}

// Whether the signal has a handler that is not this file's.
static int check_unhandled(int signo)
{
    struct sigaction present;

    if (sigaction(signo, NULL, &present) != 0) {
        return -errno;
    }
    if ((present.sa_flags & SA_SIGINFO) != 0) {
        return present.sa_sigaction == write_record ? 0 : -EBUSY;
    }
    return present.sa_handler == SIG_DFL || present.sa_handler == SIG_IGN ? 0 : -EBUSY;
}

int rf_siginfo_watch(int signo, int fd)
{
    int error = rf_check_signal(signo);

    if (error == 0) {
        error = rf_check_descriptor(fd);
    }
    if (error == 0) {
        error = check_pipe(fd);
    }
    if (error == 0) {
        error = check_unhandled(signo);
    }
    if (error != 0) {
        return error;
    }
    struct sigaction action = {.sa_sigaction = write_record};
    // Relaxed: see the table. Before the disposition, so that the first delivery already finds it.
    int former = atomic_exchange_explicit(&watchers[signo], fd + 1, memory_order_relaxed);
    error = rf_set_disposition(signo, &action, SA_SIGINFO);
    if (error != 0) {
        // Relaxed: see the table.
        atomic_store_explicit(&watchers[signo], former, memory_order_relaxed);
    }
    return error;
}

int rf_siginfo_crowded(int signo)
{
    int error = rf_check_signal(signo);

    if (error != 0) {
        return error;
    }
    // Acquire, with the release in the handler: what the lost records told of has happened before.
    return atomic_exchange_explicit(&crowded[signo], 0, memory_order_acquire);
}

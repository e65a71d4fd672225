// SPDX-License-Identifier: Apache-2.0
//
// The exported functions: what is done by the C library, before the process stands still.
#include "fork/bare/bare.h"
#include "fork/fork.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>

enum {
    STACK_BYTES = 256 * 1024,
    DEFAULT_BELOW_LAST = 5,
    LEAST_RSEQ_BYTES = 32, // what glibc registers at least, whatever it says is in use
    SETXID_SIGNAL = 33,    // by which glibc has every thread change the user
    // What rf_fork_init cannot do without.
    NECESSARY = RF_FORK_LIBC | RF_FORK_TID_ADDRESS | RF_FORK_SHADOW_STACK | RF_FORK_PROC
};

// Taken by whoever uses the tables. A second caller is refused and does not wait: in the child it
// would be waiting as well, and fork in its turn.
static atomic_flag busy = ATOMIC_FLAG_INIT;

static atomic_int started;

static bool take(void)
{
    // Acquire: what the last one did to the tables has happened.
    return !atomic_flag_test_and_set_explicit(&busy, memory_order_acquire);
}

static int release(int result)
{
    atomic_flag_clear_explicit(&busy, memory_order_release);
    return result;
}

static void *run(void *argument)
{
    (void)argument;
    prctl(PR_SET_NAME, "ringfork-forker");
    rf_forker.tid = bare_tid();
    prctl(PR_GET_TID_ADDRESS, &rf_forker.tid_address);
    arch_syscall3(SYS_get_robust_list, 0, (long)&rf_forker.robust_list,
                  (long)&rf_forker.robust_bytes);
    // Release: with the acquire of who started it.
    atomic_store_explicit(&started, 1, memory_order_release);
    bare_wake(&started);
    rf_forker_run();
}

// glibc registers restartable sequences since 2.35, and says where.
static void find_rseq(void)
{
    const ptrdiff_t *offset = dlsym(RTLD_DEFAULT, "__rseq_offset");
    const unsigned *bytes = dlsym(RTLD_DEFAULT, "__rseq_size");

    if (offset != NULL && bytes != NULL && *bytes != 0) {
        rf_forker.rseq_offset = *offset;
        rf_forker.rseq_bytes = *bytes < LEAST_RSEQ_BYTES ? LEAST_RSEQ_BYTES : *bytes;
    }
}

// All signals but the one that a thread must answer for setuid(3) in another one to return: what is
// pending for a thread is not in the child. The C library leaves a second one out of its sets, that
// of pthread_cancel(3), by which a thread would leave the place where it stands.
static void fill_mask(sigset_t *mask)
{
    memset(mask, 0xff, sizeof *mask);
    *(unsigned long *)mask &= ~(1UL << (SETXID_SIGNAL - 1));
}

static int install(int signo)
{
    struct sigaction present;
    struct sigaction action = {.sa_sigaction = rf_freeze_handler,
                               .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};

    if (sigaction(signo, NULL, &present) != 0) {
        return -errno;
    }
    if ((present.sa_flags & SA_SIGINFO) != 0 || present.sa_handler != SIG_DFL) {
        return -EBUSY;
    }
    fill_mask(&action.sa_mask);
    return sigaction(signo, &action, NULL) == 0 ? 0 : -errno;
}

// With all signals blocked from its first moment. By pthread_sigmask(3), which leaves open those
// that the C library itself sends to every thread.
static int start(void)
{
    sigset_t all;
    sigset_t former;
    pthread_t thread;
    pthread_attr_t attributes;

    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &former);
    int error = pthread_create(&thread, &attributes, run, NULL);
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    pthread_attr_destroy(&attributes);
    // Acquire: the forker knows itself.
    while (error == 0 && atomic_load_explicit(&started, memory_order_acquire) == 0) {
        bare_wait(&started, 0, 0);
    }
    return -error;
}

static int get_ready(int signo)
{
    struct rf_fork_findings findings;
    int error = rf_fork_tables();

    if (error != 0) {
        return error;
    }
    rf_check_process(&findings);
    if ((findings.reasons & NECESSARY) != 0) {
        return -EOPNOTSUPP;
    }
    find_rseq();
    rf_hotspot_find();
    error = install(signo);
    if (error != 0) {
        return error;
    }
    rf_forker.signo = signo;
    error = start();
    if (error != 0) {
        rf_forker.signo = 0;
        signal(signo, SIG_DFL);
    }
    return error;
}

int rf_fork_init(int signo)
{
    int chosen = signo == 0 ? SIGRTMAX - DEFAULT_BELOW_LAST : signo;

    if (chosen < SIGRTMIN || chosen > SIGRTMAX) {
        return -EINVAL;
    }
    if (!take()) {
        return -EBUSY;
    }
    return release(rf_forker.signo != 0 ? 0 : get_ready(chosen));
}

int rf_fork_check(struct rf_fork_findings *findings)
{
    if (!take()) {
        return -EBUSY;
    }
    int error = rf_fork_tables();
    if (error == 0) {
        rf_check(findings);
    }
    return release(error);
}

static bool make_sense(const struct rf_fork_options *options)
{
    return options->kept_count >= 0 && options->closed_count >= 0 && options->freeze_limit_ms >= 0
           && options->death_signal >= 0 && options->death_signal < NSIG
           && (options->sibling == 0 || options->sibling == 1)
           && (options->kept_count == 0 || options->kept != NULL)
           && (options->closed_count == 0 || options->closed != NULL);
}

static int fork_checked(const struct rf_fork_options *options, struct rf_fork_result *result)
{
    struct rf_fork_findings findings;

    // What descriptors are open is looked at when nobody can open another one.
    rf_check_process(&findings);
    if (findings.reasons != 0) {
        result->stage = RF_FORK_CHECK;
        return -EOPNOTSUPP;
    }
    rf_regions_find();
    return rf_forker_ask(options, result);
}

int rf_fork(const struct rf_fork_options *options, struct rf_fork_result *result)
{
    static const struct rf_fork_options none;

    memset(result, 0, sizeof *result);
    result->pidfd = RF_NOBODY;
    result->culprit = RF_NOBODY;
    result->stage = RF_FORK_CHECK;
    if (options == NULL) {
        options = &none;
    }
    if (!make_sense(options)) {
        return -EINVAL;
    }
    if (!take()) {
        return -EBUSY;
    }
    // Not before, when rf_fork_init may still fail.
    return release(rf_forker.signo == 0 ? -EINVAL : fork_checked(options, result));
}

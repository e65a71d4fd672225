// SPDX-License-Identifier: Apache-2.0
//
// The forker: a thread of its own that stops the others, copies the process and lets them go on; in
// the child it is the first thread, and makes the others again. See bare.h for what may be used
// here.
//
// It is not the caller who forks, since the copy of whoever does is the first thread of the child.
// A process whose first thread has ended is a strange one, of which /proc tells little, and threads
// of Java end. This one never does.
#include "fork/bare/parked.h"

#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum {
    FREEZE_LIMIT_MS = 5000,
    // The child needs milliseconds. Beyond this, something is wrong, if only with the machine.
    CHILD_LIMIT_MS = 30000,
    CHILD_LOOK_MS = 20, // how soon its end is noticed
    REAP_LOOKS = 100,   // until it is left a zombie: SIGKILL does not end every wait at once
    FAILED_STATUS = 1,
    BY_PIDFD = 3 // P_PIDFD, which older headers lack
};

enum { CHILD_BUSY, CHILD_WHOLE, CHILD_FAILED, CHILD_ABANDONED };

// What the child says to the parent, in memory of both. Whoever changes the state first is right: a
// child that comes too late must not go on.
struct report {
    atomic_int state;
    int error;
    struct rf_fork_result result;
};

// What the caller asks. One at a time.
static struct {
    atomic_int asked;
    atomic_int answered;
    const struct rf_fork_options *options;
    struct rf_fork_result *result;
    int answer;
} request;

// The copy; without a pidfd where the kernel has none.
struct child {
    int pid;
    int pidfd;
};

static void name_process(int parent_pid)
{
    char name[RF_NAME_BYTES];

    // What ps(1) shows of a process is the name of its first thread. If that is the forker, its
    // copy has the name.
    if (rf_name_of(parent_pid, name)) {
        arch_syscall2(SYS_prctl, PR_SET_NAME, (long)name);
    }
}

static int rebuild(int parent_pid, int reaper_pid, struct rf_fork_result *result)
{
    int death_signal = request.options->death_signal;

    rf_forker.tid = bare_tid();
    arch_syscall2(SYS_set_robust_list, (long)rf_forker.robust_list, (long)rf_forker.robust_bytes);
    if (death_signal != 0) {
        // It is the end of the forker that counts, which is the process's.
        arch_syscall2(SYS_prctl, PR_SET_PDEATHSIG, death_signal);
        if ((int)arch_syscall0(SYS_getppid) != reaper_pid) {
            return -ECHILD;
        }
    }
    result->stage = RF_FORK_REBUILD;
    int error = rf_descriptors_rebuild(result);
    if (error != 0) {
        return error;
    }
    result->stage = RF_FORK_THREADS;
    error = rf_threads_restore(result);
    if (error == 0) {
        error = rf_peek_open();
    }
    if (error != 0) {
        return error;
    }
    result->attach_listener = rf_attach_listener_rebuild(parent_pid);
    result->locks = rf_locks_mend();
    result->os_threads = rf_os_threads_mend();
    rf_peek_close();
    name_process(parent_pid);
    result->stage = RF_FORK_DONE;
    return 0;
}

static void copy_result(struct rf_fork_result *to, const struct rf_fork_result *from)
{
    // By bytes: the compiler would call memcpy.
    for (size_t i = 0; i < sizeof *to; i++) {
        ((volatile char *)to)[i] = ((const char *)from)[i];
    }
}

// Whether the report's state was the first to be said.
static bool say(struct report *report, int state)
{
    int busy = CHILD_BUSY;

    // Release: the report is whole. Acquire: so is the other one, if that was first.
    return atomic_compare_exchange_strong_explicit(&report->state, &busy, state,
                                                   memory_order_acq_rel, memory_order_acquire);
}

// The child's way from the copy to where its threads go on.
static void become_child(struct report *report, int parent_pid, int reaper_pid)
{
    struct rf_fork_result *result = request.result;
    long long started_ns = bare_now_ns();
    int error = rebuild(parent_pid, reaper_pid, result);

    report->error = error;
    result->restore_ns = bare_now_ns() - started_ns;
    copy_result(&report->result, result);
    bool first = say(report, error == 0 ? CHILD_WHOLE : CHILD_FAILED);
    bare_wake(&report->state);
    if (error != 0 || !first) {
        arch_syscall1(SYS_exit_group, FAILED_STATUS);
    }
    rf_thaw();
}

// waitid(2) for the child and nobody else: without a pidfd its number may be another one's, if it
// was reaped by somebody else.
static long wait_for(const struct child *child, siginfo_t *info, int options)
{
    bool known = child->pidfd >= 0;

    return arch_syscall5(SYS_waitid, known ? BY_PIDFD : P_PID, known ? child->pidfd : child->pid,
                         (long)info, WEXITED | options, 0);
}

// Of a sibling, which is not this process's to wait for.
static bool is_over(int pidfd)
{
    struct pollfd watched = {.fd = pidfd, .events = POLLIN};
    struct timespec at_once = {0};

    return arch_syscall5(SYS_ppoll, (long)&watched, 1, (long)&at_once, 0, 0) == 1;
}

// Whether the child has ended. It stays to be reaped.
static bool has_ended(const struct child *child)
{
    siginfo_t info;

    if (request.options->sibling) {
        return is_over(child->pidfd);
    }
    info.si_pid = 0;
    long error = wait_for(child, &info, WNOHANG | WNOWAIT);
    return error == -ECHILD || (error == 0 && info.si_pid == child->pid);
}

// Waits for the child's report: its error. Or if it does not come, that of waiting.
static int await(struct report *report, const struct child *child)
{
    long long deadline_ns = bare_now_ns() + CHILD_LIMIT_MS * (long long)BARE_NS_PER_MS;
    int error = 0;

    // Acquire: the report is whole.
    while (error == 0
           && atomic_load_explicit(&report->state, memory_order_acquire) == CHILD_BUSY) {
        if (has_ended(child)) {
            error = -ECHILD;
        } else if (bare_now_ns() >= deadline_ns) {
            error = -ETIMEDOUT;
        } else {
            bare_wait(&report->state, CHILD_BUSY, CHILD_LOOK_MS * BARE_NS_PER_MS);
        }
    }
    // It may have come in the meantime after all.
    return error != 0 && say(report, CHILD_ABANDONED) ? error : report->error;
}

static void reap(const struct child *child)
{
    for (int i = 0; i < REAP_LOOKS && !has_ended(child); i++) {
        bare_pause(CHILD_LOOK_MS);
    }
    wait_for(child, NULL, WNOHANG);
}

// Ends and reaps a child that did not become whole; a sibling is left to be reaped. Without a
// pidfd, one that may have ended by itself is only reaped.
static void discard(const struct child *child, bool ended)
{
    if (child->pidfd >= 0) {
        arch_syscall4(SYS_pidfd_send_signal, child->pidfd, SIGKILL, 0, 0);
    } else if (!ended) {
        arch_syscall2(SYS_kill, child->pid, SIGKILL);
    }
    if (!request.options->sibling) {
        reap(child);
    }
    bare_close(child->pidfd);
}

static int conclude(struct report *report, const struct child *child, long long copied_ns)
{
    struct rf_fork_result *result = request.result;
    const long long clone_ns = result->clone_ns;
    const long long pause_ns = result->pause_ns;
    int error = await(report, child);

    // Relaxed: nobody changes it any more.
    if (atomic_load_explicit(&report->state, memory_order_relaxed) != CHILD_ABANDONED) {
        copy_result(result, &report->result);
    } else {
        result->stage = RF_FORK_CHILD;
    }
    result->clone_ns = clone_ns;
    result->pause_ns = pause_ns;
    result->restore_ns = bare_now_ns() - copied_ns;
    if (error != 0) {
        discard(child, error != -ETIMEDOUT);
        return error;
    }
    result->pid = child->pid;
    result->pidfd = child->pidfd;
    return child->pid;
}

// SIGCHLD, as after fork(2). The kernel of a container or an emulator may not know of pidfds.
static long copy_process(int *pidfd)
{
    const bool sibling = request.options->sibling != 0;
    const long flags = SIGCHLD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID
                       | (sibling ? CLONE_PARENT : 0);
    long pid = arch_clone_process(flags | CLONE_PIDFD, pidfd, rf_forker.tid_address);

    if (pid == -EINVAL && sibling) {
        return -ENOSYS;
    }
    return pid == -EINVAL ? arch_clone_process(flags, pidfd, rf_forker.tid_address) : pid;
}

// Reads the descriptors and copies the process: 0 in the copy.
static long copy_all(int *pidfd)
{
    struct rf_fork_result *result = request.result;
    long long started_ns = bare_now_ns();

    result->stage = RF_FORK_DESCRIPTORS;
    int error = rf_descriptors_read(request.options, result);
    long long read_ns = bare_now_ns();
    result->descriptors_ns = read_ns - started_ns;
    if (error != 0) {
        return error;
    }
    result->stage = RF_FORK_CLONE;
    long pid = copy_process(pidfd);
    if (pid != 0) {
        result->clone_ns = bare_now_ns() - read_ns;
    }
    return pid;
}

static int fork_stopped(struct report *report, long long started_ns)
{
    int parent_pid = bare_pid();
    int reaper_pid = request.options->sibling ? (int)arch_syscall0(SYS_getppid) : parent_pid;
    struct child child = {.pidfd = RF_NOBODY};

    request.result->freeze_ns = bare_now_ns() - started_ns;
    long pid = copy_all(&child.pidfd);
    if (pid == 0) {
        become_child(report, parent_pid, reaper_pid);
        return 0;
    }
    rf_descriptors_forget();
    long long copied_ns = bare_now_ns();
    request.result->pause_ns = copied_ns - started_ns;
    rf_thaw();
    child.pid = (int)pid;
    return pid < 0 ? (int)pid : conclude(report, &child, copied_ns);
}

static int serve(void)
{
    int limit_ms = request.options->freeze_limit_ms;
    struct rf_fork_result *result = request.result;
    long memory = arch_syscall6(SYS_mmap, 0, sizeof(struct report), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    result->stage = RF_FORK_FREEZE;
    if (memory < 0 && memory > -4096) {
        return (int)memory;
    }
    long long started_ns = bare_now_ns();
    int answer = rf_freeze(limit_ms == 0 ? FREEZE_LIMIT_MS : limit_ms, &result->culprit,
                           &result->freezes);
    if (answer == 0) {
        answer = fork_stopped((struct report *)memory, started_ns);
    }
    arch_syscall2(SYS_munmap, memory, sizeof(struct report));
    return answer;
}

_Noreturn void rf_forker_run(void)
{
    for (;;) {
        // Acquire: the request is whole.
        while (atomic_exchange_explicit(&request.asked, 0, memory_order_acquire) == 0) {
            bare_wait(&request.asked, 0, 0);
        }
        request.answer = serve();
        // Release: the answer is whole.
        atomic_store_explicit(&request.answered, 1, memory_order_release);
        bare_wake(&request.answered);
    }
}

int rf_forker_ask(const struct rf_fork_options *options, struct rf_fork_result *result)
{
    request.options = options;
    request.result = result;
    // Relaxed: what follows publishes it.
    atomic_store_explicit(&request.answered, 0, memory_order_relaxed);
    // Release: the request is whole.
    atomic_store_explicit(&request.asked, 1, memory_order_release);
    bare_wake(&request.asked);
    // Acquire: so is the answer.
    while (atomic_load_explicit(&request.answered, memory_order_acquire) == 0) {
        bare_wait(&request.answered, 0, 0);
    }
    return request.answer;
}

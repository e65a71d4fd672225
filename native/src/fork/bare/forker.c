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

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum {
    FREEZE_LIMIT_MS = 5000,
    // The child needs milliseconds. Beyond this, something is wrong, if only with the machine.
    CHILD_LIMIT_MS = 30000,
    CHILD_LOOK_MS = 20, // how soon its end is noticed
    FAILED_STATUS = 1
};

enum { CHILD_BUSY, CHILD_WHOLE, CHILD_FAILED };

// What the child says to the parent, in memory of both.
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

static void name_process(void)
{
    char name[RF_NAME_BYTES];

    // What ps(1) shows of a process is the name of its first thread.
    if (rf_leader_name(name)) {
        arch_syscall2(SYS_prctl, PR_SET_NAME, (long)name);
    }
}

static int rebuild(int parent_pid, struct rf_fork_result *result)
{
    int death_signal = request.options->death_signal;

    rf_forker.tid = bare_tid();
    arch_syscall2(SYS_set_robust_list, (long)rf_forker.robust_list, (long)rf_forker.robust_bytes);
    if (death_signal != 0) {
        // It is the end of the forker that counts, which is the process's.
        arch_syscall2(SYS_prctl, PR_SET_PDEATHSIG, death_signal);
        if ((int)arch_syscall0(SYS_getppid) != parent_pid) {
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
    name_process();
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

// The child's way from the copy to where its threads go on.
static void become_child(struct report *report, int parent_pid)
{
    struct rf_fork_result *result = request.result;
    long long started_ns = bare_now_ns();
    int error = rebuild(parent_pid, result);

    report->error = error;
    result->restore_ns = bare_now_ns() - started_ns;
    copy_result(&report->result, result);
    // Release: the report is whole.
    atomic_store_explicit(&report->state, error == 0 ? CHILD_WHOLE : CHILD_FAILED,
                          memory_order_release);
    bare_wake(&report->state);
    if (error != 0) {
        arch_syscall1(SYS_exit_group, FAILED_STATUS);
    }
    rf_thaw();
}

// Whether the child has ended. It stays to be reaped.
static bool has_ended(int pid)
{
    siginfo_t info;

    info.si_pid = 0;
    long error = arch_syscall5(SYS_waitid, P_PID, pid, (long)&info, WEXITED | WNOHANG | WNOWAIT, 0);
    return error == -ECHILD || (error == 0 && info.si_pid == pid);
}

// Waits for the child's report. Nothing if it does not come.
static int await(struct report *report, int pid)
{
    long long deadline_ns = bare_now_ns() + CHILD_LIMIT_MS * (long long)BARE_NS_PER_MS;

    for (;;) {
        bool ended = has_ended(pid);
        // Acquire: the report is whole.
        int state = atomic_load_explicit(&report->state, memory_order_acquire);
        if (state != CHILD_BUSY) {
            return report->error;
        }
        if (ended) {
            return -ECHILD;
        }
        if (bare_now_ns() >= deadline_ns) {
            return -ETIMEDOUT;
        }
        bare_wait(&report->state, CHILD_BUSY, CHILD_LOOK_MS * BARE_NS_PER_MS);
    }
}

static int conclude(struct report *report, int pid, int pidfd, long long copied_ns)
{
    struct rf_fork_result *result = request.result;
    struct rf_fork_result mine;
    int error = await(report, pid);

    copy_result(&mine, result);
    // Acquire: as above.
    if (atomic_load_explicit(&report->state, memory_order_acquire) != CHILD_BUSY) {
        copy_result(result, &report->result);
    } else {
        result->stage = RF_FORK_CHILD;
    }
    result->clone_ns = mine.clone_ns;
    result->pause_ns = mine.pause_ns;
    result->restore_ns = bare_now_ns() - copied_ns;
    if (error != 0) {
        arch_syscall2(SYS_kill, pid, SIGKILL);
        arch_syscall4(SYS_wait4, pid, 0, 0, 0);
        bare_close(pidfd);
        return error;
    }
    result->pid = pid;
    result->pidfd = pidfd;
    return pid;
}

// SIGCHLD, as after fork(2). The kernel of a container or an emulator may not know of pidfds.
static long copy_process(int *pidfd)
{
    const long flags = SIGCHLD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    long pid = arch_clone_process(flags | CLONE_PIDFD, pidfd, rf_forker.tid_address);

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
    int pidfd = RF_NOBODY;

    request.result->freeze_ns = bare_now_ns() - started_ns;
    long pid = copy_all(&pidfd);
    if (pid == 0) {
        become_child(report, parent_pid);
        return 0;
    }
    rf_descriptors_forget();
    long long copied_ns = bare_now_ns();
    request.result->pause_ns = copied_ns - started_ns;
    rf_thaw();
    return pid < 0 ? (int)pid : conclude(report, (int)pid, pidfd, copied_ns);
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

// SPDX-License-Identifier: Apache-2.0
//
// libringfork: the few things that Java cannot reach alone.
//
// Every function that can fail returns a negative error number, as the kernel does: -EAGAIN,
// -EBADF. None reports through errno. All argument and result types are long, int or pointers, so
// that a foreign function interface needs no more than a handful of call shapes.
#ifndef RINGFORK_H
#define RINGFORK_H

#ifdef __cplusplus
extern "C" {
#endif

#define RF_API __attribute__((visibility("default")))

// The version of this header; rf_version() is that of the library found at run time.
#define RF_VERSION "0.1.0"

// rf_version - the version of the library, "major.minor.patch".
//
// RETURN VALUE
//     A string that lives as long as the library and is not to be freed.
//
// THREADS
//     Safe from every thread and from signal handlers.
RF_API const char *rf_version(void);

#if defined(__linux__)

// rf_syscall0 to rf_syscall6 - one system call, past the C library: see syscall(2).
//
//     nr      the call's number on this architecture, SYS_* of <sys/syscall.h>; first, so that a
//             method handle can bind it and leave a handle of the call's own arguments
//     a to f  its arguments; pointers and descriptors are widened to long by the caller
//
// DESCRIPTION
//     For hosts that refuse a process executable pages of its own making (SELinux execmem, hardened
//     kernels), where Java cannot write these few instructions itself. Neither errno nor any other
//     thread-local storage is touched, and no thread cancellation point is passed.
//
//     A call that may block must not be made through a "critical" foreign function call: the thread
//     would keep the whole virtual machine from its next safepoint.
//
//     Not for calls of which the C library keeps the books: fork, vfork, clone, exit, exit_group,
//     rt_sigaction, rt_sigprocmask, brk, set_tid_address. A child of vfork(2) would return from
//     this function and so destroy the frame its parent has yet to return through.
//
// RETURN VALUE
//     What the kernel returned, all 64 bits: from -4095 to -1 it is an error number, negated;
//     anything else is the result (an address from mmap(2) included, as none lies in that range).
//
// ERRORS
//     Those of the call. -ENOSYS: this kernel has no such call. -EINTR: a signal handler installed
//     without SA_RESTART ran, or the call is one that is never restarted; see signal(7). Nothing is
//     retried here.
//
// THREADS
//     Safe from every thread and from signal handlers, as far as the call itself is.
//
// NOTES
//     Linux on x86-64 and aarch64 only. On macOS these functions do not exist: only its C library's
//     entry points are stable there, the numbers behind them are not.
RF_API long rf_syscall0(long nr);
RF_API long rf_syscall1(long nr, long a);
RF_API long rf_syscall2(long nr, long a, long b);
RF_API long rf_syscall3(long nr, long a, long b, long c);
RF_API long rf_syscall4(long nr, long a, long b, long c, long d);
RF_API long rf_syscall5(long nr, long a, long b, long c, long d, long e);
RF_API long rf_syscall6(long nr, long a, long b, long c, long d, long e, long f);

// struct rf_fork_options - what rf_fork is to do besides. A zeroed one is fit.
//
//     kept             descriptors that the child shares with the parent as they are, whatever they
//                      are: the ends of a pipe between the two, for instance
//     closed           descriptors that the child is not to have
//     kept_count       how many they are
//     closed_count
//     freeze_limit_ms  how long the other threads may take to stop; 0 for 5000
//     death_signal     the signal the child gets when its parent ends, or 0 for none
//     sibling          1 if the child is to be the parent's parent's, to be reaped by that: a
//                      process that only forks is none that anybody has to outlive
//     reserved         0
struct rf_fork_options {
    const int *kept;
    const int *closed;
    int kept_count;
    int closed_count;
    int freeze_limit_ms;
    int death_signal;
    int sibling;
    int reserved;
};

// How far rf_fork came.
enum rf_fork_stage {
    RF_FORK_DONE = 0,        // to its end
    RF_FORK_CHECK = 1,       // something is in the way, of which rf_fork_check tells
    RF_FORK_FREEZE = 2,      // the other threads were being stopped; culprit: who did not
    RF_FORK_DESCRIPTORS = 3, // the descriptors were being read; culprit: which one
    RF_FORK_CLONE = 4,       // the process was being copied
    RF_FORK_REBUILD = 5,     // the child's descriptors were being made; culprit: which one
    RF_FORK_THREADS = 6,     // the child's threads were being made; culprit: which one, by its
                             // number in the parent
    RF_FORK_CHILD = 7        // the child had ended or did not get ready in time
};

// struct rf_fork_result - what came of rf_fork, for the parent and for the child.
//
//     pid                 the child's number; 0 in the child
//     pidfd               a descriptor of the child, see pidfd_open(2), which is the caller's to
//                         close; -1 in the child and where the kernel has none
//     stage               an rf_fork_stage
//     culprit             the thread or the descriptor that the stage tells of, else -1
//     threads             threads brought back in the child
//     epolls              epoll instances made anew, and their registrations,
//     epoll_entries
//     epoll_entries_lost  those that could not be kept: their files are open, but not here
//     eventfds            eventfds made anew
//     pipes               pipes made anew: those of which this process has both ends
//     files               files opened anew, which had been opened to read
//     files_shared        such files that could not be opened again: their offset is shared
//     locks               locks that were held by a thread's former number
//     os_threads          the virtual machine's own records of a thread's number
//     attach_listener     1 if the child got a listener of its own for jcmd(1)
//     freezes             how often the threads were stopped until all were
//     freeze_ns           until all threads stood
//     descriptors_ns      until all descriptors had been read
//     clone_ns            until the process was copied; 0 in the child, as the next
//     pause_ns            until the threads were let go: how long the parent stood still
//     restore_ns          from the copy until the child was whole
struct rf_fork_result {
    int pid;
    int pidfd;
    int stage;
    int culprit;
    int threads;
    int epolls;
    int epoll_entries;
    int epoll_entries_lost;
    int eventfds;
    int pipes;
    int files;
    int files_shared;
    int locks;
    int os_threads;
    int attach_listener;
    int freezes;
    long long freeze_ns;
    long long descriptors_ns;
    long long clone_ns;
    long long pause_ns;
    long long restore_ns;
};

// Why this process cannot be forked with its threads: bits of rf_fork_findings.reasons.
enum rf_fork_reason {
    RF_FORK_LIBC = 1 << 0,           // the C library is not glibc
    RF_FORK_TID_ADDRESS = 1 << 1,    // prctl(2) has no PR_GET_TID_ADDRESS
    RF_FORK_SHADOW_STACK = 1 << 2,   // returns are checked against a shadow stack
    RF_FORK_SIGNAL = 1 << 3,         // somebody else handles the signal
    RF_FORK_PROC = 1 << 4,           // /proc cannot be read
    RF_FORK_DESCRIPTOR = 1 << 5,     // a descriptor that can neither be shared nor made anew
    RF_FORK_SHARED_HEAP = 1 << 6,    // the Java heap is shared memory: -XX:+UseZGC
    RF_FORK_SHARED_PERFDATA = 1 << 7, // so are the machine's counters: without -XX:-UsePerfData
    RF_FORK_SHARED_SEGMENT = 1 << 8, // memory of shmget(2): -XX:+UseSHM
    RF_FORK_TIMER = 1 << 9,          // timers of timer_create(2) or setitimer(2), which do not fork
    RF_FORK_AIO = 1 << 10,           // operations of io_setup(2), which do not fork
    RF_FORK_SHARED_RING = 1 << 11,   // memory of io_uring_setup(2) or perf_event_open(2)
    RF_FORK_CREDENTIALS = 1 << 12    // a thread has what the others have not: see thread
};

// struct rf_fork_findings - what rf_fork_check found.
//
//     reasons      bits of rf_fork_reason; 0 if nothing is in the way
//     seccomp      the mode of seccomp(2): 0 none, 2 a filter, which may forbid what rf_fork needs
//     kcmp         1 if kcmp(2) is allowed. Without it, descriptors that are copies of one another
//                  become different files in the child, and a registration of an epoll instance
//                  whose descriptor was closed may be taken for another one's.
//     io_urings    open descriptors by kind, all of them in the way
//     inotifies
//     fanotifies
//     timerfds
//     signalfds
//     perf_events
//     bpfs
//     unknowns     of a kind that this library does not know
//     fd           the first of them, else -1
//     name         its name in /proc, "anon_inode:inotify", cut to fit; else empty
//     thread       the first thread that has a user, groups, capabilities, a filter of seccomp(2),
//                  a working directory or descriptors of its own, else -1
struct rf_fork_findings {
    int reasons;
    int seccomp;
    int kcmp;
    int io_urings;
    int inotifies;
    int fanotifies;
    int timerfds;
    int signalfds;
    int perf_events;
    int bpfs;
    int unknowns;
    int fd;
    char name[44];
    int thread;
};

// rf_fork_init - get ready to fork this process with all its threads.
//
//     signo   the signal that stops threads, from SIGRTMIN to SIGRTMAX; 0 for SIGRTMAX - 5
//
// DESCRIPTION
//     Starts a thread that forks, which has all signals blocked and never ends, and installs a
//     handler for the signal. A thread that blocks this signal keeps the process from being forked.
//     The threads of children are made by that one, and so have what it had from the caller: who
//     gives up capabilities in one thread alone does so before.
//
//     Called from a thread of Java, it also learns where the virtual machine keeps the numbers of
//     its threads.
//
// RETURN VALUE
//     0, also if it was called before; or a negative error number.
//
// ERRORS
//     -EINVAL      signo is no such signal.
//     -EBUSY       the signal has a handler already, or rf_fork is going on.
//     -EOPNOTSUPP  this C library or kernel cannot do it: rf_fork_check says why.
//     -EAGAIN, -ENOMEM  no thread or no memory is to be had.
//
// THREADS
//     Safe from every thread, also with rf_fork and rf_fork_check.
//
// NOTES
//     Linux with glibc on x86-64 and aarch64 only; rf_fork was never executed on the latter.
RF_API int rf_fork_init(int signo);

// rf_fork_check - what keeps this process from being forked with all its threads.
//
// DESCRIPTION
//     Looks at the process as it is now. What Java knows better is not looked at: agents, flight
//     recordings, connections that parent and child would share. Nor is it seen that there is an
//     io_uring with neither a descriptor nor memory of its own (IORING_SETUP_REGISTERED_FD_ONLY) or
//     that threads differ in namespaces (unshare(2), setns(2)) or labels of a security module.
//
// RETURN VALUE
//     0 with the findings filled in, or a negative error number.
//
// ERRORS
//     -EBUSY   rf_fork or rf_fork_check is going on.
//     -ENOMEM  no memory is to be had.
//
// THREADS
//     As rf_fork_init.
RF_API int rf_fork_check(struct rf_fork_findings *findings);

// rf_fork - fork this process with all its threads.
//
//     options  see there, or NULL
//     result   see there; filled in on success and on failure
//
// DESCRIPTION
//     Stops every thread by a signal, copies the process by clone(2), and lets the parent go on.
//     In the child each thread is made again and goes on where it was, with its thread-local
//     storage, registers, signal mask, alternate stack, name, affinity, scheduling and restartable
//     sequences. The calling thread returns twice.
//
//     The child has private copies of what threads of a process talk by: epoll instances, eventfds
//     and pipes that have both ends here, with what was in them; and of the offsets of files opened
//     to read. Sockets, files opened to write and descriptors 0 to 2 are shared as after fork(2).
//     An edge-triggered registration that is ready is told of once more in the child.
//
//     Threads have new numbers. What keeps the old ones is mended where it is known: recursive and
//     error-checking mutexes and read-write locks in the data of libraries, the loader's among
//     them, and the virtual machine's records. Such a lock in allocated memory that is held
//     during the fork cannot be released in the child. Nor do robust mutexes survive and those with
//     priority inheritance, nor signals that are pending for one thread, locks of fcntl(2) and of
//     flock(2) on files that are opened anew, and memory locks. A call of setuid(3) or its kin that
//     another thread is in may never return in the child.
//
//     A file whose file system waits for a server that does not answer cannot be opened anew: then
//     this function fails with -ETIMEDOUT after 30 s, in which the other threads go on.
//
//     Calls that SA_RESTART does not restart fail with EINTR, in the parent and in the child:
//     epoll_wait(2), poll(2), nanosleep(2), futex(2) with a time-out; see signal(7).
//
//     Functions given to pthread_atfork(3) are not called.
//
// RETURN VALUE
//     The child's number in the parent, 0 in the child, or a negative error number, and then there
//     is no child and result says how far it came.
//
// ERRORS
//     -EINVAL      rf_fork_init has not been called, or options make no sense.
//     -ENOSYS      a sibling is asked for, and the kernel has no pidfds.
//     -EBADF       a descriptor in options is not open.
//     -EBUSY       another thread is forking or checking.
//     -EOPNOTSUPP  something is in the way: rf_fork_check says what.
//     -ETIMEDOUT   a thread did not stop, or the child did not get ready.
//     -EAGAIN      there may be no more processes, or no more threads in the child.
//     -E2BIG       too many threads, descriptors or registrations.
//     -EMFILE, -ENFILE  no descriptor is free: some are needed, in the parent too.
//     -ECHILD      the child ended before it was whole.
//     Others are those of the calls that make descriptors.
//
// THREADS
//     Safe from every thread. It blocks, and so is not for a "critical" foreign function call.
//
// NOTES
//     The child's end is told by SIGCHLD, and its status is to be reaped by waitpid(2) or through
//     pidfd, by the parent only.
RF_API int rf_fork(const struct rf_fork_options *options, struct rf_fork_result *result);

#endif

// rf_signal_watch - have a signal written to a descriptor, as one byte that is its number.
//
//     signo   the signal; not SIGKILL or SIGSTOP, nor SIGSEGV, SIGBUS, SIGFPE or SIGILL, whose
//             handler would return to the very instruction that faulted
//     fd      the writing end of a pipe or of a stream socket, with O_NONBLOCK set; it stays the
//             caller's
//
// DESCRIPTION
//     Replaces the signal's disposition by sigaction(2), whatever it was, a handler of the virtual
//     machine included. The handler runs with every signal blocked, and calls that can be restarted
//     are (SA_RESTART). It does nothing but write(2) and leaves errno as it found it.
//
//     Watching a watched signal again moves it: what is delivered after this function returned goes
//     to the new descriptor.
//
//     The handler never blocks. If the pipe is full, the byte is dropped. In a pipe of the signal's
//     own nothing is lost by that but the count, which the kernel does not promise either, since it
//     coalesces a signal that is already pending: a byte means "at least once". Signals that share
//     a pipe share its room too, and a storm of one can cost another its byte; one that must not be
//     missed has a pipe of its own.
//
//     A descriptor that was closed (EBADF) or lost its reader (EPIPE) is forgotten at the next
//     delivery, and the signal from then on caught and dropped until it is watched again. EPIPE
//     comes with a SIGPIPE: a program that may outlive its reader ignores that one (the Java
//     virtual machine does).
//
//     After fork(2) the child has the same handlers and, unless it replaces them, the parent's
//     pipe: it calls rf_signal_watch with a pipe of its own, or rf_signal_default. After execve(2)
//     a watched signal is at its default.
//
// RETURN VALUE
//     0, or a negative error number, and then the former watch, if there was one, is still in
//     force.
//
// ERRORS
//     -EINVAL  signo is none of the signals that can be watched; or fd lacks O_NONBLOCK, and a
//              full pipe would block the thread that the signal happens to interrupt.
//     -EBADF   fd is not an open descriptor.
//
// THREADS
//     Safe from every thread; calls that concern the same signal are to follow one another. The
//     handler runs on whichever thread the kernel picks.
//
// NOTES
//     Close a watched descriptor only after rf_signal_default or rf_signal_ignore, and preferably
//     never: a handler that had begun on another thread may still be about to write to that number,
//     whoever owns it by then.
//
//     The library is to stay loaded while a signal is watched. On Linux it is linked so that
//     dlclose(3) keeps it.
//
//     SIGUSR2 is the virtual machine's own for suspending threads, unless _JAVA_SR_SIGNUM names
//     another; SIGQUIT asks it for a thread dump.
RF_API int rf_signal_watch(int signo, int fd);

// rf_signal_default - give a signal back its default effect, SIG_DFL of signal(7).
//
// DESCRIPTION
//     Ends the watch of signo, if there is one. Its descriptor is not closed. A handler of the
//     virtual machine that rf_signal_watch had replaced does not come back.
//
// RETURN VALUE
//     0, or -EINVAL if signo is none of the signals that can be watched.
//
// THREADS
//     As rf_signal_watch.
RF_API int rf_signal_default(int signo);

// rf_signal_ignore - have a signal discarded, SIG_IGN of signal(7).
//
// DESCRIPTION
//     As rf_signal_default, but the signal then has no effect, in programs started by execve(2)
//     neither. With SIGCHLD ignored, children leave no status to wait for.
//
// RETURN VALUE
//     0, or -EINVAL if signo is none of the signals that can be watched.
//
// THREADS
//     As rf_signal_watch.
RF_API int rf_signal_ignore(int signo);

// struct rf_siginfo - one delivery of a signal, as rf_siginfo_watch writes it.
//
//     signo   the signal
//     code    si_code of sigaction(2): where it comes from
//     fd      Linux, of a readiness signal (O_ASYNC with F_SETSIG, see fcntl(2)): the descriptor
//             that it was asked for, which may be closed or another by now; else -1
//     band    with fd: what is ready, the bits of poll(2); else 0
//     value   the sender's si_value, if code is SI_QUEUE, SI_TIMER, SI_MESGQ or SI_ASYNCIO; else 0
struct rf_siginfo {
    int signo;
    int code;
    int fd;
    int band;
    long long value;
};

// rf_siginfo_watch - have a signal written to a pipe, as one struct rf_siginfo a delivery.
//
//     signo   the signal, as in rf_signal_watch
//     fd      the writing end of a pipe, with O_NONBLOCK set; it stays the caller's
//
// DESCRIPTION
//     As rf_signal_watch, with what the kernel says of the signal. For signals that are queued
//     (from SIGRTMIN on) and so tell of one event each. A signal that is handled already is not
//     taken from its owner; one that is ignored is.
//
//     The handler never blocks. A record that finds the pipe full is lost, and counted before: a
//     reader who has read the pipe empty and then asks rf_siginfo_crowded knows whether it missed
//     something. Several signals may share a pipe; records are never torn.
//
//     rf_signal_default and rf_signal_ignore end the watch. With the former a signal that is still
//     queued has its default effect, which for most is the end of the process: rather the latter.
//
// RETURN VALUE
//     0, or a negative error number, and then nothing has changed.
//
// ERRORS
//     -EINVAL  signo is none of the signals that can be watched; fd is no pipe or lacks O_NONBLOCK.
//     -EBADF   fd is not an open descriptor.
//     -EBUSY   the signal has a handler, which is not this function's.
//
// THREADS
//     As rf_signal_watch.
//
// NOTES
//     As rf_signal_watch. Not every real-time signal is free: the C library keeps the first two or
//     three, the virtual machine's sockets take SIGRTMAX - 2, emulators the last ones.
//
//     On macOS there are no queued signals, and si_value of an operation of aio_read(3) does not
//     arrive.
RF_API int rf_siginfo_watch(int signo, int fd);

// rf_siginfo_crowded - how often a signal found its pipe full since the last time this was asked.
//
// DESCRIPTION
//     Ask after the pipe was read empty (EAGAIN): what is counted later than that has left a record
//     in it, or will be counted in a pipe that is full again. Of the deliveries counted some may
//     have found room after all, so this is no number of lost records, but at zero none is lost.
//
// RETURN VALUE
//     The number, which is zero from then on; or -EINVAL if signo is none of the signals that can
//     be watched.
//
// THREADS
//     Safe from every thread.
RF_API int rf_siginfo_crowded(int signo);

#ifdef __cplusplus
}
#endif

#endif

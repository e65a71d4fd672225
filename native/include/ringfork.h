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

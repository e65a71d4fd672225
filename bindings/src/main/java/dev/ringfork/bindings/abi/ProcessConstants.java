// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

/**
 * Constants of waitpid(2), waitid(2), kill(2), getrlimit(2), prctl(2), posix_spawn(3) and
 * pidfd_open(2) on this platform.
 *
 * <p>A name that this platform lacks is {@link Constants#ABSENT}. Immutable.
 */
public final class ProcessConstants {

    static final ConstantTable TABLE = new ConstantTable(128);

    private ProcessConstants() {}

    // Options of waitpid(2) and waitid(2).
    public static final int WNOHANG = TABLE.same("WNOHANG", 0x1);
    public static final int WUNTRACED = TABLE.same("WUNTRACED", 0x2);
    public static final int WSTOPPED = TABLE.row("WSTOPPED", 0x2, 0x8);
    public static final int WEXITED = TABLE.same("WEXITED", 0x4);
    public static final int WCONTINUED = TABLE.row("WCONTINUED", 0x8, 0x10);
    public static final int WNOWAIT = TABLE.row("WNOWAIT", 0x1000000, 0x20);

    // What waitid(2) waits for.
    public static final int P_ALL = TABLE.same("P_ALL", 0);
    public static final int P_PID = TABLE.same("P_PID", 1);
    public static final int P_PGID = TABLE.same("P_PGID", 2);
    public static final int P_PIDFD = TABLE.linux("P_PIDFD", 3);

    // Attributes of a mutex in shared memory, pthread_mutexattr_setpshared(3), …setrobust(3).
    public static final int PTHREAD_PROCESS_SHARED = TABLE.same("PTHREAD_PROCESS_SHARED", 1);
    public static final int PTHREAD_MUTEX_ROBUST = TABLE.linux("PTHREAD_MUTEX_ROBUST", 1);

    // si_code of SIGCHLD.
    public static final int CLD_EXITED = TABLE.same("CLD_EXITED", 1);
    public static final int CLD_KILLED = TABLE.same("CLD_KILLED", 2);
    public static final int CLD_DUMPED = TABLE.same("CLD_DUMPED", 3);
    public static final int CLD_TRAPPED = TABLE.same("CLD_TRAPPED", 4);
    public static final int CLD_STOPPED = TABLE.same("CLD_STOPPED", 5);
    public static final int CLD_CONTINUED = TABLE.same("CLD_CONTINUED", 6);

    // Signals, signal(7).
    public static final int SIGHUP = TABLE.same("SIGHUP", 1);
    public static final int SIGINT = TABLE.same("SIGINT", 2);
    public static final int SIGQUIT = TABLE.same("SIGQUIT", 3);
    public static final int SIGILL = TABLE.same("SIGILL", 4);
    public static final int SIGTRAP = TABLE.same("SIGTRAP", 5);
    public static final int SIGABRT = TABLE.same("SIGABRT", 6);
    public static final int SIGBUS = TABLE.row("SIGBUS", 7, 10);
    public static final int SIGFPE = TABLE.same("SIGFPE", 8);
    public static final int SIGKILL = TABLE.same("SIGKILL", 9);
    public static final int SIGUSR1 = TABLE.row("SIGUSR1", 10, 30);
    public static final int SIGSEGV = TABLE.same("SIGSEGV", 11);
    public static final int SIGUSR2 = TABLE.row("SIGUSR2", 12, 31);
    public static final int SIGPIPE = TABLE.same("SIGPIPE", 13);
    public static final int SIGALRM = TABLE.same("SIGALRM", 14);
    public static final int SIGTERM = TABLE.same("SIGTERM", 15);
    public static final int SIGCHLD = TABLE.row("SIGCHLD", 17, 20);
    public static final int SIGCONT = TABLE.row("SIGCONT", 18, 19);
    public static final int SIGSTOP = TABLE.row("SIGSTOP", 19, 17);
    public static final int SIGTSTP = TABLE.row("SIGTSTP", 20, 18);
    public static final int SIGTTIN = TABLE.same("SIGTTIN", 21);
    public static final int SIGTTOU = TABLE.same("SIGTTOU", 22);
    public static final int SIGURG = TABLE.row("SIGURG", 23, 16);
    public static final int SIGXCPU = TABLE.same("SIGXCPU", 24);
    public static final int SIGXFSZ = TABLE.same("SIGXFSZ", 25);
    public static final int SIGVTALRM = TABLE.same("SIGVTALRM", 26);
    public static final int SIGPROF = TABLE.same("SIGPROF", 27);
    public static final int SIGWINCH = TABLE.same("SIGWINCH", 28);
    public static final int SIGIO = TABLE.row("SIGIO", 29, 23);
    public static final int SIGSYS = TABLE.row("SIGSYS", 31, 12);
    public static final int SIGSTKFLT = TABLE.linux("SIGSTKFLT", 16);
    public static final int SIGPWR = TABLE.linux("SIGPWR", 30);
    public static final int SIGEMT = TABLE.macos("SIGEMT", 7);
    public static final int SIGINFO = TABLE.macos("SIGINFO", 29);

    // Resources, getrlimit(2).
    public static final int RLIMIT_CPU = TABLE.same("RLIMIT_CPU", 0);
    public static final int RLIMIT_FSIZE = TABLE.same("RLIMIT_FSIZE", 1);
    public static final int RLIMIT_DATA = TABLE.same("RLIMIT_DATA", 2);
    public static final int RLIMIT_STACK = TABLE.same("RLIMIT_STACK", 3);
    public static final int RLIMIT_CORE = TABLE.same("RLIMIT_CORE", 4);
    public static final int RLIMIT_RSS = TABLE.same("RLIMIT_RSS", 5);
    public static final int RLIMIT_NPROC = TABLE.row("RLIMIT_NPROC", 6, 7);
    public static final int RLIMIT_NOFILE = TABLE.row("RLIMIT_NOFILE", 7, 8);
    public static final int RLIMIT_MEMLOCK = TABLE.row("RLIMIT_MEMLOCK", 8, 6);
    public static final int RLIMIT_AS = TABLE.row("RLIMIT_AS", 9, 5);
    public static final int RLIMIT_LOCKS = TABLE.linux("RLIMIT_LOCKS", 10);
    public static final int RLIMIT_SIGPENDING = TABLE.linux("RLIMIT_SIGPENDING", 11);
    public static final int RLIMIT_MSGQUEUE = TABLE.linux("RLIMIT_MSGQUEUE", 12);
    public static final int RLIMIT_NICE = TABLE.linux("RLIMIT_NICE", 13);
    public static final int RLIMIT_RTPRIO = TABLE.linux("RLIMIT_RTPRIO", 14);
    public static final int RLIMIT_RTTIME = TABLE.linux("RLIMIT_RTTIME", 15);

    // No limit: all bits set on Linux, the largest long on macOS.
    public static final long RLIM_INFINITY =
            TABLE.longRow("RLIM_INFINITY", -1, 9223372036854775807L);

    // Options of prctl(2).
    public static final int PR_SET_PDEATHSIG = TABLE.linux("PR_SET_PDEATHSIG", 1);
    public static final int PR_GET_PDEATHSIG = TABLE.linux("PR_GET_PDEATHSIG", 2);
    public static final int PR_SET_NAME = TABLE.linux("PR_SET_NAME", 15);
    public static final int PR_GET_NAME = TABLE.linux("PR_GET_NAME", 16);
    public static final int PR_SET_DUMPABLE = TABLE.linux("PR_SET_DUMPABLE", 4);
    public static final int PR_GET_DUMPABLE = TABLE.linux("PR_GET_DUMPABLE", 3);
    public static final int PR_SET_KEEPCAPS = TABLE.linux("PR_SET_KEEPCAPS", 8);
    public static final int PR_SET_CHILD_SUBREAPER = TABLE.linux("PR_SET_CHILD_SUBREAPER", 36);
    public static final int PR_GET_CHILD_SUBREAPER = TABLE.linux("PR_GET_CHILD_SUBREAPER", 37);
    public static final int PR_SET_NO_NEW_PRIVS = TABLE.linux("PR_SET_NO_NEW_PRIVS", 38);
    public static final int PR_GET_NO_NEW_PRIVS = TABLE.linux("PR_GET_NO_NEW_PRIVS", 39);
    public static final int PR_SET_TIMERSLACK = TABLE.linux("PR_SET_TIMERSLACK", 29);
    public static final int PR_GET_TIMERSLACK = TABLE.linux("PR_GET_TIMERSLACK", 30);
    public static final int PR_SET_THP_DISABLE = TABLE.linux("PR_SET_THP_DISABLE", 41);
    public static final int PR_GET_THP_DISABLE = TABLE.linux("PR_GET_THP_DISABLE", 42);
    public static final int PR_SET_IO_FLUSHER = TABLE.linux("PR_SET_IO_FLUSHER", 57);
    public static final int PR_SET_VMA = TABLE.linux("PR_SET_VMA", 1398164801);
    public static final int PR_SET_VMA_ANON_NAME = TABLE.linux("PR_SET_VMA_ANON_NAME", 0);

    // Flags of posix_spawnattr_setflags(3).
    public static final int POSIX_SPAWN_RESETIDS = TABLE.same("POSIX_SPAWN_RESETIDS", 0x1);
    public static final int POSIX_SPAWN_SETPGROUP = TABLE.same("POSIX_SPAWN_SETPGROUP", 0x2);
    public static final int POSIX_SPAWN_SETSIGDEF = TABLE.same("POSIX_SPAWN_SETSIGDEF", 0x4);
    public static final int POSIX_SPAWN_SETSIGMASK = TABLE.same("POSIX_SPAWN_SETSIGMASK", 0x8);
    public static final int POSIX_SPAWN_SETSCHEDPARAM =
            TABLE.linux("POSIX_SPAWN_SETSCHEDPARAM", 0x10);
    public static final int POSIX_SPAWN_SETSCHEDULER =
            TABLE.linux("POSIX_SPAWN_SETSCHEDULER", 0x20);
    public static final int POSIX_SPAWN_USEVFORK = TABLE.linux("POSIX_SPAWN_USEVFORK", 0x40);
    public static final int POSIX_SPAWN_SETSID = TABLE.row("POSIX_SPAWN_SETSID", 0x80, 0x400);
    public static final int POSIX_SPAWN_SETEXEC = TABLE.macos("POSIX_SPAWN_SETEXEC", 0x40);
    public static final int POSIX_SPAWN_START_SUSPENDED =
            TABLE.macos("POSIX_SPAWN_START_SUSPENDED", 0x80);
    public static final int POSIX_SPAWN_CLOEXEC_DEFAULT =
            TABLE.macos("POSIX_SPAWN_CLOEXEC_DEFAULT", 0x4000);

    // Flags of pidfd_open(2) and pidfd_send_signal(2).
    public static final int PIDFD_NONBLOCK = TABLE.linux("PIDFD_NONBLOCK", 0x800);
    public static final int PIDFD_THREAD = TABLE.linux("PIDFD_THREAD", 0x80);
    public static final int PIDFD_SIGNAL_THREAD = TABLE.linux("PIDFD_SIGNAL_THREAD", 0x1);
    public static final int PIDFD_SIGNAL_THREAD_GROUP =
            TABLE.linux("PIDFD_SIGNAL_THREAD_GROUP", 0x2);
    public static final int PIDFD_SIGNAL_PROCESS_GROUP =
            TABLE.linux("PIDFD_SIGNAL_PROCESS_GROUP", 0x4);
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import java.lang.foreign.MemorySegment;

/**
 * Calls about processes.
 *
 * <p>Each call returns its result or {@code -errno} and neither throws nor allocates. Safe for use
 * by many threads. {@link WaitStatus} reads the status that the wait calls store.
 */
public interface Processes {

    /** This process, getpid(2). */
    int getpid();

    /** The parent, getppid(2). */
    int getppid();

    /** This thread, gettid(2). Linux only. */
    int gettid();

    /** Sends a signal, kill(2). Signal 0 asks only whether the process is there. */
    int kill(int pid, int signal);

    /**
     * Waits for one child, waitpid(2). Never pass -1: it steals the statuses of the JDK's children.
     *
     * @param status room for an int
     * @return the pid, 0 with {@code WNOHANG} while it runs, or {@code -ECHILD}, {@code -EINTR}
     */
    int waitpid(int pid, MemorySegment status, int options);

    /**
     * Waits for a child by pid, group or pidfd, waitid(2).
     *
     * @param info room for a {@code siginfo_t}
     */
    int waitid(int idType, int id, MemorySegment info, int options);

    /** A descriptor that is readable when the process has ended, pidfd_open(2). Linux only. */
    int pidfd_open(int pid, int flags);

    /** Sends a signal to exactly that process, pidfd_send_signal(2). Linux only. */
    int pidfd_send_signal(int pidfd, int signal, MemorySegment info, int flags);

    /**
     * Starts a program, posix_spawn(3). {@link SpawnActions} builds the two opaque arguments.
     *
     * @param pid room for an int
     * @param path the NUL-terminated path of the program
     * @param actions {@code posix_spawn_file_actions_t}, or NULL
     * @param attributes {@code posix_spawnattr_t}, or NULL
     * @param argv a NULL-terminated array of strings
     * @param envp the same for the environment
     * @return 0, or {@code -ENOENT}, {@code -EACCES}, {@code -EAGAIN} (RLIMIT_NPROC)…
     */
    int posix_spawn(
            MemorySegment pid,
            MemorySegment path,
            MemorySegment actions,
            MemorySegment attributes,
            MemorySegment argv,
            MemorySegment envp);

    /** Starts a session, setsid(2). {@code -EPERM} for the leader of a process group. */
    int setsid();

    /** Moves a process into a process group, setpgid(2). */
    int setpgid(int pid, int group);

    /** Reads a limit, getrlimit(2): soft and hard, 8 bytes each. */
    int getrlimit(int resource, MemorySegment limit);

    /** Sets a limit, setrlimit(2). {@code -EPERM} when the hard limit would rise. */
    int setrlimit(int resource, MemorySegment limit);

    /** Controls this process, prctl(2). Linux only. */
    int prctl(int option, long arg2, long arg3, long arg4, long arg5);

    /**
     * Sets which permissions new files of this process lack, umask(2).
     *
     * @return what it was before
     */
    int umask(int mask);

    /**
     * Reads on which processors a thread may run, sched_getaffinity(2). Linux only.
     *
     * @param tid the thread, or 0 for this one
     * @param mask a bit for each processor, a multiple of 8 bytes
     * @return 0 or more, or {@code -ESRCH}, {@code -EINVAL} for too few bytes
     */
    int sched_getaffinity(int tid, long bytes, MemorySegment mask);

    /**
     * Sets on which processors a thread may run, sched_setaffinity(2); what it starts inherits
     * that. Linux only.
     *
     * @param tid the thread, or 0 for this one
     * @return 0, or {@code -EINVAL} where no such processor may be used, {@code -ESRCH}
     */
    int sched_setaffinity(int tid, long bytes, MemorySegment mask);
}

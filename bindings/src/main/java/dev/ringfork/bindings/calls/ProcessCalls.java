// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static dev.ringfork.bindings.calls.Native.address;
import static dev.ringfork.bindings.calls.Native.keeping;

import dev.ringfork.bindings.Processes;
import java.lang.foreign.MemorySegment;

/** Calls about processes. */
final class ProcessCalls implements Processes {

    static final ProcessCalls INSTANCE = new ProcessCalls();

    // These read or write a few words of the process and wait for nobody.
    private static final Call GETPID = Prototype.critical("getpid").link();
    private static final Call GETPPID = Prototype.critical("getppid").link();
    private static final Call GETTID = Prototype.critical("gettid").link();
    private static final Call GETRLIMIT = Prototype.critical("getrlimit").link();
    private static final Call SETRLIMIT = Prototype.critical("setrlimit").link();
    private static final Call SETSID = Prototype.critical("setsid").link();
    private static final Call SETPGID = Prototype.critical("setpgid").link();
    private static final Call PIDFD_OPEN = Prototype.critical("pidfd_open").link();

    // A signal that this process sends itself may stop it before the call returns.
    private static final Call KILL = Prototype.plain("kill").link();
    private static final Call PIDFD_SEND_SIGNAL = Prototype.plain("pidfd_send_signal").link();

    // libc's functions do not look at the resource usage that the kernel's calls can store.
    private static final Call WAIT4 = Prototype.plain("wait4").symbol("waitpid").link();
    private static final Call WAITID = Prototype.plain("waitid").link();

    // Some options wait for every thread (PR_SET_MM, PR_SCHED_CORE).
    private static final Call PRCTL = Prototype.plain("prctl").link();

    private static final Call UMASK = Prototype.critical("umask").link();

    // A thread that is moved waits for another processor.
    private static final Call SCHED_GETAFFINITY = Prototype.plain("sched_getaffinity").link();
    private static final Call SCHED_SETAFFINITY = Prototype.plain("sched_setaffinity").link();

    private static final Call POSIX_SPAWN = Prototype.library("posix_spawn").link();

    private ProcessCalls() {}

    @Override
    public int getpid() {
        return (int) GETPID.call();
    }

    @Override
    public int getppid() {
        return (int) GETPPID.call();
    }

    @Override
    public int gettid() {
        return (int) GETTID.call();
    }

    @Override
    public int kill(int pid, int signal) {
        return (int) KILL.call(pid, signal);
    }

    @Override
    public int waitpid(int pid, MemorySegment status, int options) {
        return keeping(status, WAIT4.call(pid, address(status), options));
    }

    @Override
    public int waitid(int idType, int id, MemorySegment info, int options) {
        return keeping(info, WAITID.call(idType, id, address(info), options));
    }

    @Override
    public int pidfd_open(int pid, int flags) {
        return (int) PIDFD_OPEN.call(pid, flags);
    }

    @Override
    public int pidfd_send_signal(int pidfd, int signal, MemorySegment info, int flags) {
        return keeping(info, PIDFD_SEND_SIGNAL.call(pidfd, signal, address(info), flags));
    }

    @Override
    public int posix_spawn(
            MemorySegment pid,
            MemorySegment path,
            MemorySegment actions,
            MemorySegment attributes,
            MemorySegment argv,
            MemorySegment envp) {
        long result =
                POSIX_SPAWN.call(
                        address(pid),
                        address(path),
                        address(actions),
                        address(attributes),
                        address(argv),
                        address(envp));
        keeping(actions, attributes, 0);
        keeping(argv, envp, 0);
        return keeping(pid, path, result);
    }

    @Override
    public int setsid() {
        return (int) SETSID.call();
    }

    @Override
    public int setpgid(int pid, int group) {
        return (int) SETPGID.call(pid, group);
    }

    @Override
    public int getrlimit(int resource, MemorySegment limit) {
        return keeping(limit, GETRLIMIT.call(resource, address(limit)));
    }

    @Override
    public int setrlimit(int resource, MemorySegment limit) {
        return keeping(limit, SETRLIMIT.call(resource, address(limit)));
    }

    @Override
    public int prctl(int option, long arg2, long arg3, long arg4, long arg5) {
        return (int) PRCTL.call(option, arg2, arg3, arg4, arg5);
    }

    @Override
    public int umask(int mask) {
        return (int) UMASK.call(mask);
    }

    @Override
    public int sched_getaffinity(int tid, long bytes, MemorySegment mask) {
        return keeping(mask, SCHED_GETAFFINITY.call(tid, bytes, address(mask)));
    }

    @Override
    public int sched_setaffinity(int tid, long bytes, MemorySegment mask) {
        return keeping(mask, SCHED_SETAFFINITY.call(tid, bytes, address(mask)));
    }
}

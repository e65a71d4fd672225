// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Processes;
import java.lang.foreign.MemorySegment;

/** Calls about processes, some of which fail. */
final class FaultyProcesses implements Processes {

    private final Processes real;
    private final FaultPlan plan;

    FaultyProcesses(Processes real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int getpid() {
        int fault = plan.fault("getpid");
        return fault < 0 ? fault : real.getpid();
    }

    @Override
    public int getppid() {
        int fault = plan.fault("getppid");
        return fault < 0 ? fault : real.getppid();
    }

    @Override
    public int gettid() {
        int fault = plan.fault("gettid");
        return fault < 0 ? fault : real.gettid();
    }

    @Override
    public int kill(int pid, int signal) {
        int fault = plan.fault("kill");
        return fault < 0 ? fault : real.kill(pid, signal);
    }

    @Override
    public int waitpid(int pid, MemorySegment status, int options) {
        int fault = plan.fault("waitpid");
        return fault < 0 ? fault : real.waitpid(pid, status, options);
    }

    @Override
    public int waitid(int idType, int id, MemorySegment info, int options) {
        int fault = plan.fault("waitid");
        return fault < 0 ? fault : real.waitid(idType, id, info, options);
    }

    @Override
    public int pidfd_open(int pid, int flags) {
        int fault = plan.fault("pidfd_open");
        return fault < 0 ? fault : real.pidfd_open(pid, flags);
    }

    @Override
    public int pidfd_send_signal(int pidfd, int signal, MemorySegment info, int flags) {
        int fault = plan.fault("pidfd_send_signal");
        return fault < 0 ? fault : real.pidfd_send_signal(pidfd, signal, info, flags);
    }

    @Override
    public int posix_spawn(
            MemorySegment pid,
            MemorySegment path,
            MemorySegment actions,
            MemorySegment attributes,
            MemorySegment argv,
            MemorySegment envp) {
        int fault = plan.fault("posix_spawn");
        return fault < 0 ? fault : real.posix_spawn(pid, path, actions, attributes, argv, envp);
    }

    @Override
    public int setsid() {
        int fault = plan.fault("setsid");
        return fault < 0 ? fault : real.setsid();
    }

    @Override
    public int setpgid(int pid, int group) {
        int fault = plan.fault("setpgid");
        return fault < 0 ? fault : real.setpgid(pid, group);
    }

    @Override
    public int getrlimit(int resource, MemorySegment limit) {
        int fault = plan.fault("getrlimit");
        return fault < 0 ? fault : real.getrlimit(resource, limit);
    }

    @Override
    public int setrlimit(int resource, MemorySegment limit) {
        int fault = plan.fault("setrlimit");
        return fault < 0 ? fault : real.setrlimit(resource, limit);
    }

    @Override
    public int prctl(int option, long arg2, long arg3, long arg4, long arg5) {
        int fault = plan.fault("prctl");
        return fault < 0 ? fault : real.prctl(option, arg2, arg3, arg4, arg5);
    }

    @Override
    public int umask(int mask) {
        int fault = plan.fault("umask");
        return fault < 0 ? fault : real.umask(mask);
    }

    @Override
    public int sched_getaffinity(int tid, long bytes, MemorySegment mask) {
        int fault = plan.fault("sched_getaffinity");
        return fault < 0 ? fault : real.sched_getaffinity(tid, bytes, mask);
    }

    @Override
    public int sched_setaffinity(int tid, long bytes, MemorySegment mask) {
        int fault = plan.fault("sched_setaffinity");
        return fault < 0 ? fault : real.sched_setaffinity(tid, bytes, mask);
    }
}

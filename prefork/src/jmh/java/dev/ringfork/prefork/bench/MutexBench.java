// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.bench;

import dev.ringfork.bindings.bench.SyscallBench;
import dev.ringfork.prefork.accept.AcceptMutex;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The locks that workers accept under, when nobody else wants them. */
public class MutexBench extends SyscallBench {
    /** What the lock is made of. */
    @Param({"FUTEX", "FCNTL", "FLOCK", "PTHREAD"})
    public AcceptMutexKind kind = AcceptMutexKind.FUTEX;

    private AcceptMutex mutex;

    /** Makes it. */
    @Setup
    public void open() {
        mutex = AcceptMutex.create(SYSCALLS, kind);
    }

    @Override
    protected void end() {
        mutex.close();
    }

    /** Gets it and gives it back. */
    @Benchmark
    public void acquireRelease() {
        all(mutex.tryAcquire() ? 1 : 0, 1);
        mutex.release();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.bench;

import dev.ringfork.bindings.bench.SyscallBench;
import dev.ringfork.prefork.accept.AcceptMutex;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The locks that workers accept under, when another process has it. */
public class HeldMutexBench extends SyscallBench {
    /** What the lock is made of. */
    @Param({"FUTEX", "FCNTL", "FLOCK", "PTHREAD"})
    public AcceptMutexKind kind = AcceptMutexKind.FUTEX;

    private AcceptMutex mutex;
    private MutexHolder holder;

    /** Makes it, and has another process take it. */
    @Setup
    public void open() throws IOException {
        mutex = AcceptMutex.create(SYSCALLS, kind);
        holder = MutexHolder.of(mutex);
    }

    @Override
    protected void end() {
        holder.close();
        mutex.close();
    }

    /** Does not get it. */
    @Benchmark
    public void tryHeld() {
        all(mutex.tryAcquire() ? 1 : 0, 0);
    }
}

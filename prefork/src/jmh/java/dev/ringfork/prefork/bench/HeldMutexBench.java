// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.bench;

import dev.ringfork.bindings.bench.SyscallBench;
import dev.ringfork.prefork.accept.AcceptMutex;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The locks that workers accept under, when another one has it. The other one is of this process,
 * so fcntl is not here: its locks keep processes apart and nothing else.
 */
public class HeldMutexBench extends SyscallBench {
    /** What the lock is made of. */
    @Param({"FUTEX", "FLOCK", "PTHREAD"})
    public AcceptMutexKind kind = AcceptMutexKind.FUTEX;

    private AcceptMutex held;
    private AcceptMutex wanted;

    /** Makes it, has it, and has it once more as another worker would. */
    @Setup
    public void open() {
        held = AcceptMutex.create(SYSCALLS, kind);
        wanted = AcceptMutex.adopt(SYSCALLS, kind, DESCRIPTORS.dup(held.fd()));
        all(held.tryAcquire() ? 1 : 0, 1);
    }

    @Override
    protected void end() {
        held.release();
        wanted.close();
        held.close();
    }

    /** Does not get it. */
    @Benchmark
    public void tryHeld() {
        all(wanted.tryAcquire() ? 1 : 0, 0);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import dev.ringfork.bindings.Processes;
import org.openjdk.jmh.annotations.Benchmark;

/** A system call that does next to nothing. */
public class ProcessBench extends SyscallBench {
    private static final Processes PROCESSES = SYSCALLS.processes();

    /** getppid(2). */
    @Benchmark
    public void getppid() {
        ok(PROCESSES.getppid());
    }
}

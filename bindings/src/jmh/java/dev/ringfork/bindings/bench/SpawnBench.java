// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.Processes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Programs that are started, by how much memory who starts them has besides. */
@WallClock
public class SpawnBench extends SyscallBench {
    private static final Processes PROCESSES = SYSCALLS.processes();
    private static final long MEGABYTE = 1 << 20;

    /** The memory that is in use. */
    @Param({"16", "256"})
    public int mb;

    private MemorySegment pid;
    private MemorySegment program;
    private MemorySegment arguments;
    private MemorySegment environment;

    /** Fills memory. */
    @Setup
    public void fill() {
        memory(mb * MEGABYTE).fill((byte) 1);
        SegmentAllocator allocator = (bytes, _) -> memory(bytes);
        pid = memory(Integer.BYTES);
        program = allocator.allocateFrom("/bin/true");
        arguments = Memory.strings(allocator, List.of("true"));
        environment = Memory.strings(allocator, List.of());
    }

    /** posix_spawn(3) of a program that ends, and waitpid(2). */
    @Benchmark
    public void posixSpawn() {
        ok(
                PROCESSES.posix_spawn(
                        pid,
                        program,
                        MemorySegment.NULL,
                        MemorySegment.NULL,
                        arguments,
                        environment));
        ok(PROCESSES.waitpid(pid.get(ValueLayout.JAVA_INT, 0), pid, 0));
    }
}

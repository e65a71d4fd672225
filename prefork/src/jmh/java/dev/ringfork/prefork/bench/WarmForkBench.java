// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.bench;

import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.bench.SyscallBench;
import dev.ringfork.bindings.bench.WallClock;
import dev.ringfork.prefork.process.ForkRequest;
import dev.ringfork.prefork.process.Forked;
import dev.ringfork.prefork.process.Obstacle;
import dev.ringfork.prefork.process.WarmFork;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Copies of this virtual machine, by how much lives in its heap. */
@WallClock
public class WarmForkBench extends SyscallBench {
    private static final int OBJECT_BYTES = 128;
    private static final int HEADER_BYTES = 16;
    private static final int OBJECTS_PER_MB = (1 << 20) / OBJECT_BYTES;

    /** What lives. */
    @Param({"16", "256"})
    public int mb;

    private final WarmFork warm = new WarmFork(SYSCALLS);
    private List<byte[]> live;
    private MemorySegment status;

    /** Fills the heap, and has the virtual machine looked at. */
    @Setup
    public void fill() {
        live = new ArrayList<>();
        for (int i = 0; i < mb * OBJECTS_PER_MB; i++) {
            live.add(new byte[OBJECT_BYTES - HEADER_BYTES]);
        }
        status = memory(Integer.BYTES);
        // To prepare it would not last: JMH's own threads go on.
        List<Obstacle> obstacles = warm.check();
        if (!obstacles.isEmpty()) {
            throw new IllegalStateException(Obstacle.sentence(obstacles));
        }
    }

    /** A child that is killed when it is all there, its random numbers renewed; waitpid(2). */
    @Benchmark
    public void fork() {
        switch (warm.fork(ForkRequest.DEFAULT)) {
            case Forked.Child _ -> {
                // A virtual machine that ends waits for its threads in the kernel, up to 300 ms.
                Processes processes = SYSCALLS.processes();
                ok(processes.kill(processes.getpid(), ProcessConstants.SIGKILL));
            }
            case Forked.Parent parent -> {
                ok(SYSCALLS.processes().waitpid(parent.pid(), status, 0));
                DESCRIPTORS.close(parent.pidfd());
            }
        }
    }
}

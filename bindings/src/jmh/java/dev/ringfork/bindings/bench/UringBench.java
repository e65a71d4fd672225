// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_COOP_TASKRUN;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_DEFER_TASKRUN;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SINGLE_ISSUER;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_TASKRUN_FLAG;

import dev.ringfork.bindings.abi.Layouts;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** io_uring by its bare calls: what a call costs for how many operations, by setup flags. Linux. */
public class UringBench extends SyscallBench {
    private static final int ENTRIES = 256;

    /** How many operations a call submits and completes. */
    @Param({"1", "16", "256"})
    public int batch;

    /** Which flags the ring is made with. */
    @Param({"plain", "coop", "defer"})
    public String setup = "";

    private BareRing ring;

    /** Makes the ring, on the thread that uses it. */
    @Setup
    public void open() {
        int bytes = Layouts.current().size("io_uring_params");
        ring = new BareRing(SYSCALLS, memory(bytes), ENTRIES, flags());
        keep("io_uring_setup", ring.fd());
    }

    private int flags() {
        return switch (setup) {
            case "coop" -> IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG;
            case "defer" -> IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
            default -> 0;
        };
    }

    @Override
    protected void end() {
        ring.unmap(SYSCALLS);
    }

    /** A batch of operations that do nothing. */
    @Benchmark
    public void nops() {
        all(ring.nops(batch), batch);
    }
}

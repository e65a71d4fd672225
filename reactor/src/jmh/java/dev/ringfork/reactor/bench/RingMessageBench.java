// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.bench;

import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.bench.BareRing;
import dev.ringfork.bindings.bench.SyscallBench;
import dev.ringfork.reactor.uring.Ring;
import dev.ringfork.reactor.uring.RingSettings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** A message from one ring to another, by which a loop hands work over. Linux. */
public class RingMessageBench extends SyscallBench {
    private static final int ENTRIES = 256;

    private Ring ring;
    private BareRing other;

    /** Makes both; the other one takes what comes without being entered. */
    @Setup
    public void open() {
        ring = Ring.open(SYSCALLS, RingSettings.DEFAULT);
        ring.enable();
        other =
                new BareRing(
                        SYSCALLS, memory(Layouts.current().size("io_uring_params")), ENTRIES, 0);
        keep("io_uring_setup", other.fd());
    }

    @Override
    protected void end() {
        ring.close();
        other.unmap(SYSCALLS);
    }

    /** IORING_OP_MSG_RING, and its two completions. */
    @Benchmark
    public void send() {
        ring.submissions().next().prepMsgRing(other.fd(), 1, 1, 0).userData(0);
        ok(ring.submitAndWait(-1, true));
        RingBench.take(ring, 1);
        all(other.take(), 1);
    }
}

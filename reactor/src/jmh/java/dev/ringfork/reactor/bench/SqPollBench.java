// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.bench;

import dev.ringfork.bindings.bench.SyscallBench;
import dev.ringfork.bindings.bench.WallClock;
import dev.ringfork.reactor.uring.Ring;
import dev.ringfork.reactor.uring.RingSettings;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * A ring whose submissions a thread of the kernel's takes: no call, but another processor. Linux.
 */
@WallClock
public class SqPollBench extends SyscallBench {
    // Twice the batch: the kernel's thread may have completed all and not yet said that there is
    // room.
    private static final RingSettings SETTINGS =
            RingSettings.DEFAULT.withSubmissions(512).withSqPoll(Duration.ofMillis(100), -1);

    /** How many operations are shown to the kernel at once. */
    @Param({"1", "16", "256"})
    public int batch;

    private Ring ring;

    /** Makes the ring, on the thread that uses it. */
    @Setup
    public void open() {
        ring = Ring.open(SYSCALLS, SETTINGS);
        ring.enable();
    }

    @Override
    protected void end() {
        ring.close();
    }

    /** A batch of operations that do nothing, waited for without a call. */
    @Benchmark
    public void nops() {
        for (int i = 0; i < batch; i++) {
            ring.submissions().next().prepNop().userData(i);
        }
        ok(ring.submit(true));
        while (ring.completions().ready() < batch) {
            Thread.onSpinWait();
        }
        RingBench.take(ring, batch);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.bench;

import dev.ringfork.bindings.bench.SyscallBench;
import dev.ringfork.reactor.uring.CompletionQueue;
import dev.ringfork.reactor.uring.Ring;
import dev.ringfork.reactor.uring.RingSettings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * A ring as a server has it: operations that do nothing, by how many are submitted at once. Linux.
 */
public class RingBench extends SyscallBench {
    /** How many operations a call submits and completes. */
    @Param({"1", "16", "256"})
    public int batch;

    private Ring ring;

    /** Makes the ring, on the thread that uses it. */
    @Setup
    public void open() {
        ring = Ring.open(SYSCALLS, RingSettings.DEFAULT);
        ring.enable();
    }

    @Override
    protected void end() {
        ring.close();
    }

    /** A batch of operations that do nothing. */
    @Benchmark
    public void nops() {
        for (int i = 0; i < batch; i++) {
            ring.submissions().next().prepNop().userData(i);
        }
        ok(ring.submitAndWait(-1, true));
        take(ring, batch);
    }

    /** Takes so many completions, which are there. */
    static void take(Ring ring, int count) {
        CompletionQueue completions = ring.completions();
        all(completions.ready(), count);
        for (int i = 0; i < count; i++) {
            ok(completions.res(i));
        }
        completions.advance(count);
    }
}

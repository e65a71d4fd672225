// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Two threads that wake each other. Linux. */
@WallClock
public class WakeupBench extends SyscallBench {
    private int there;
    private int back;
    private long word;
    private volatile boolean stopping;
    private final Thread partner = new Thread(this::answer, "partner");

    /** Makes a counter for each direction, and starts the other thread. */
    @Setup
    public void open() {
        there = keep("eventfd", DESCRIPTORS.eventfd(0, Fcntl.O_CLOEXEC));
        back = keep("eventfd", DESCRIPTORS.eventfd(0, Fcntl.O_CLOEXEC));
        word = one();
        partner.start();
    }

    private long one() {
        MemorySegment one = memory(Long.BYTES);
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        return one.address();
    }

    private void answer() {
        long own = one();
        while (DESCRIPTORS.read(there, own, Long.BYTES) == Long.BYTES && !stopping) {
            ok(DESCRIPTORS.write(back, own, Long.BYTES));
        }
    }

    @Override
    protected void end() throws InterruptedException {
        stopping = true;
        ok(DESCRIPTORS.write(there, word, Long.BYTES));
        partner.join();
    }

    /** Wakes the other thread, and waits until it has woken this one. */
    @Benchmark
    public void eventfd() {
        all(DESCRIPTORS.write(there, word, Long.BYTES), Long.BYTES);
        all(DESCRIPTORS.read(back, word, Long.BYTES), Long.BYTES);
    }
}

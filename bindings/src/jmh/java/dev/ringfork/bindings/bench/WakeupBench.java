// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * Two threads that wake each other, on one processor: from another one this would take as long as
 * that needs to come out of its idle state. Linux.
 */
@WallClock
public class WakeupBench extends SyscallBench {
    private static final int MASK_BYTES = 128;

    private final MemorySegment allowed = memory(MASK_BYTES);
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
        shareProcessor();
        partner.start();
    }

    /** Stays on the first processor there is, and so does who is started from here. */
    private void shareProcessor() {
        ok(SYSCALLS.processes().sched_getaffinity(0, MASK_BYTES, allowed));
        int first = BitSet.valueOf(allowed.asByteBuffer()).nextSetBit(0);
        MemorySegment mask = memory(MASK_BYTES);
        mask.set(ValueLayout.JAVA_BYTE, first / Byte.SIZE, (byte) (1 << first % Byte.SIZE));
        ok(SYSCALLS.processes().sched_setaffinity(0, MASK_BYTES, mask));
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
        ok(SYSCALLS.processes().sched_setaffinity(0, MASK_BYTES, allowed));
    }

    /** Wakes the other thread, and waits until it has woken this one. */
    @Benchmark
    public void eventfd() {
        all(DESCRIPTORS.write(there, word, Long.BYTES), Long.BYTES);
        all(DESCRIPTORS.read(back, word, Long.BYTES), Long.BYTES);
    }
}

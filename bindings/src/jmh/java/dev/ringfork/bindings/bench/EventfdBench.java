// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** An event counter, by which another thread wakes a loop. Linux. */
public class EventfdBench extends SyscallBench {
    private int counter;
    private long word;

    /** Makes the counter. */
    @Setup
    public void open() {
        counter = keep("eventfd", DESCRIPTORS.eventfd(0, Fcntl.O_CLOEXEC));
        MemorySegment one = memory(Long.BYTES);
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        word = one.address();
    }

    /** Counts up, and takes the count. */
    @Benchmark
    public void writeRead() {
        all(DESCRIPTORS.write(counter, word, Long.BYTES), Long.BYTES);
        all(DESCRIPTORS.read(counter, word, Long.BYTES), Long.BYTES);
    }
}

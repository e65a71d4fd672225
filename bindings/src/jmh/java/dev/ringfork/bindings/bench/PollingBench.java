// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.abi.PollConstants;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** poll(2) and select(2) on descriptors of which none is ready. */
public class PollingBench extends SyscallBench {
    private static final Polling POLLING = SYSCALLS.polling();
    private static final int POLLFD_BYTES = 8;
    private static final int SET_BYTES = PollConstants.FD_SETSIZE / Byte.SIZE;

    /** How many descriptors; select takes numbers below 1024, and some are the JVM's. */
    @Param({"1", "64", "900"})
    public int fds;

    private MemorySegment list;
    private MemorySegment asked;
    private MemorySegment found;
    private int highest;

    /** Opens the descriptors, all of them one end of one pipe. */
    @Setup
    public void open() {
        list = memory((long) POLLFD_BYTES * fds);
        asked = memory(SET_BYTES);
        found = memory(SET_BYTES);
        int end = pipe()[0];
        for (int i = 0; i < fds; i++) {
            highest = keep("dup", DESCRIPTORS.dup(end));
            if (highest >= PollConstants.FD_SETSIZE) {
                throw new IllegalStateException("a descriptor beyond what select takes");
            }
            list.set(JAVA_INT, (long) POLLFD_BYTES * i, highest);
            list.set(
                    JAVA_SHORT,
                    (long) POLLFD_BYTES * i + Integer.BYTES,
                    (short) PollConstants.POLLIN);
            long bits = asked.getAtIndex(JAVA_LONG, highest / Long.SIZE);
            asked.setAtIndex(JAVA_LONG, highest / Long.SIZE, bits | 1L << highest);
        }
    }

    /** poll(2), without waiting. */
    @Benchmark
    public void poll() {
        ok(POLLING.poll(list.address(), fds, 0));
    }

    /** select(2), without waiting. The kernel writes what is ready over what was asked. */
    @Benchmark
    public void select() {
        MemorySegment.copy(asked, 0, found, 0, SET_BYTES);
        ok(POLLING.select(highest + 1, found.address(), 0, 0, 0));
    }
}

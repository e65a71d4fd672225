// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for what the kernel reads at the submit and not later: names, vectors, headers, times. Cut
 * off piece by piece, and all free again once everything is submitted.
 *
 * <p>Confined to the ring's thread.
 */
final class SubmitMemory implements AutoCloseable {
    private static final int BYTES = 64 << 10;
    private static final int ALIGNMENT = 8;

    private final Arena arena = Arena.ofShared();

    /** Where pieces lie; indexes are those that {@link #take} gives. */
    final MemorySegment segment = arena.allocate(BYTES, ALIGNMENT);

    private int used;

    /** Whether so many bytes are free. */
    boolean has(int bytes) {
        return BYTES - used >= bytes;
    }

    /** Cuts a piece off, which {@link #has} has said to be there. Returns its index. */
    int take(int bytes) {
        int index = used;
        used += (bytes + ALIGNMENT - 1) & -ALIGNMENT;
        return index;
    }

    /** The address of an index. */
    long address(int index) {
        return segment.address() + index;
    }

    /** Everything was submitted. */
    void clear() {
        used = 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A little native memory of each thread: room for a small struct.
 *
 * <p>Made at a thread's first use and freed after the thread. Confined to its thread.
 */
final class ThreadMemory {

    private static final long SCRATCH_BYTES = 16;
    private static final ThreadLocal<MemorySegment> SCRATCH =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(SCRATCH_BYTES, Long.BYTES));

    private ThreadMemory() {}

    /** Room for a timeval, a timespec or a length; what is there lasts until the next call. */
    static MemorySegment scratch() {
        return SCRATCH.get();
    }
}

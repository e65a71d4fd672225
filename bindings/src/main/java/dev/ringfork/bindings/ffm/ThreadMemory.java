// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A little native memory of each thread: where errno is captured, and room for a small struct.
 *
 * <p>Made at a thread's first use and freed after the thread. Confined to its thread.
 */
final class ThreadMemory {

    private static final long STATE_BYTES = 16;
    private static final long SCRATCH_BYTES = 16;
    private static final ThreadLocal<ThreadMemory> CURRENT =
            ThreadLocal.withInitial(ThreadMemory::new);

    private final MemorySegment state;
    private final MemorySegment scratch;

    private ThreadMemory() {
        MemorySegment both = Arena.ofAuto().allocate(STATE_BYTES + SCRATCH_BYTES, STATE_BYTES);
        state = both.asSlice(0, STATE_BYTES);
        scratch = both.asSlice(STATE_BYTES);
    }

    /** Where a call's errno is stored. */
    static MemorySegment state() {
        return CURRENT.get().state;
    }

    /** {@link #state} as a handle. */
    static MethodHandle stateHandle() {
        return Native.method(
                MethodHandles.lookup(), "state", MethodType.methodType(MemorySegment.class));
    }

    /** Room for a timeval, a timespec or a length; what is there lasts until the next call. */
    static MemorySegment scratch() {
        return CURRENT.get().scratch;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import dev.ringfork.bindings.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Words of memory that is shared with the kernel, by their addresses.
 *
 * <p>A segment of a ring's own would be looked at again at each access, since each may have changed
 * everything: what kind of segment it is, where it ends, whether it lives. Of this constant the JIT
 * compiler knows.
 */
final class SharedWords {
    /** All memory: an index is an address, and nothing checks that something is there. */
    static final MemorySegment ALL = Memory.at(0, Long.MAX_VALUE);

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    private SharedWords() {}

    /** Nothing that follows is read or written before it. */
    static int getAcquire(long address) {
        return (int) INT.getAcquire(ALL, address);
    }

    /** Read when it is asked for, without an order among others. */
    static int getOpaque(long address) {
        return (int) INT.getOpaque(ALL, address);
    }

    /** All that was read and written before is over. */
    static void setRelease(long address, int value) {
        INT.setRelease(ALL, address, value);
    }
}

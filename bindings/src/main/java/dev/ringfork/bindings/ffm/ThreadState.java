// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.calls.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Where a call's errno is captured: a little native memory of each thread, made at its first use
 * and freed after it. Confined to its thread.
 */
final class ThreadState {

    private static final ThreadLocal<MemorySegment> CURRENT =
            ThreadLocal.withInitial(
                    () -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    /** {@link #current} as a handle. */
    static final MethodHandle HANDLE =
            Native.method(
                    MethodHandles.lookup(), "current", MethodType.methodType(MemorySegment.class));

    private ThreadState() {}

    /** This thread's. */
    static MemorySegment current() {
        return CURRENT.get();
    }
}

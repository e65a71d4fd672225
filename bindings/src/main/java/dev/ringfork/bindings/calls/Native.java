// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.util.Collections;

/**
 * Memory by its address, and what the handles of all providers have in common.
 *
 * <p>A JVM permits the former only to modules with native access, so that every provider needs it.
 * Safe for use by many threads.
 */
public final class Native {

    /** The most arguments that a system call takes. */
    public static final int ARGUMENTS = 6;

    /** The type of every {@link Call}: six longs to the result or {@code -errno}. */
    public static final MethodType TYPE = longs(ARGUMENTS);

    private Native() {}

    /**
     * Finds out whether this module may call native code.
     *
     * @throws IllegalCallerException if not
     */
    static void requireAccess() {
        memory(0, 0);
    }

    /** Memory that was mapped, or handed over by C. */
    @SuppressWarnings("restricted") // The module asks its user for the permission.
    public static MemorySegment memory(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /** The address of memory that a call is to read or write. */
    static long address(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("memory of an Arena is needed, not a Java array");
        }
        return segment.address();
    }

    /**
     * A call's int result; keeps the memory it worked on reachable until here, in case nothing else
     * does.
     */
    @SuppressWarnings("ReachabilityFenceUsage") // The use ended when the result was evaluated.
    static int keeping(MemorySegment used, long result) {
        Reference.reachabilityFence(used);
        return (int) result;
    }

    /** {@link #keeping(MemorySegment, long)} for two segments. */
    static int keeping(MemorySegment used, MemorySegment alsoUsed, long result) {
        return keeping(alsoUsed, keeping(used, result));
    }

    /** The type of a function of so many longs. */
    public static MethodType longs(int arguments) {
        return MethodType.methodType(long.class, Collections.nCopies(arguments, long.class));
    }

    /** A static method of the class that looks it up. */
    public static MethodHandle method(MethodHandles.Lookup lookup, String name, MethodType type) {
        try {
            return lookup.findStatic(lookup.lookupClass(), name, type);
        } catch (ReflectiveOperationException renamed) {
            throw new LinkageError(name, renamed);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * All that a JVM permits only to modules with native access: linking, and memory by its address.
 *
 * <p>Everything else in this module goes through here. Safe for use by many threads.
 */
@SuppressWarnings("restricted") // The one class that needs the permission, so the one that asks.
public final class Native {

    /** The most arguments that a system call takes. */
    static final int ARGUMENTS = 6;

    /** The type of every {@link Call}: six longs to the result or {@code -errno}. */
    static final MethodType TYPE = longs(ARGUMENTS).toMethodType();

    private static final Linker LINKER = Linker.nativeLinker();

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

    /** A function of the C library, or NULL. */
    static MemorySegment find(String symbol) {
        return LINKER.defaultLookup().find(symbol).orElse(MemorySegment.NULL);
    }

    /** The functions of a shared library, loaded for good. */
    static SymbolLookup library(Path file) {
        return SymbolLookup.libraryLookup(file, Arena.global());
    }

    /** A handle of so many longs to a long; the linker shares the code of those of equal shape. */
    static MethodHandle downcall(MemorySegment function, int arguments, Linker.Option... options) {
        return LINKER.downcallHandle(function, longs(arguments), options);
    }

    /** A static method of the class that looks it up. */
    static MethodHandle method(MethodHandles.Lookup lookup, String name, MethodType type) {
        try {
            return lookup.findStatic(lookup.lookupClass(), name, type);
        } catch (ReflectiveOperationException renamed) {
            throw new LinkageError(name, renamed);
        }
    }

    private static FunctionDescriptor longs(int count) {
        MemoryLayout[] arguments = new MemoryLayout[count];
        Arrays.fill(arguments, JAVA_LONG);
        return FunctionDescriptor.of(JAVA_LONG, arguments);
    }
}

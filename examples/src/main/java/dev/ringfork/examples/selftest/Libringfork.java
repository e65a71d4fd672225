// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Platform;
import dev.ringfork.natives.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The functions of libringfork that nothing else in Java calls, from the library as it is packed.
 * Immutable; safe for use by many threads.
 */
@SuppressWarnings("restricted") // Linking is what this class is for; ./ringfork permits it.
final class Libringfork {
    private static final int VERSION_BYTES = 32;

    private final SymbolLookup symbols;

    private Libringfork(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * Loads it.
     *
     * @throws Unavailable if there is none: the message says why
     * @throws Mismatch if there is one that the system refuses
     */
    static Libringfork load() {
        return switch (NativeLibrary.find(Platform.current().key())) {
            case NativeLibrary.Absent absent -> throw new Unavailable(absent.reason());
            case NativeLibrary.Present library -> {
                try (library) {
                    yield new Libringfork(
                            SymbolLookup.libraryLookup(library.path(), Arena.global()));
                } catch (IllegalArgumentException refused) {
                    throw new Mismatch("dlopen: " + refused.getMessage(), "it to load");
                }
            }
        };
    }

    /** The library's version. */
    String version() {
        MemoryLayout text = MemoryLayout.sequenceLayout(VERSION_BYTES, JAVA_BYTE);
        MethodHandle version =
                link("rf_version", FunctionDescriptor.of(ADDRESS.withTargetLayout(text)));
        try {
            return ((MemorySegment) version.invokeExact()).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("rf_version", e);
        }
    }

    /** {@code rf_signal_watch}: 0 or {@code -errno}. */
    int watch(int signo, int fd) {
        FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
        try {
            return (int) link("rf_signal_watch", type).invokeExact(signo, fd);
        } catch (Throwable e) {
            throw new IllegalStateException("rf_signal_watch", e);
        }
    }

    /** {@code rf_signal_default}: 0 or {@code -errno}. */
    int restore(int signo) {
        FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
        try {
            return (int) link("rf_signal_default", type).invokeExact(signo);
        } catch (Throwable e) {
            throw new IllegalStateException("rf_signal_default", e);
        }
    }

    private MethodHandle link(String function, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(function), type);
    }
}

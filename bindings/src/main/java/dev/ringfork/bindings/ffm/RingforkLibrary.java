// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.Platform;
import dev.ringfork.natives.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * libringfork, loaded once when it is first asked for. Safe for use by many threads.
 *
 * <p>Once, because its handlers have tables: a second copy would not know what the first watches.
 */
final class RingforkLibrary {

    private static @Nullable SymbolLookup loaded;

    private RingforkLibrary() {}

    /**
     * A function of the library.
     *
     * @throws IllegalStateException if the library, or one with that function, cannot be had: the
     *     message says why
     */
    static synchronized MemorySegment find(String function) {
        try {
            if (loaded == null) {
                loaded = load();
            }
            return loaded.findOrThrow(function);
        } catch (IllegalArgumentException | NoSuchElementException refused) {
            throw new IllegalStateException(
                    "libringfork cannot be loaded: " + refused.getMessage(), refused);
        }
    }

    /** A call of a function of the library; without it, one that returns {@code -ENOSYS}. */
    static Call link(String function) {
        try {
            return new Call(function, Native.downcall(find(function), Native.ARGUMENTS));
        } catch (IllegalStateException missing) {
            return Call.absent(function);
        }
    }

    /** Why a function is missing, or null when it is there. */
    static @Nullable String absence(String function) {
        try {
            find(function);
            return null;
        } catch (IllegalStateException missing) {
            return missing.getMessage();
        }
    }

    private static SymbolLookup load() {
        return switch (NativeLibrary.find(Platform.current().key())) {
            case NativeLibrary.Present library -> {
                try (library) {
                    yield Native.library(library.path());
                }
            }
            case NativeLibrary.Absent absent -> throw new IllegalStateException(absent.reason());
        };
    }
}

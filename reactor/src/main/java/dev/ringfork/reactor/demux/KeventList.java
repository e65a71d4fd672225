// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An array of struct kevent. Confined to the loop's thread; the arena owns the memory. */
final class KeventList {
    // Apple's layout whatever runs this: nobody else's is meant, and the tests' model has it too.
    private static final Layouts DARWIN = Layouts.of(Platform.MACOS_AARCH64);
    private static final long BYTES = DARWIN.size("kevent");
    private static final int IDENT = DARWIN.offset("kevent", "ident");
    private static final int FILTER = DARWIN.offset("kevent", "filter");
    private static final int FLAGS = DARWIN.offset("kevent", "flags");
    private static final int FFLAGS = DARWIN.offset("kevent", "fflags");
    private static final int DATA = DARWIN.offset("kevent", "data");

    private final MemorySegment memory;

    KeventList(Arena arena, int capacity) {
        memory = arena.allocate(capacity * BYTES, Long.BYTES);
    }

    long address() {
        return memory.address();
    }

    void set(int index, int fd, int filter, int flags) {
        long at = index * BYTES;
        memory.set(JAVA_LONG_UNALIGNED, at + IDENT, fd);
        memory.set(JAVA_SHORT_UNALIGNED, at + FILTER, (short) filter);
        memory.set(JAVA_SHORT_UNALIGNED, at + FLAGS, (short) flags);
    }

    void flags(int index, int flags) {
        memory.set(JAVA_SHORT_UNALIGNED, index * BYTES + FLAGS, (short) flags);
    }

    int fd(int index) {
        return (int) memory.get(JAVA_LONG_UNALIGNED, index * BYTES + IDENT);
    }

    int filter(int index) {
        return memory.get(JAVA_SHORT_UNALIGNED, index * BYTES + FILTER);
    }

    int flags(int index) {
        return memory.get(JAVA_SHORT_UNALIGNED, index * BYTES + FLAGS) & 0xffff;
    }

    int fflags(int index) {
        return memory.get(JAVA_INT_UNALIGNED, index * BYTES + FFLAGS);
    }

    /** The errno of a change that failed, 0 of one that did not. */
    int errno(int index) {
        return (int) memory.get(JAVA_LONG_UNALIGNED, index * BYTES + DATA);
    }
}

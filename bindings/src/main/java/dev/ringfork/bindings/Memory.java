// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.ringfork.bindings.calls.Native;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;

/** Memory in the forms that calls take. */
public final class Memory {

    private Memory() {}

    /**
     * Memory by its address, for what mmap(2) returned. Nothing checks that it is mapped, nor until
     * when.
     */
    public static MemorySegment at(long address, long bytes) {
        return Native.memory(address, bytes);
    }

    /** A NULL-terminated array of NUL-terminated strings, as {@code argv} and {@code envp} are. */
    public static MemorySegment strings(SegmentAllocator allocator, List<String> strings) {
        MemorySegment array = allocator.allocate(ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(ADDRESS, i, allocator.allocateFrom(strings.get(i)));
        }
        array.setAtIndex(ADDRESS, strings.size(), MemorySegment.NULL);
        return array;
    }
}

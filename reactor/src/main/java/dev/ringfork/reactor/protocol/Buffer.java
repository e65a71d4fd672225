// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * One slot of a loop's memory: readable bytes from {@link #start} to {@link #end}, room behind.
 *
 * <p>Confined to the loop thread and valid only for the time it is leased: nobody keeps one. The
 * segment and the {@link ByteBuffer} are two views of the same memory, made once; parsers take the
 * segment (and an {@code int} index), codecs and charsets the byte buffer.
 */
public final class Buffer {
    private final MemorySegment segment;
    private final ByteBuffer view;
    private final long address;
    private final int capacity;
    private int start;
    private int end;

    /**
     * Wraps a slot.
     *
     * @param segment native memory that outlives the buffer, at most 1 GiB
     */
    public Buffer(MemorySegment segment) {
        if (!segment.isNative() || segment.byteSize() > 1 << 30) {
            throw new IllegalArgumentException("a buffer is native memory of at most 1 GiB");
        }
        this.segment = segment;
        this.view = segment.asByteBuffer();
        this.address = segment.address();
        this.capacity = (int) segment.byteSize();
    }

    /** All of the slot's memory; indexes are those of {@link #start} and {@link #end}. */
    public MemorySegment segment() {
        return segment;
    }

    /** The readable bytes: position is {@link #start}, limit is {@link #end}. */
    public ByteBuffer view() {
        return view.limit(end).position(start);
    }

    /** The native address of index 0. */
    public long address() {
        return address;
    }

    /** The size of the slot in bytes. */
    public int capacity() {
        return capacity;
    }

    /** The index of the first readable byte. */
    public int start() {
        return start;
    }

    /** The index behind the last readable byte. */
    public int end() {
        return end;
    }

    /** How many bytes can be read. */
    public int length() {
        return end - start;
    }

    /** How many bytes can be added. */
    public int room() {
        return capacity - end;
    }

    /** The byte at an index of the slot. */
    public byte get(int index) {
        return segment.get(ValueLayout.JAVA_BYTE, index);
    }

    /** Takes bytes from the front. */
    public void consume(int count) {
        if (count < 0 || count > end - start) {
            throw new IllegalArgumentException(
                    "consume(%d) with %d readable".formatted(count, end - start));
        }
        start += count;
    }

    /** Declares bytes written behind {@link #end}. */
    public void produced(int count) {
        if (count < 0 || count > capacity - end) {
            throw new IllegalArgumentException(
                    "produced(%d) with room for %d".formatted(count, capacity - end));
        }
        end += count;
    }

    /** Moves as many bytes behind those of another buffer as that has room for. */
    public void moveTo(Buffer other) {
        if (other.room() < length()) {
            other.compact();
        }
        int count = Math.min(end - start, other.room());
        MemorySegment.copy(segment, start, other.segment, other.end, count);
        other.end += count;
        start += count;
    }

    /** Forgets all bytes. */
    public void clear() {
        start = 0;
        end = 0;
    }

    /** Moves the readable bytes to the front, so that the room behind them grows. */
    public void compact() {
        if (start > 0) {
            MemorySegment.copy(segment, start, segment, 0, end - start);
            end -= start;
            start = 0;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BufferTest {
    private final Buffer buffer = new Buffer(Arena.ofAuto().allocate(8));

    private void put(String text) {
        MemorySegment bytes = MemorySegment.ofArray(text.getBytes(US_ASCII));
        MemorySegment.copy(bytes, 0, buffer.segment(), buffer.end(), bytes.byteSize());
        buffer.produced(text.length());
    }

    private String readable() {
        return US_ASCII.decode(buffer.view()).toString();
    }

    @Test
    void shouldBeEmptyAtFirst() {
        assertEquals(0, buffer.length());
        assertEquals(8, buffer.room());
        assertEquals(8, buffer.capacity());
        assertEquals("", readable());
    }

    @Test
    void shouldShowWhatWasProducedAndNotConsumed() {
        put("abcdef");
        buffer.consume(2);

        assertEquals("cdef", readable());
        assertEquals(2, buffer.start());
        assertEquals(6, buffer.end());
        assertEquals(4, buffer.length());
        assertEquals(2, buffer.room());
        assertEquals('c', buffer.get(buffer.start()));
    }

    @Test
    void shouldMoveWhatIsReadableToTheFront() {
        put("abcdefgh");
        buffer.consume(5);

        buffer.compact();

        assertEquals("fgh", readable());
        assertEquals(0, buffer.start());
        assertEquals(5, buffer.room());
        put("ijklm");
        assertEquals("fghijklm", readable());
    }

    @Test
    void shouldForgetEverything() {
        put("abc");

        buffer.clear();

        assertEquals("", readable());
        assertEquals(8, buffer.room());
    }

    @Test
    void shouldWriteThroughItsView() {
        put("abc");
        ByteBuffer view = buffer.view();
        view.put(1, (byte) 'B');

        assertEquals("aBc", readable());
    }

    @Test
    void shouldSetItsViewAnewAtEveryCall() {
        put("abc");
        buffer.view().get();

        assertEquals("abc", readable());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4})
    void shouldRefuseToConsumeWhatIsNotThere(int count) {
        put("abc");

        assertThrows(IllegalArgumentException.class, () -> buffer.consume(count));
        assertEquals("abc", readable());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 6})
    void shouldRefuseMoreThanItHasRoomFor(int count) {
        put("abc");

        assertThrows(IllegalArgumentException.class, () -> buffer.produced(count));
        assertEquals("abc", readable());
    }

    @Test
    void shouldRefuseMemoryOfTheHeap() {
        MemorySegment heap = MemorySegment.ofArray(new byte[8]);

        assertThrows(IllegalArgumentException.class, () -> new Buffer(heap));
    }
}

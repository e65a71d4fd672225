// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

final class AsciiTest {
    private static final int SIZE = 40;

    /** The scan under test, on a segment that ends where the scan has to. */
    private interface Scan {
        int run(MemorySegment bytes, int from, int end);
    }

    /** Compares a scan with one that looks at each byte, wherever the byte looked for may lie. */
    private static void shouldStopAt(IntPredicate stops, int filler, Scan scan) {
        try (Arena arena = Arena.ofConfined()) {
            for (int value = 0; value < 256; value++) {
                for (int at = 0; at < SIZE; at++) {
                    MemorySegment bytes = arena.allocate(SIZE).fill((byte) filler);
                    bytes.set(ValueLayout.JAVA_BYTE, at, (byte) value);
                    int from = at % 11;
                    int expected = stops.test(value) && at >= from ? at : SIZE;
                    assertEquals(expected, scan.run(bytes, from, SIZE), value + " at " + at);
                }
            }
        }
    }

    private static void shouldAgreeOnNoise(IntPredicate stops, Scan scan) {
        Random random = new Random(9112);
        try (Arena arena = Arena.ofConfined()) {
            for (int round = 0; round < 20_000; round++) {
                byte[] noise = new byte[random.nextInt(SIZE)];
                random.nextBytes(noise);
                int from = random.nextInt(noise.length + 1);
                int expected = from;
                while (expected < noise.length && !stops.test(noise[expected] & 0xff)) {
                    expected++;
                }
                MemorySegment bytes = arena.allocate(Math.max(1, noise.length));
                MemorySegment.copy(MemorySegment.ofArray(noise), 0, bytes, 0, noise.length);
                assertEquals(expected, scan.run(bytes, from, noise.length));
            }
        }
    }

    @Test
    void shouldFindTheEndOfVisibleCharacters() {
        IntPredicate stops = b -> b <= 0x20 || b >= 0x7f;
        shouldStopAt(stops, 'a', Ascii::visibleEnd);
        shouldAgreeOnNoise(stops, Ascii::visibleEnd);
    }

    @Test
    void shouldFindTheEndOfAValue() {
        IntPredicate stops = b -> (b < 0x20 && b != '\t') || b == 0x7f;
        shouldStopAt(stops, 0xe9, Ascii::valueEnd);
        shouldStopAt(stops, '\t', Ascii::valueEnd);
        shouldAgreeOnNoise(stops, Ascii::valueEnd);
    }

    @Test
    void shouldFindTheEndOfAToken() {
        String others = "!#$%&'*+-.^_`|~";
        IntPredicate stops =
                b -> !(b < 0x80 && (Character.isLetterOrDigit(b) || others.indexOf(b) >= 0));
        shouldStopAt(stops, 'X', Ascii::tokenEnd);
        shouldAgreeOnNoise(stops, Ascii::tokenEnd);
    }

    @Test
    void shouldFindAByte() {
        IntPredicate stops = b -> b == '?';
        Scan scan = (bytes, from, end) -> Ascii.indexOf(bytes, from, end, (byte) '?');
        shouldStopAt(stops, '>', scan);
        shouldStopAt(stops, '@', scan);
        shouldAgreeOnNoise(stops, scan);
    }

    @Test
    void shouldCompareLettersOnlyWithoutRegardToCase() {
        MemorySegment bytes = MemorySegment.ofArray("Foo-@".getBytes(StandardCharsets.US_ASCII));
        assertEquals(true, Ascii.equalsIgnoringCase(bytes, 0, 5, "fOO-@"));
        assertEquals(false, Ascii.equalsIgnoringCase(bytes, 0, 5, "foo-`"));
        assertEquals(false, Ascii.equalsIgnoringCase(bytes, 0, 4, "foo-@"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Scans over the bytes of a request, eight at a time where that pays.
 *
 * <p>Stateless. All indexes are {@code int} and all segments are sized: that is what the compiler
 * turns into the fewest instructions. No method reads at or behind {@code end}.
 *
 * <p>A word holds the byte of the lowest index in its lowest bits. The tests below mark the high
 * bit of each byte that is looked for; a carry may mark bytes above it wrongly, but the lowest mark
 * is always right, and only that one is used.
 */
final class Ascii {
    static final byte TAB = '\t';
    static final byte LF = '\n';
    static final byte CR = '\r';
    static final byte SP = ' ';

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt HALF =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;

    /** RFC 9110 section 5.6.2: what a method and a field name are made of. */
    private static final boolean[] TOKEN = alphanumericAnd("!#$%&'*+-.^_`|~");

    /** RFC 3986 section 3.2: host and port, brackets and colons of an IPv6 address among them. */
    private static final boolean[] AUTHORITY = alphanumericAnd("-._~%!$&'()*+,;=:[]");

    private Ascii() {}

    private static boolean[] alphanumericAnd(String others) {
        boolean[] table = new boolean[256];
        for (int b = 0; b < 128; b++) {
            table[b] =
                    (b >= 'a' && b <= 'z')
                            || (b >= 'A' && b <= 'Z')
                            || (b >= '0' && b <= '9')
                            || others.indexOf(b) >= 0;
        }
        return table;
    }

    static byte at(MemorySegment bytes, int index) {
        return bytes.get(BYTE, index);
    }

    /** Four bytes from an index on, the first in the lowest bits. */
    static int half(MemorySegment bytes, int index) {
        return bytes.get(HALF, index);
    }

    /** Eight bytes from an index on, the first in the lowest bits. */
    static long word(MemorySegment bytes, int index) {
        return bytes.get(WORD, index);
    }

    /** Eight characters as {@link #word} would read them. */
    static long word(String text) {
        long word = 0;
        for (int i = 7; i >= 0; i--) {
            word = word << 8 | text.charAt(i);
        }
        return word;
    }

    /** Four characters as {@link #half} would read them. */
    static int half(String text) {
        return (int) word(text + "\0\0\0\0");
    }

    static boolean token(byte b) {
        return TOKEN[b & 0xff];
    }

    static boolean authority(byte b) {
        return AUTHORITY[b & 0xff];
    }

    /** The first index whose byte is not of a token, or {@code end}. */
    static int tokenEnd(MemorySegment bytes, int from, int end) {
        int i = from;
        while (i < end && TOKEN[at(bytes, i) & 0xff]) {
            i++;
        }
        return i;
    }

    /** The first index whose byte is no visible ASCII character, or {@code end}. */
    static int visibleEnd(MemorySegment bytes, int from, int end) {
        int i = from;
        for (; end - i >= Long.BYTES; i += Long.BYTES) {
            long word = word(bytes, i);
            // Below 0x21 borrows, 0x7f carries, and above that the high bit is set to begin with.
            long hits = (word - 0x21 * ONES | word + ONES | word) & HIGHS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (i < end && at(bytes, i) > 0x20 && at(bytes, i) < 0x7f) {
            i++;
        }
        return i;
    }

    /** The first index of a control character other than a tab, or {@code end}. */
    static int valueEnd(MemorySegment bytes, int from, int end) {
        int i = from;
        while (end - i >= Long.BYTES) {
            long word = word(bytes, i);
            long deletes = word ^ 0x7f * ONES;
            long hits = (below(word, 0x20) | below(deletes, 1)) & HIGHS;
            if (hits == 0) {
                i += Long.BYTES;
                continue;
            }
            i += Long.numberOfTrailingZeros(hits) >>> 3;
            if (at(bytes, i) != TAB) {
                return i;
            }
            i++;
        }
        while (i < end && text(at(bytes, i))) {
            i++;
        }
        return i;
    }

    /** Sets the high bit of each byte below a bound of at most 0x80, and other bits. */
    private static long below(long word, int bound) {
        return (word - bound * ONES) & ~word;
    }

    /** Whether a value of a field may have this byte: no control character but the tab. */
    static boolean text(byte b) {
        return b < 0 || (b >= 0x20 && b != 0x7f) || b == TAB;
    }

    /** The first index of a byte, or {@code end}. */
    static int indexOf(MemorySegment bytes, int from, int end, byte wanted) {
        long pattern = wanted * ONES;
        int i = from;
        for (; end - i >= Long.BYTES; i += Long.BYTES) {
            long word = word(bytes, i) ^ pattern;
            long hits = below(word, 1) & HIGHS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (i < end && at(bytes, i) != wanted) {
            i++;
        }
        return i;
    }

    /** The first index that is neither a space nor a tab, or {@code end}. */
    static int skipBlanks(MemorySegment bytes, int from, int end) {
        int i = from;
        while (i < end && blank(at(bytes, i))) {
            i++;
        }
        return i;
    }

    /** The index behind the last byte that is neither a space nor a tab, or {@code from}. */
    static int trimBlanks(MemorySegment bytes, int from, int end) {
        int i = end;
        while (i > from && blank(at(bytes, i - 1))) {
            i--;
        }
        return i;
    }

    private static boolean blank(byte b) {
        return b == SP || b == TAB;
    }

    /** Whether a range holds exactly this text, letters compared without regard to case. */
    static boolean equalsIgnoringCase(MemorySegment bytes, int from, int end, String text) {
        if (end - from != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (lower(at(bytes, from + i)) != lower((byte) text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a range begins with these bytes. */
    static boolean startsWith(MemorySegment bytes, int from, int end, byte[] prefix) {
        if (end - from < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (at(bytes, from + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    /** A range as text, one character a byte. Allocates. */
    static String string(MemorySegment bytes, int from, int end) {
        byte[] copy = new byte[end - from];
        MemorySegment.copy(bytes, BYTE, from, copy, 0, copy.length);
        return new String(copy, StandardCharsets.ISO_8859_1);
    }
}

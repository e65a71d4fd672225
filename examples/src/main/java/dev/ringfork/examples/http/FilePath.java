// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Turns the path of a request into the name of a file.
 *
 * <p>No name leads out of the root or to what is not meant to be seen: whatever begins with a dot
 * is not there, {@code .} and {@code ..} among them, except {@code .well-known} (RFC 8615). An
 * encoded slash is not there either, since two programs would read it differently. Stateless.
 */
final class FilePath {
    private static final byte[] WELL_KNOWN = ".well-known".getBytes(StandardCharsets.US_ASCII);

    private FilePath() {}

    /**
     * Decodes a path.
     *
     * @param target where the name is written, from an index on; not NUL-terminated
     * @return the index behind the name, or the status to refuse the request with, negated
     */
    static int decode(MemorySegment path, int from, int to, MemorySegment target, int at) {
        int out = at;
        int i = from;
        while (i < to) {
            byte b = Ascii.at(path, i++);
            if (b == '%') {
                int value = to - i < 2 ? -1 : hex(path, i);
                if (value <= 0) {
                    // Not two digits, or the NUL that ends a name for the kernel.
                    return -400;
                }
                b = (byte) value;
                i += 2;
                if (b == '/') {
                    return -404;
                }
            }
            if (out == target.byteSize()) {
                return -404;
            }
            target.set(ValueLayout.JAVA_BYTE, out++, b);
        }
        return hidden(target, at, out) ? -404 : out;
    }

    private static int hex(MemorySegment path, int index) {
        int high = Character.digit(Ascii.at(path, index), 16);
        int low = Character.digit(Ascii.at(path, index + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** Whether a name between slashes begins with a dot. */
    private static boolean hidden(MemorySegment name, int from, int to) {
        boolean begins = true;
        for (int i = from; i < to; i++) {
            byte b = Ascii.at(name, i);
            if (begins && b == '.' && !wellKnown(name, i, to)) {
                return true;
            }
            begins = b == '/';
        }
        return false;
    }

    private static boolean wellKnown(MemorySegment name, int from, int to) {
        int behind = from + WELL_KNOWN.length;
        return Ascii.startsWith(name, from, to, WELL_KNOWN)
                && (behind == to || Ascii.at(name, behind) == '/');
    }
}

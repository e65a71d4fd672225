// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import org.jspecify.annotations.Nullable;

/**
 * The part of a file that a client asks for, RFC 9110 section 14.1.2.
 *
 * @param offset of its first byte
 * @param length in bytes; 0 if the file has no such part
 */
record ByteRange(long offset, long length) {
    /** More digits would overflow. */
    private static final int MOST_DIGITS = 18;

    /**
     * Reads a {@code Range} field.
     *
     * @param size of the whole file
     * @return null if the field is to be ignored: it is not of bytes, not of one part, or not right
     */
    static @Nullable ByteRange parse(String field, long size) {
        if (!field.startsWith("bytes=")) {
            return null;
        }
        int start = "bytes=".length();
        int hyphen = field.indexOf('-', start);
        if (hyphen < 0) {
            return null;
        }
        long first = number(field, start, hyphen);
        long last = number(field, hyphen + 1, field.length());
        if (hyphen == start) {
            return last < 0 ? null : new ByteRange(Math.max(0, size - last), Math.min(last, size));
        }
        boolean open = hyphen + 1 == field.length();
        if (first < 0 || (!open && last < first)) {
            return null;
        }
        long end = open ? size : Math.min(last + 1, size);
        return new ByteRange(first, Math.max(0, end - first));
    }

    /** A number without a sign, or -1. */
    private static long number(String text, int from, int to) {
        if (from == to || to - from > MOST_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}

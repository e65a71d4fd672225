// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as it is written in a flag: {@code 8190}, {@code 8k}, {@code 1m}, {@code 2g};
 * units are powers of 1024.
 *
 * @param bytes not negative
 */
record Size(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})([kmg]?)");
    private static final String UNITS = "kmg";

    /**
     * Reads a size.
     *
     * @throws IllegalArgumentException if it is none: the message says what one looks like
     */
    static Size parse(String text) {
        Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a size: write bytes, or 8k, 1m, 2g".formatted(text));
        }
        int unit = form.group(2).isEmpty() ? 0 : UNITS.indexOf(form.group(2)) + 1;
        return new Size(Long.parseLong(form.group(1)) << (10 * unit));
    }

    /**
     * The bytes where an {@code int} is wanted.
     *
     * @throws IllegalArgumentException if they are too many: the message says how many are possible
     */
    int intBytes() {
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "'%s' is too much: less than 2g is possible".formatted(this));
        }
        return (int) bytes;
    }

    /** The shortest form that {@link #parse} reads. */
    @Override
    public String toString() {
        long number = bytes;
        int unit = 0;
        while (unit < UNITS.length() && number > 0 && number % 1024 == 0) {
            number /= 1024;
            unit++;
        }
        return unit == 0 ? Long.toString(number) : number + UNITS.substring(unit - 1, unit);
    }
}

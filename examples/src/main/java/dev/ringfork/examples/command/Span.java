// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time as it is written in a flag: {@code 500ms}, {@code 20s}, {@code 5m}, {@code 1h}.
 *
 * @param duration not negative, in whole milliseconds
 */
record Span(Duration duration) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    /**
     * Reads a length of time.
     *
     * @throws IllegalArgumentException if it is none: the message says what one looks like
     */
    static Span parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a time: write a number and its unit, as in 500ms, 20s, 5m, 1h"
                            .formatted(text));
        }
        long number = Long.parseLong(form.group(1));
        return new Span(
                switch (form.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    default -> Duration.ofHours(number);
                });
    }

    /** The form in seconds, or in milliseconds where there is a rest. */
    @Override
    public String toString() {
        long ms = duration.toMillis();
        return ms % 1000 == 0 ? ms / 1000 + "s" : ms + "ms";
    }
}

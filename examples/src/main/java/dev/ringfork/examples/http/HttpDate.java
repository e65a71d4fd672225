// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The one form of a date that is written, RFC 9110 section 5.6.7: {@code Sun, 06 Nov 1994 08:49:37
 * GMT}.
 *
 * <p>Stateless. Made by hand: the formatters of java.time load more classes than the rest of a
 * small server.
 */
final class HttpDate {
    static final int LENGTH = 29;

    private static final String DAYS = "MonTueWedThuFriSatSun";
    private static final List<String> MONTHS =
            List.of(
                    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
                    "Dec");

    private HttpDate() {}

    /** The text for a time in seconds since 1970, between the years 0 and 9999. */
    static String format(long epochSecond) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
        int day = (time.getDayOfWeek().getValue() - 1) * 3;
        StringBuilder text = new StringBuilder(LENGTH);
        text.append(DAYS, day, day + 3).append(", ");
        digits(text, time.getDayOfMonth(), 2).append(' ');
        text.append(MONTHS.get(time.getMonthValue() - 1)).append(' ');
        digits(text, time.getYear(), 4).append(' ');
        digits(text, time.getHour(), 2).append(':');
        digits(text, time.getMinute(), 2).append(':');
        return digits(text, time.getSecond(), 2).append(" GMT").toString();
    }

    static byte[] bytes(long epochSecond) {
        return format(epochSecond).getBytes(StandardCharsets.US_ASCII);
    }

    private static StringBuilder digits(StringBuilder text, int value, int count) {
        String digits = Integer.toString(value);
        return text.repeat('0', count - digits.length()).append(digits);
    }

    /** The time of a text, or -1 if it is not exactly of the form that is written. */
    static long parse(String text) {
        if (text.length() != LENGTH) {
            return -1;
        }
        try {
            long second =
                    LocalDateTime.of(
                                    Integer.parseInt(text, 12, 16, 10),
                                    MONTHS.indexOf(text.substring(8, 11)) + 1,
                                    Integer.parseInt(text, 5, 7, 10),
                                    Integer.parseInt(text, 17, 19, 10),
                                    Integer.parseInt(text, 20, 22, 10),
                                    Integer.parseInt(text, 23, 25, 10))
                            .toEpochSecond(ZoneOffset.UTC);
            return format(second).equals(text) ? second : -1;
        } catch (DateTimeException | NumberFormatException e) {
            // Section 13.1.3: a date that is none is as good as no date.
            return -1;
        }
    }
}

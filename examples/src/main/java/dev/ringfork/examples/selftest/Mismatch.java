// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

/** Something is not as expected; the message says what came and what should have. */
final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MOST = 200;

    Mismatch(String came, String expected) {
        super("%s, expected %s".formatted(line(came), line(expected)));
    }

    /** What fits into the one line of a report. */
    private static String line(String text) {
        String part = text.length() > MOST ? text.substring(0, MOST) + "..." : text;
        return part.replace("\r", "\\r").replace("\n", "\\n");
    }
}

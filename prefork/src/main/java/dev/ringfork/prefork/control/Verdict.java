// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import org.jspecify.annotations.Nullable;

/**
 * How a request has ended: the last line of every answer. Immutable.
 *
 * @param good whether it was done
 * @param text what was done, or why not
 */
public record Verdict(boolean good, String text) {
    private static final String GOOD = "ok: ";
    private static final String BAD = "error: ";

    static Verdict done(String text) {
        return new Verdict(true, text);
    }

    static Verdict refused(String text) {
        return new Verdict(false, text);
    }

    /** Reads a line, or returns null if it is another one. */
    static @Nullable Verdict read(String line) {
        if (line.startsWith(GOOD)) {
            return done(line.substring(GOOD.length()));
        }
        return line.startsWith(BAD) ? refused(line.substring(BAD.length())) : null;
    }

    /** The line that {@link #read} reads. */
    @Override
    public String toString() {
        return (good ? GOOD : BAD) + text;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a thread of the kernel's polls a ring's submissions, as it is written in a flag: {@code
 * off}, {@code 50ms}, {@code 50ms,1}.
 *
 * @param idle how long it looks before it sleeps; zero for no such thread
 * @param cpu where it runs, or -1 for anywhere
 */
record SqPoll(Duration idle, int cpu) {
    private static final Pattern FORM = Pattern.compile("([^,]+)(?:,(\\d{1,5}))?");

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it is none: the message says what one looks like
     */
    static SqPoll parse(String text) {
        if (text.equals("off")) {
            return new SqPoll(Duration.ZERO, -1);
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is neither off nor a time and a processor, as in 50ms,1".formatted(text));
        }
        Duration idle = Span.parse(form.group(1)).duration();
        if (idle.isZero()) {
            throw new IllegalArgumentException(
                    "'%s' is no time to look for work: write 1ms or more, or off".formatted(text));
        }
        return new SqPoll(idle, form.group(2) == null ? -1 : Integer.parseInt(form.group(2)));
    }

    /** The form that was read. */
    @Override
    public String toString() {
        String time = idle.isZero() ? "off" : new Span(idle).toString();
        return cpu < 0 ? time : time + "," + cpu;
    }
}

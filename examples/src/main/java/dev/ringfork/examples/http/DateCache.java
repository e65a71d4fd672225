// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.time.InstantSource;

/**
 * The text of the current second.
 *
 * <p>Safe for use by many threads without any order between them: the text lies behind a final
 * field, so a thread sees a whole one, and one that sees an old one makes it anew. A text is at
 * most as late as a turn of the loop is long.
 */
final class DateCache {
    private static final long SECOND_NS = 1_000_000_000;
    private static final long MILLISECOND_NS = 1_000_000;

    // The bytes are written before the field is.
    @SuppressWarnings("ArrayRecordComponent")
    private record Text(long madeNs, long validNs, byte[] bytes) {}

    private final InstantSource clock;
    private Text text = new Text(0, -1, new byte[0]);

    DateCache(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The text, {@link HttpDate#LENGTH} bytes that nobody may change.
     *
     * @param nowNs the loop's clock, which spares asking the time of day at each request
     */
    byte[] bytes(long nowNs) {
        Text known = text;
        long age = nowNs - known.madeNs;
        if (age >= 0 && age < known.validNs) {
            return known.bytes;
        }
        long millis = clock.millis();
        long untilNextSecond = SECOND_NS - Math.floorMod(millis, 1000) * MILLISECOND_NS;
        Text made = new Text(nowNs, untilNextSecond, HttpDate.bytes(Math.floorDiv(millis, 1000)));
        text = made;
        return made.bytes;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

/**
 * The monotonic clock of loops and timers: nanoseconds, positive, unaffected by wall-clock changes.
 */
public final class Clock {
    /** A second before the start, so that no reading is zero or negative. */
    private static final long ORIGIN_NS = System.nanoTime() - 1_000_000_000L;

    private Clock() {}

    /** The time now. Safe for use by many threads. */
    public static long nowNs() {
        return System.nanoTime() - ORIGIN_NS;
    }
}

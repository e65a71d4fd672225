// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

/**
 * How long to wait before the next start after starts that failed: 0.1 s, doubled each time up to
 * 30 s. Confined to the master's thread.
 *
 * <p>Workers that were started together and fail together count as one failure: what is wrong is
 * most often wrong for all of them, and it was tried once. One that has accepted and died at once
 * is waited for like the others, but it has booted: it gives nobody a reason to give up.
 */
final class Backoff {
    static final long FIRST_NS = 100_000_000L;
    static final long MOST_NS = 30_000_000_000L;

    private int failures;
    private int bootFailures;
    private long lastNs;

    /** A worker that was spawned at a time has died now. */
    void failed(long spawnedNs, boolean booted, long nowNs) {
        if (booted) {
            bootFailures = 0;
        }
        if (failures == 0 || spawnedNs >= lastNs) {
            failures++;
            bootFailures += booted ? 0 : 1;
            lastNs = nowNs;
        }
    }

    /** A worker that was spawned at a time has proved that starts succeed. */
    void succeeded(long spawnedNs) {
        if (spawnedNs >= lastNs) {
            failures = 0;
            bootFailures = 0;
        }
    }

    /** How many workers one after the other have died too soon. */
    int failures() {
        return failures;
    }

    /** How many of them, counted from the last one that has accepted. */
    int bootFailures() {
        return bootFailures;
    }

    /** From when on a start may be tried; long ago if none has failed. */
    long untilNs() {
        return failures == 0 ? Long.MIN_VALUE : lastNs + delayNs(failures);
    }

    private static long delayNs(int failures) {
        // Far below the width of a long, far above the longest delay.
        int doublings = Math.min(failures - 1, 20);
        return Math.min(MOST_NS, FIRST_NS << doublings);
    }
}

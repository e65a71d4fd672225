// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

/** How long a poll may wait, in what the kernel counts in. */
final class Timeouts {
    private static final long NS_PER_MS = 1_000_000;
    private static final long NS_PER_US = 1_000;

    /** 24 days: what an int holds, as poll(2) takes it; select(2) on macOS refuses four years. */
    private static final long LONGEST_MS = Integer.MAX_VALUE;

    private Timeouts() {}

    /** Rounded up: a wait cut short by rounding would make the loop spin until the time comes. */
    static int milliseconds(long timeoutNs) {
        return (int) Math.min(roundedUp(timeoutNs, NS_PER_MS), LONGEST_MS);
    }

    /** Rounded up like {@link #milliseconds}. */
    static long microseconds(long timeoutNs) {
        return Math.min(roundedUp(timeoutNs, NS_PER_US), LONGEST_MS * (NS_PER_MS / NS_PER_US));
    }

    private static long roundedUp(long timeoutNs, long unitNs) {
        if (timeoutNs < 0) {
            return -1;
        }
        return timeoutNs / unitNs + (timeoutNs % unitNs == 0 ? 0 : 1);
    }
}

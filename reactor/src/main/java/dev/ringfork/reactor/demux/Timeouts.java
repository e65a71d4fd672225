// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

/** How long a poll may wait, in what the kernel counts in. */
final class Timeouts {
    private static final long NS_PER_MS = 1_000_000;

    private Timeouts() {}

    /** Rounded up: a wait cut short by rounding would make the loop spin until the time comes. */
    static int milliseconds(long timeoutNs) {
        if (timeoutNs < 0) {
            return -1;
        }
        long ms = timeoutNs / NS_PER_MS + (timeoutNs % NS_PER_MS == 0 ? 0 : 1);
        return (int) Math.min(ms, Integer.MAX_VALUE);
    }
}

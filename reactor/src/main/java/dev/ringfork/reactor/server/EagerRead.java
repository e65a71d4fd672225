// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/**
 * Whether to read from a connection as soon as it is accepted: it pays when the first bytes usually
 * come with the connection, and is one more call in vain when they do not. What happened lately
 * decides; now and then it is tried anyway, because clients change.
 *
 * <p>Confined to the loop's thread.
 */
final class EagerRead {
    /** The share of hits, out of this, as a moving average. */
    private static final int ALWAYS = 1024;

    /** What a hit saves is about twice what a miss costs. */
    private static final int WORTHWHILE = ALWAYS / 3;

    /** Each outcome counts for one part in two to this power. */
    private static final int MEMORY_SHIFT = 4;

    /** One connection in so many is tried while it does not pay. */
    private static final int PROBE_EVERY = 16;

    private int hits = ALWAYS;
    private int skipped;

    boolean worthwhile() {
        return hits >= WORTHWHILE || ++skipped % PROBE_EVERY == 0;
    }

    /** Says how a read at once went. */
    void outcome(boolean hit) {
        hits += ((hit ? ALWAYS : 0) - hits) >> MEMORY_SHIFT;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections a server may have open, over all its loops: not divided among them, because
 * a full loop would turn away whom another could serve.
 *
 * <p>Safe for use by many threads.
 */
final class ConnectionLimit {
    /** The part of the places that is left when it is better that others accept. */
    private static final int CROWDED = 8;

    private final int most;
    private final Runnable vacant;
    private final AtomicInteger taken = new AtomicInteger();

    /**
     * So many places.
     *
     * @param vacant is run each time when the last place is given back
     */
    ConnectionLimit(int most, Runnable vacant) {
        this.most = most;
        this.vacant = vacant;
    }

    /** Takes one place; false if none is left. */
    boolean take() {
        int before;
        do {
            before = taken.get();
            if (before >= most) {
                return false;
            }
        } while (!taken.compareAndSet(before, before + 1));
        return true;
    }

    /** Whether less than an eighth of the places is left. */
    boolean crowded() {
        return most - taken.get() < most / CROWDED;
    }

    /** Gives a place back. */
    void give() {
        if (taken.decrementAndGet() == 0) {
            vacant.run();
        }
    }
}

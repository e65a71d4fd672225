// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

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

    /** Who lets idle connections go before all places are taken; null if nobody does. */
    final @Nullable SoftLimit soft;

    /**
     * As many places as the settings say.
     *
     * @param vacant is run each time when the last place is given back
     */
    ConnectionLimit(ServerSettings settings, Runnable vacant) {
        this.most = settings.maxConnections();
        this.vacant = vacant;
        this.soft = settings.softConnections() == 0 ? null : new SoftLimit(this, settings);
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

    /** How many are taken. */
    int taken() {
        return taken.get();
    }

    /** Gives a place back. */
    void give() {
        if (taken.decrementAndGet() == 0) {
            vacant.run();
        }
    }
}

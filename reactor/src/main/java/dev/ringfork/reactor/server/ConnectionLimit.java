// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many connections a server may have open, over all its loops, and over the processes that it
 * shares its places with: not divided among them, because a full one would turn away whom another
 * could serve.
 *
 * <p>Safe for use by many threads.
 */
final class ConnectionLimit {
    /** The part of the places that is left when it is better that others accept. */
    private static final int CROWDED = 8;

    private final int most;
    private final Runnable vacant;
    private final @Nullable SharedPlaces shared;
    private final AtomicInteger taken = new AtomicInteger();

    /** Who lets idle connections go before all places are taken; null if nobody does. */
    final @Nullable SoftLimit soft;

    /**
     * As many places as the settings say.
     *
     * @param vacant is run each time when the last place is given back
     * @param shared counts those of other processes too; null if there are none
     */
    ConnectionLimit(ServerSettings settings, Runnable vacant, @Nullable SharedPlaces shared) {
        this.most = settings.maxConnections();
        this.shared = shared;
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
        if (shared == null || shared.take(most)) {
            return true;
        }
        giveOwn();
        return false;
    }

    /** Whether less than an eighth is left of the places, or of this process's share of them. */
    boolean crowded() {
        int share = shared == null ? most : Math.ceilDiv(most, shared.sharers());
        return share - taken.get() < share / CROWDED;
    }

    /**
     * How many connections there are beyond so many. If processes share the places, it is what is
     * this one's part of that, rounded up, so that all of them together do what is needed.
     */
    int beyond(int wanted) {
        int own = taken.get();
        if (shared == null) {
            return own - wanted;
        }
        // A connection of ours may have begun or ended between the two.
        long all = Math.max(own, shared.taken());
        return all <= wanted ? 0 : (int) Math.ceilDiv((all - wanted) * own, all);
    }

    /** Gives a place back. */
    void give() {
        if (shared != null) {
            shared.give();
        }
        giveOwn();
    }

    private void giveOwn() {
        if (taken.decrementAndGet() == 0) {
            vacant.run();
        }
    }
}

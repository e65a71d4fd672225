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
    private final int most;
    private final AtomicInteger taken = new AtomicInteger();

    ConnectionLimit(int most) {
        this.most = most;
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

    /** Gives a place back. */
    void give() {
        taken.getAndDecrement();
    }
}

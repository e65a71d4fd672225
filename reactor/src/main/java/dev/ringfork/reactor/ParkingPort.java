// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A port whose loop has a thread of its own, which is parked while there is nothing to do: a
 * virtual one then needs no carrier.
 */
public final class ParkingPort extends Port {
    private volatile @Nullable Thread parked;
    private volatile boolean woken;

    /** Opens one; it may be used on another thread afterwards. */
    public ParkingPort(SharedDemultiplexer shared) {
        super(shared);
    }

    @Override
    void await() {
        parked = Thread.currentThread();
        if (!woken) {
            LockSupport.park(this);
            // A thread that is interrupted is never parked: it would turn for ever.
            Thread.interrupted();
        }
        // Before looking for what it was woken for: from here on it may be woken for something new.
        woken = false;
    }

    @Override
    public void wakeup() {
        woken = true;
        LockSupport.unpark(parked);
    }
}

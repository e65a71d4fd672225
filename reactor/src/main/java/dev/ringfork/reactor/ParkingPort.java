// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A port whose loop has a thread of its own, which is parked while there is nothing to do: a
 * virtual one then needs no carrier.
 */
public final class ParkingPort extends Port {
    /** Polls in a row that do not wait; then others are due. */
    private static final int BUSY_MAX = 8;

    private volatile @Nullable Thread parked;
    private volatile boolean woken;
    private int busy;

    /** Opens one; it may be used on another thread afterwards. */
    public ParkingPort(SharedDemultiplexer shared) {
        super(shared);
    }

    @Override
    @SuppressWarnings(
            "ThreadPriorityCheck") // For virtual threads a yield is their scheduler's way.
    public int poll(long timeoutNs) {
        // Nobody takes a carrier away from a virtual thread that always has something to do.
        if (++busy > BUSY_MAX) {
            busy = 0;
            Thread.yield();
        }
        return super.poll(timeoutNs);
    }

    @Override
    void await() {
        busy = 0;
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

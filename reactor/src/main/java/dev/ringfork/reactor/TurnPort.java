// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

/**
 * A port whose loop is turned by whoever has time: its poll never waits, but notes that it would.
 */
public final class TurnPort extends Port {
    private final Runnable wakeup;
    private boolean idle;

    /**
     * Opens one.
     *
     * @param wakeup called by any thread when the loop has something to do: it is to be turned then
     */
    public TurnPort(SharedDemultiplexer shared, Runnable wakeup) {
        super(shared);
        this.wakeup = wakeup;
    }

    @Override
    public int poll(long timeoutNs) {
        idle = false;
        return super.poll(timeoutNs);
    }

    @Override
    void await() {
        idle = true;
    }

    /**
     * Whether the last turn has found nothing to do; the loop needs none until it is woken. Called
     * by who has turned it.
     */
    public boolean idle() {
        return idle;
    }

    @Override
    public void wakeup() {
        wakeup.run();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

/**
 * Something to be done at a time, once.
 *
 * <p>Confined to the loop's thread. Made once and set as often as wanted: setting allocates
 * nothing.
 */
public final class Timer {
    final Runnable action;
    long deadlineNs;

    /** Its place in the heap, or -1 while it is not set. */
    int place = -1;

    /** Makes a timer that is not set. */
    public Timer(Runnable action) {
        this.action = action;
    }

    /** Whether it is set. */
    public boolean scheduled() {
        return place >= 0;
    }

    /** When it is due, on the clock of {@link Reactor#nowNs}; meaningful while set. */
    public long deadlineNs() {
        return deadlineNs;
    }
}

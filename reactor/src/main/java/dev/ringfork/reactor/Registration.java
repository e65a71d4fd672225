// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.reactor.demux.Interest;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor in a reactor, with its interest and its handler.
 *
 * <p>Confined to the loop's thread. Made once and kept by its handler: adding and removing allocate
 * nothing. It never owns the descriptor.
 */
public final class Registration extends Slots.Entry {
    /**
     * No interest equals this: the demultiplexer reports nothing, not even a hang-up, until told.
     */
    static final int DISARMED = -1;

    final EventHandler handler;

    @Nullable Reactor reactor;
    int fd = -1;

    /** What the demultiplexer was last told, so that equal interests cost no call. */
    int armed;

    int interest;

    /** What is known to be ready and not yet exhausted; {@link Interest} bits. */
    int ready;

    /** Whether the reactor's list of registrations to run without an event holds this one. */
    boolean listed;

    /**
     * Whether it is out of the demultiplexer because a hang-up nobody reads would spin the loop.
     */
    boolean parked;

    /** Whether it runs before those that are not. */
    boolean urgent;

    /** Makes a registration that is in no reactor yet. */
    public Registration(EventHandler handler) {
        this.handler = handler;
    }

    /**
     * Has its events run before those of all others in a turn, where the reactor has something to
     * do in between: {@link Reactor#afterUrgent}. For good; before it is added.
     */
    public void urgent() {
        urgent = true;
    }

    /** Whether it is in a reactor. */
    public boolean registered() {
        return reactor != null;
    }

    /** The descriptor, or -1 when not registered. */
    public int fd() {
        return fd;
    }

    /** What is asked for: {@link Interest} bits. */
    public int interest() {
        return interest;
    }

    /**
     * Says that a call would have blocked: do not run the handler for this until the next event.
     */
    public void exhausted(int bits) {
        ready &= ~bits;
    }

    /** Whether the peer is known to have closed its direction. */
    public boolean readClosed() {
        return (ready & Interest.READ_CLOSED) != 0;
    }

    /**
     * Changes the interest. While the handler runs this costs nothing; what is left of it when the
     * handler returns is told to the demultiplexer, once. Not for one that was added with {@link
     * Interest#EXCLUSIVE}: remove it and add it again.
     *
     * @throws IllegalStateException if the kernel refuses, which it does for lack of memory only
     */
    public void interest(int bits) {
        interest = bits;
        if (reactor != null) {
            reactor.interestChanged(this);
        }
    }

    /** Runs the handler at the next turn as if this had been reported. */
    public void again(int bits) {
        ready |= bits;
        if (reactor != null) {
            reactor.list(this);
        }
    }

    /**
     * Takes it out of its reactor when its only holder closes the descriptor next: no call where
     * the kernel forgets a closed descriptor by itself. Does nothing a second time.
     */
    public void forget() {
        if (reactor != null) {
            reactor.forget(this);
        }
    }

    /** Takes it out of its reactor; before the descriptor is closed. Does nothing a second time. */
    public void remove() {
        if (reactor != null) {
            reactor.remove(this);
        }
    }
}

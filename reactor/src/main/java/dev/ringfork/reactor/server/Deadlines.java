// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Timer;

/**
 * The times at which a connection wants to be looked at, kept by one timer.
 *
 * <p>A deadline that moves later, as those of a busy connection do all the time, is only written
 * down: the timer fires at the earlier time, finds nothing due and is set again. So the heap of
 * timers is not touched by requests.
 *
 * <p>Confined to the loop's thread.
 */
final class Deadlines {
    /** No deadline. */
    static final long NONE = Long.MAX_VALUE;

    /** What is due. */
    enum Due {
        NOTHING,
        SESSION,
        WRITE,
        LINGER
    }

    private final Reactor reactor;
    private final Timer timer;
    private long sessionNs = NONE;
    private long writeNs = NONE;
    private long lingerEndNs = NONE;
    private long lingerIdleNs = NONE;

    Deadlines(Reactor reactor, Runnable timeUp) {
        this.reactor = reactor;
        this.timer = new Timer(timeUp);
    }

    /** Sets or clears the session's own deadline. */
    void sessionNs(long deadlineNs) {
        sessionNs = deadlineNs;
        arm();
    }

    /**
     * Notes how sending went: a peer that takes something, however little, gets the full time
     * again.
     */
    void write(boolean allSent, boolean progress, long deadlineNs) {
        if (allSent) {
            writeNs = NONE;
        } else if (progress || writeNs == NONE) {
            writeNs = deadlineNs;
            arm();
        }
    }

    /** Begins the time of lingering. */
    void linger(long nowNs, long totalNs, long idleNs) {
        lingerEndNs = nowNs + totalNs;
        lingerOn(nowNs, idleNs);
    }

    /** The peer sent something while lingering. */
    void lingerOn(long nowNs, long idleNs) {
        lingerIdleNs = nowNs + idleNs;
        arm();
    }

    /** Makes sure that the timer fires no later than the earliest deadline. */
    private void arm() {
        long earliest = earliest();
        if (earliest != NONE && (!timer.scheduled() || earliest < timer.deadlineNs())) {
            reactor.schedule(timer, earliest);
        }
    }

    private long earliest() {
        return Math.min(Math.min(sessionNs, writeNs), Math.min(lingerEndNs, lingerIdleNs));
    }

    /** What is due now, one thing at a time; it is cleared, and the timer set for what is next. */
    Due due(long nowNs) {
        Due due = Due.NOTHING;
        if (Math.min(lingerEndNs, lingerIdleNs) <= nowNs) {
            due = Due.LINGER;
        } else if (writeNs <= nowNs) {
            due = Due.WRITE;
        } else if (sessionNs <= nowNs) {
            sessionNs = NONE;
            due = Due.SESSION;
        }
        arm();
        return due;
    }

    /** Forgets everything. */
    void cancel() {
        reactor.cancel(timer);
    }
}

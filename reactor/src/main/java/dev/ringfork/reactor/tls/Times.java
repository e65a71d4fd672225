// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.reactor.protocol.Connection;

/**
 * The times at which a connection wants to be looked at, kept by the one that it has: the end of
 * the handshake, what the session inside asked for, and the next turn of the loop.
 *
 * <p>Confined to the loop's thread.
 */
final class Times {
    private static final long NONE = Long.MAX_VALUE;

    /** How soon to look again when nobody would tell that a queue has fallen. */
    private static final long LOOK_AGAIN_NS = 5_000_000L;

    /** What is due. */
    enum Due {
        NOTHING,
        HANDSHAKE,
        AGAIN,
        SESSION
    }

    private final Connection connection;
    private long handshakeNs = NONE;
    private long againNs = NONE;
    private long sessionNs = NONE;
    private long armedNs = NONE;
    private boolean looked;

    Times(Connection connection) {
        this.connection = connection;
    }

    /** Bounds the handshake; a later call can only bring its end nearer. */
    void handshakeIn(long delayNs) {
        handshakeNs = Math.min(handshakeNs, connection.nowNs() + delayNs);
        arm();
    }

    /** The handshake is done. */
    void handshakeDone() {
        handshakeNs = NONE;
        arm();
    }

    /** Sets the session's own time, or clears it with 0. */
    void sessionIn(long delayNs) {
        sessionNs = delayNs == 0 ? NONE : connection.nowNs() + delayNs;
        arm();
    }

    /** Asks for {@link Due#AGAIN}: after 0 at the next turn of the loop. */
    void againIn(long delayNs) {
        againNs = Math.min(againNs, connection.nowNs() + Math.max(1, delayNs));
        arm();
    }

    /**
     * Asks for {@link Due#AGAIN} as long as it is wanted: at the next turn first, since mostly all
     * is sent by then.
     */
    void look(boolean wanted) {
        if (wanted) {
            againIn(looked ? LOOK_AGAIN_NS : 0);
        }
        looked = wanted;
    }

    /** What is due now, one thing at a time; it is cleared. */
    Due due() {
        long nowNs = connection.nowNs();
        if (handshakeNs <= nowNs) {
            handshakeNs = NONE;
            return Due.HANDSHAKE;
        }
        if (againNs <= nowNs) {
            againNs = NONE;
            return Due.AGAIN;
        }
        if (sessionNs <= nowNs) {
            sessionNs = NONE;
            return Due.SESSION;
        }
        return Due.NOTHING;
    }

    /** The connection's time was up: it is set for what is next. */
    void expired() {
        armedNs = NONE;
        arm();
    }

    private void arm() {
        long earliest = Math.min(Math.min(handshakeNs, againNs), sessionNs);
        if (earliest != armedNs) {
            armedNs = earliest;
            connection.expireAfter(
                    earliest == NONE ? 0 : Math.max(1, earliest - connection.nowNs()));
        }
    }
}

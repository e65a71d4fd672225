// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

/**
 * A protocol's state for one connection, without I/O.
 *
 * <p>Called on the connection's loop thread only, one call at a time, never after {@link #closed}.
 * No method may block. An exception ends this connection and no other.
 */
@FunctionalInterface
public interface Session {

    /**
     * The connection that {@link Connection#connect} has begun is there. Those that were accepted
     * are there from the start, and are not told.
     */
    default void connected(Connection connection) {}

    /**
     * Bytes arrived, or bytes left over are offered again after {@link Connection#resume}.
     *
     * <p>What is not consumed stays, and comes back in front of the bytes that follow. A session
     * that leaves a full buffer untouched ends its connection: nothing could ever be added.
     *
     * <p>Of packets each call brings one, whole, and what is not consumed is dropped. Only one of
     * which nothing was consumed comes back, alone, if the connection is paused or congested when
     * this returns.
     *
     * @param in leased for the time of the call
     */
    void received(Buffer in);

    /**
     * The peer has closed its direction: nothing more will be received, but it may still read.
     *
     * <p>Closes the connection once all that was written is sent, unless overridden.
     */
    default void endOfInput(Connection connection) {
        connection.close();
    }

    /**
     * The write queue has fallen to its low-water mark after {@link Connection#congested} was true.
     */
    default void writable(Connection connection) {}

    /**
     * The time given to {@link Connection#expireAfter} is over.
     *
     * <p>Closes the connection unless overridden.
     */
    default void expired(Connection connection) {
        connection.close();
    }

    /**
     * The server drains: finish what has begun, then close. Idle sessions close now.
     *
     * <p>Also when no byte of this connection has moved for some time and the server has more
     * connections than it wants: it knows of bytes only, so that a session that works on an answer
     * is told too, and sends it before it closes. Once at most.
     *
     * <p>Closes the connection once all that was written is sent, unless overridden.
     */
    default void draining(Connection connection) {
        connection.close();
    }

    /**
     * The connection is gone. The last call.
     *
     * @param errno why, as a positive errno, or 0 for an orderly end
     */
    default void closed(Connection connection, int errno) {}
}

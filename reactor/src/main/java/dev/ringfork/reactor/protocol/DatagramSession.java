// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

/**
 * A protocol's state for one datagram socket and all its peers, without I/O.
 *
 * <p>Called on the loop's thread only, one call at a time, never after {@link #closed}. No method
 * may block. An exception costs the datagram that it was thrown for, and is reported.
 */
@FunctionalInterface
public interface DatagramSession {

    /**
     * A datagram has come, whole.
     *
     * @param datagram leased for the time of the call; what is not consumed is forgotten
     * @param from valid during the call
     */
    void received(Buffer datagram, Peer from);

    /**
     * A datagram has come that was longer than {@link DatagramEndpoint#bufferBytes}: the rest is
     * lost. Does nothing unless overridden; the loop reports it.
     *
     * @param beginning leased for the time of the call
     * @param from valid during the call
     */
    default void truncated(Buffer beginning, Peer from) {}

    /** The queue has become short after {@link DatagramEndpoint#congested} was true. */
    default void writable(DatagramEndpoint endpoint) {}

    /**
     * The server drains, and what had come by then was received.
     *
     * <p>Closes the socket once all that is queued is sent, unless overridden.
     */
    default void draining(DatagramEndpoint endpoint) {
        endpoint.close();
    }

    /**
     * The socket is closed. The last call.
     *
     * @param errno why, as a positive errno, or 0 for an orderly end
     */
    default void closed(DatagramEndpoint endpoint, int errno) {}
}

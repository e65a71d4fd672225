// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

import dev.ringfork.bindings.Address;
import java.lang.foreign.MemorySegment;

/**
 * A datagram socket as its session sees it.
 *
 * <p>Confined to the loop thread that calls the session, except {@link #execute}, which any thread
 * may call. After it is closed every method does nothing.
 *
 * <p>Datagrams are queued, and sent together when those that came together were received. Reading
 * stops while the queue is long: what the kernel cannot keep meanwhile is lost, as datagrams may
 * be.
 */
public interface DatagramEndpoint {

    /**
     * Queues a copy of bytes as one datagram. One that the kernel refuses later (nobody there, too
     * long for the way, forbidden) is lost and reported; the socket goes on.
     *
     * @param to copied too
     * @param length at most {@link #bufferBytes}
     * @return false if it was not queued: the queue is full, no buffer is left, it is too long, or
     *     the socket is closing
     */
    boolean send(Peer to, MemorySegment source, long offset, long length);

    /** Queues a copy of an array; see {@link #send(Peer, MemorySegment, long, long)}. */
    default boolean send(Peer to, byte[] source) {
        return send(to, MemorySegment.ofArray(source), 0, source.length);
    }

    /** Queues a copy of all readable bytes. */
    default boolean send(Peer to, Buffer source) {
        return send(to, source.segment(), source.start(), source.length());
    }

    /** How many datagrams wait to be sent. */
    int queued();

    /** Whether the queue is long and has not become short again. */
    boolean congested();

    /** The most bytes of a datagram. */
    int bufferBytes();

    /** Closes once all that is queued is sent. */
    void close();

    /** Whether {@link #close} was called or the socket has failed. */
    boolean closing();

    /**
     * Runs a task on the loop's thread, soon. Any thread may call this.
     *
     * @return false if the loop has ended or its bounded queue is full
     */
    boolean execute(Runnable task);

    /**
     * The loop's monotonic clock in nanoseconds, read once a turn; only differences mean anything.
     */
    long nowNs();

    /** The address it is bound to. */
    Address localAddress();

    /** The descriptor, for socket options; it stays the endpoint's. */
    int fd();
}

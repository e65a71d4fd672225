// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

import dev.ringfork.bindings.Address;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream as its session sees it: one that was accepted, or one that {@link #connect} has opened.
 *
 * <p>Confined to the loop thread that calls the session, except {@link #execute}, which any thread
 * may call. After the connection is closed every method does nothing.
 *
 * <p>A server may listen for packets, unix(7)'s {@code SOCK_SEQPACKET}, and then a connection keeps
 * them apart. Each call of {@code write} is one packet, and what is written into one {@link
 * #output} is one: none is joined with another or split. A packet is at most {@link #bufferBytes}
 * long. Writing a longer one is an {@link IllegalArgumentException}; receiving one closes the
 * connection with {@code EMSGSIZE}, and so does one for which the socket's buffer is too small. An
 * empty write sends nothing. An empty packet counts as the peer's end: recv(2) returns 0 for both.
 * Parts of files are refused. Those that {@link #connect} opens are streams.
 *
 * <p>Writes are queued, and sent when the session's call returns: many small writes become one
 * system call. Reading stops by itself while more than the high-water mark is queued and starts
 * again at the low-water mark, so a peer that does not read costs a bounded amount of memory.
 */
public interface Connection {

    /**
     * Queues a copy of bytes.
     *
     * @return false if nothing was queued, because the queue's bound would be exceeded or the
     *     connection is closing
     * @throws IllegalArgumentException if this is a packet of more than {@link #bufferBytes}
     */
    boolean write(MemorySegment source, long offset, long length);

    /** Queues a copy of an array; see {@link #write(MemorySegment, long, long)}. */
    default boolean write(byte[] source) {
        return write(MemorySegment.ofArray(source), 0, source.length);
    }

    /** Queues a copy of the remaining bytes and advances the position past them. */
    default boolean write(ByteBuffer source) {
        boolean accepted = write(MemorySegment.ofBuffer(source), 0, source.remaining());
        if (accepted) {
            source.position(source.limit());
        }
        return accepted;
    }

    /**
     * Queues a copy of all readable bytes and consumes them; consumes nothing if it returns false.
     */
    default boolean write(Buffer source) {
        boolean accepted = write(source.segment(), source.start(), source.length());
        if (accepted) {
            source.consume(source.length());
        }
        return accepted;
    }

    /**
     * The tail of the write queue, to write into directly.
     *
     * <p>Write behind {@link Buffer#end} and then {@link Buffer#produced}. Valid until the next
     * call of any method of this connection.
     *
     * @param room how many bytes must fit, at most {@link #bufferBytes}
     * @return null if the queue's bound would be exceeded or the connection is closing
     */
    @Nullable Buffer output(int room);

    /**
     * Queues a part of a file, sent by sendfile(2) after all that was queued before. As long as one
     * waits the connection is {@link #congested}; at most 16 may wait.
     *
     * @param fd taken over: closed when sent or when the connection ends, also if this returns
     *     false
     * @return false if nothing was queued: the connection is closing or carries packets, or too
     *     many wait
     */
    boolean writeFile(int fd, long offset, long length);

    /** How many bytes wait to be sent. */
    long queuedBytes();

    /**
     * Whether the queue has passed its high-water mark and not yet fallen to the low-water mark.
     */
    boolean congested();

    /** The size of every {@link Buffer}. */
    int bufferBytes();

    /**
     * Stops the delivery of input until {@link #resume}; the kernel's buffer then slows the peer.
     */
    void pause();

    /** Delivers input again, bytes left over first, at the next turn of the loop. */
    void resume();

    /**
     * Calls {@link Session#expired} once, after this time without another call of this method.
     *
     * @param delayNs nanoseconds; 0 cancels
     */
    void expireAfter(long delayNs);

    /** Closes the sending direction once all that is queued is sent; input still arrives. */
    void shutdownOutput();

    /**
     * Closes once all that is queued is sent, whatever the peer is doing.
     *
     * <p>Unless the peer has closed its direction, what it still sends is discarded for a bounded
     * time before the descriptor is closed: otherwise a reset could destroy the bytes it has not
     * read yet.
     */
    void close();

    /**
     * Closes once all that is queued is sent, for a peer that has sent all it wants to: a request
     * was read to its end, say. Cheaper than {@link #close}, which it becomes when input is left
     * unread.
     */
    void finish();

    /** Closes at once; what is queued is lost. */
    void abort();

    /** Whether {@link #close} or {@link #abort} was called or the connection has failed. */
    boolean closing();

    /**
     * Opens a connection to a server, on the same loop and with a session of its own.
     *
     * <p>The session is opened before this returns and may write at once: what it writes is sent
     * when the connection is there, which {@link Session#connected} tells. If it does not come to
     * that, {@link Session#closed} is told why, at a later turn of the loop: {@code ECONNREFUSED},
     * {@code ENETUNREACH}, {@code ETIMEDOUT} after the time, {@code EMFILE} if no descriptor is
     * left; a Unix socket whose queue is full gives {@code EAGAIN}. {@link #abort} gives it up.
     *
     * <p>Under every architecture the two sessions are called one at a time, so each may use the
     * other's connection.
     *
     * <p>It does not count as one of the connections that a server may have open; whoever opens
     * them bounds them. A drain waits for it, and tells it, as it does with those that were
     * accepted; what is opened during a drain is not told.
     *
     * @param timeout how long it may take, more than zero
     * @return false if nothing was opened, because this connection is closed or its loop ends
     * @throws IllegalArgumentException if there is no time, or the address cannot be encoded
     */
    boolean connect(Address address, Duration timeout, Protocol protocol);

    /**
     * Runs a task on the loop's thread, soon. Any thread may call this; the task runs in any case,
     * also when the connection has gone by then, unless the loop has ended.
     *
     * @return false if the loop has ended or its bounded queue is full
     */
    boolean execute(Runnable task);

    /**
     * The loop's monotonic clock in nanoseconds, read once a turn; only differences mean anything.
     */
    long nowNs();

    /** The peer's address, asked of the kernel at the first call; unnamed if the peer has gone. */
    Address remoteAddress();

    /** The socket's own address, asked of the kernel at the first call. */
    Address localAddress();

    /** The descriptor, for socket options; it stays the connection's. */
    int fd();
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.protocol.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * How a connection receives, and what its session has left unconsumed: of a stream it comes back in
 * front of the bytes that follow.
 *
 * <p>Confined to the loop's thread. Owns the buffer that it holds.
 */
class Input {
    final Loop loop;
    private @Nullable Buffer buffer;
    // Where what is left of the buffer is copied to, if that is only lent.
    private @Nullable Buffer copy;

    Input(Loop loop) {
        this.loop = loop;
    }

    final boolean isEmpty() {
        return buffer == null;
    }

    /** The buffer that holds it, or null. */
    final @Nullable Buffer buffer() {
        return buffer;
    }

    /** A buffer to read into, behind what is left; null if none can be had now. */
    final @Nullable Buffer room() {
        Buffer left = buffer;
        if (left == null) {
            return loop.leaseForReading();
        }
        if (left.room() == 0) {
            left.compact();
        }
        return left;
    }

    /**
     * Receives behind what is in a buffer, and leaves it to the caller to say so to the buffer.
     *
     * @return how many bytes, 0 at the peer's end, or {@code -errno}
     */
    long receive(int fd, Buffer in) {
        return loop.sockets.recv(fd, in.address() + in.end(), in.room(), 0);
    }

    /** Whether more may be there, after a receive that brought so many bytes for this room. */
    boolean more(long count, int room) {
        return count == room;
    }

    /** Whether what a session has left in a buffer is offered to it again. */
    boolean keeps(Buffer in) {
        return in.length() > 0;
    }

    /**
     * What is to become of what a session has left, that nothing keeps from taking it.
     *
     * @return whether nothing could ever be added to it, so that the connection has to end
     */
    boolean stuck(Buffer in) {
        return in.length() == in.capacity();
    }

    /** Takes over a buffer that the session was given or is given next. */
    final void hold(Buffer in) {
        buffer = in;
    }

    /**
     * Holds a buffer that stays another's for one call of the session. Who takes it gets a copy.
     *
     * @param room an empty buffer, as large, which this takes over
     */
    final void borrow(Buffer lent, Buffer room) {
        buffer = lent;
        copy = room;
    }

    /** Lets go of what was lent and gives the room back; null if that holds the copy already. */
    final @Nullable Buffer returnLent() {
        Buffer room = copy;
        if (room != null) {
            buffer = null;
            copy = null;
        }
        return room;
    }

    /** Gives away the buffer, which is the caller's then; null if there is none. */
    final @Nullable Buffer take() {
        Buffer taken = buffer;
        Buffer room = returnLent();
        buffer = null;
        if (taken == null || room == null) {
            return taken;
        }
        taken.moveTo(room);
        return room;
    }

    /** Gives the buffer back, if there is one. */
    final void release() {
        Buffer owned = copy == null ? buffer : copy;
        if (owned != null) {
            loop.pool.release(owned);
        }
        buffer = null;
        copy = null;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.MessageBatch;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Peer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent on one datagram socket, in order. The slots are those of a batch, so that
 * neighbours are sent by one call; small datagrams share a buffer.
 *
 * <p>Confined to the loop's thread. Owns what is in it until it is sent or {@link #close} is
 * called.
 */
final class DatagramQueue implements AutoCloseable {
    /** Several times what one turn receives; a power of two. */
    private static final int SLOTS = 256;

    /** Reading stops above it: what one batch answers must still fit. */
    private static final int HIGH = SLOTS * 3 / 4;

    /** Reading goes on below it. */
    private static final int LOW = SLOTS / 4;

    private final Loop loop;
    private final Arena arena = Arena.ofShared();
    private final MessageBatch batch =
            new MessageBatch(arena.allocate(MessageBatch.bytes(SLOTS), Long.BYTES), SLOTS);
    // The buffer that is free when a slot is sent, because the slot was its last one.
    private final @Nullable Buffer[] freed = new @Nullable Buffer[SLOTS];
    private @Nullable Buffer tail;
    private int head;
    private int count;
    private boolean blocked;

    DatagramQueue(Loop loop) {
        this.loop = loop;
    }

    int count() {
        return count;
    }

    /** Whether the last send found the socket full. */
    boolean blocked() {
        return blocked;
    }

    boolean high() {
        return count > HIGH;
    }

    boolean low() {
        return count <= LOW;
    }

    /** Copies a datagram in, unless there is no room for it: then returns false. */
    boolean add(Peer to, MemorySegment source, long offset, long length) {
        if (count == SLOTS || length > loop.pool.slotBytes()) {
            return false;
        }
        Buffer room = room(length);
        if (room == null) {
            return false;
        }
        int slot = (head + count) & (SLOTS - 1);
        MemorySegment.copy(source, offset, room.segment(), room.end(), length);
        batch.datagram(slot, room.address() + room.end(), length);
        room.produced((int) length);
        MemorySegment.copy(to.memory(), 0, batch.peer(slot), 0, to.length());
        batch.peerLength(slot, to.length());
        count++;
        return true;
    }

    private @Nullable Buffer room(long length) {
        Buffer last = tail;
        if (last != null && last.room() >= length) {
            return last;
        }
        Buffer fresh = loop.pool.lease();
        if (fresh != null) {
            if (last != null) {
                // Not empty: a tail is cleared when the last datagram has gone.
                freed[(head + count - 1) & (SLOTS - 1)] = last;
            }
            tail = fresh;
        }
        return fresh;
    }

    /**
     * Sends once: as many of the first ones as lie together.
     *
     * @return how many have gone, or {@code -errno}; {@link #blocked} is then true for {@code
     *     -EAGAIN}
     */
    int send(int fd) {
        int together = Math.min(count, SLOTS - head);
        int sent = batch.send(loop.sockets, fd, head, together, MSG_NOSIGNAL);
        blocked = sent == -Errno.EAGAIN;
        for (int i = 0; i < sent; i++) {
            loop.counters.bytesOut.add(batch.length(head));
            removeFirst();
        }
        return sent;
    }

    /** Removes the first datagram. */
    void removeFirst() {
        Buffer free = freed[head];
        if (free != null) {
            loop.pool.release(free);
            freed[head] = null;
        }
        head = (head + 1) & (SLOTS - 1);
        count--;
        if (count == 0 && tail != null) {
            tail.clear();
        }
    }

    /** Gives everything back unsent. */
    @Override
    public void close() {
        while (count > 0) {
            removeFirst();
        }
        if (tail != null) {
            loop.pool.release(tail);
            tail = null;
        }
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_BUF_MORE;
import static dev.ringfork.bindings.abi.IoUringConstants.IOU_PBUF_RING_INC;

import dev.ringfork.reactor.proactor.Operation;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.uring.BufferRing;
import dev.ringfork.reactor.uring.UringProactor;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of a loop share that waits with a ring: the ring, and the buffers that the
 * kernel picks from.
 *
 * <p>Confined to the loop's thread.
 */
final class RingLoop {
    private static final int GROUP = 0;

    final UringProactor proactor;
    final RingUse use;
    private final Loop loop;
    private final BufferRing provided;

    /** How buffers are used that are filled piece by piece, or null where each is filled once. */
    final @Nullable Pieces pieces;

    private final @Nullable Buffer[] byId;
    private final @Nullable Buffer[] taken;
    private final int[] freeIds;
    private final long zeroCopyBytes;
    private int free;

    RingLoop(Loop loop, UringProactor proactor) {
        this.loop = loop;
        this.proactor = proactor;
        this.use = loop.settings.ringUse();
        int threshold = use.zeroCopyBytes();
        this.zeroCopyBytes = threshold == 0 ? Long.MAX_VALUE : threshold;
        // The kernel keeps what it is given: the other half is for what waits to be sent.
        int half = Integer.highestOneBit(Math.max(1, loop.pool.slotsMax() / 2));
        int buffers = Math.min(half, use.buffers());
        boolean incremental = use.incremental() == RingUse.Incremental.ON;
        int flags = incremental ? IOU_PBUF_RING_INC : 0;
        this.provided = BufferRing.register(proactor.ring(), GROUP, buffers, flags);
        this.pieces = incremental ? new Pieces(loop, buffers) : null;
        this.byId = new @Nullable Buffer[buffers];
        this.taken = new @Nullable Buffer[buffers];
        this.freeIds = new int[buffers];
        for (int id = buffers - 1; id >= 0; id--) {
            freeIds[free++] = id;
        }
    }

    int group() {
        return GROUP;
    }

    // ---- buffers to receive into

    /**
     * The buffers that a completion names, filled, which are the caller's: one, or several of a
     * bundle. They are to be fetched by {@link #taken(int)} before anything else is received.
     *
     * @return how many
     */
    int take(int flags, int length) {
        int id = BufferRing.id(flags);
        int count = 0;
        int left = length;
        do {
            Buffer buffer = filled(id);
            byId[id] = null;
            freeIds[free++] = id;
            int piece = Math.min(left, buffer.capacity());
            buffer.produced(piece);
            left -= piece;
            taken[count++] = buffer;
            id = left > 0 ? provided.after(id) : id;
        } while (left > 0);
        return count;
    }

    private Buffer filled(int id) {
        Buffer buffer = byId[id];
        if (buffer == null) {
            throw new IllegalStateException(
                    "the kernel filled buffer %d, which it had not".formatted(id));
        }
        return buffer;
    }

    /** One of the buffers that {@link #take} has taken. */
    Buffer taken(int index) {
        Buffer buffer = taken[index];
        if (buffer == null) {
            throw new IllegalStateException("no buffer was taken");
        }
        taken[index] = null;
        return buffer;
    }

    /**
     * The piece of a buffer that a completion names. It is to be read before anything else is
     * received, and {@link #endPiece} called then; the buffer stays the ring's.
     */
    Buffer beginPiece(Pieces of, int flags, int length) {
        int id = BufferRing.id(flags);
        Buffer buffer = filled(id);
        of.begin(id, buffer, length, (flags & IORING_CQE_F_BUF_MORE) == 0);
        return buffer;
    }

    /** The piece was read, or what was left of it is kept elsewhere. */
    void endPiece(Pieces of, int flags) {
        if (of.end()) {
            freeIds[free++] = BufferRing.id(flags);
        }
    }

    /** Takes a buffer back that something had arrived in. */
    void release(Buffer buffer) {
        if (pieces == null || !pieces.lent(buffer)) {
            loop.pool.release(buffer);
        } else if (!pieces.isCurrent(buffer)) {
            int id = pieces.letGo(buffer);
            if (id >= 0) {
                freeIds[free++] = id;
            }
        }
    }

    /**
     * Gives the kernel buffers in the place of those that it has filled.
     *
     * @return how many it has
     */
    int refill() {
        if (proactor.ring().overflown()) {
            loop.counters.overflows.increment();
        }
        while (free > 0) {
            int id = freeIds[free - 1];
            Buffer buffer = byId[id];
            if (buffer == null) {
                buffer = loop.leaseForReading();
            }
            if (buffer == null) {
                break;
            }
            free--;
            byId[id] = buffer;
            provided.add(id, buffer.address(), buffer.capacity());
        }
        provided.publish();
        if (pieces == null) {
            return byId.length - free;
        }
        pieces.feed();
        return byId.length - free - pieces.held();
    }

    /** Whether a connection waits for a buffer that another loop may give back. */
    boolean hungry() {
        return pieces != null && pieces.hungry();
    }

    // ---- sending

    /**
     * Begins to send the buffers at the head of a queue. They stay there until the operation has
     * completed for the last time: without a copy the first completion only tells how much has
     * gone.
     *
     * @return false if they are empty
     */
    boolean send(Operation operation, int fd, WriteQueue queue) {
        int buffers = queue.gather();
        int flags = queue.flags(buffers);
        if (queue.gathered() == 0) {
            return false;
        }
        boolean copies = queue.gathered() < zeroCopyBytes;
        if (buffers == 1) {
            Buffer only = queue.first();
            long address = only.address() + only.start();
            if (copies) {
                proactor.send(operation, fd, address, only.length(), flags);
            } else {
                proactor.sendZc(operation, fd, address, only.length(), flags);
            }
        } else if (copies) {
            proactor.sendv(operation, fd, loop.iov.address(), buffers, flags);
        } else {
            proactor.sendvZc(operation, fd, loop.iov.address(), buffers, flags);
        }
        return true;
    }

    /**
     * Gives the buffers back, when the proactor has ended.
     *
     * @return whether all of them are free: the kernel may still write to what is in flight on a
     *     ring that has failed
     */
    boolean close() {
        provided.close();
        if (proactor.inFlight() > 0) {
            return false;
        }
        for (Buffer buffer : byId) {
            if (buffer != null) {
                loop.pool.release(buffer);
            }
        }
        return true;
    }
}

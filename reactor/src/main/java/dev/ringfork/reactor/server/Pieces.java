// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.uring.BufferRing;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the pieces that the kernel fills buffers with, one after the other, while the
 * buffers stay its own.
 *
 * <p>A piece is read where it lies, for the time of one call. What has to stay longer is copied
 * into a buffer of the connection's. If there is none to be had, a piece stays where it is, and its
 * buffer goes back to the kernel only when that is over: so a connection whose bytes have come
 * loses none, and the kernel runs out of buffers as it does where they are filled whole.
 *
 * <p>Confined to the loop's thread.
 */
final class Pieces {
    private final Loop loop;
    // By number: where the next piece begins, and how many stay where they are.
    private final int[] ends;
    private final int[] staying;
    private final boolean[] usedUp;
    private final IdentityHashMap<Buffer, Integer> stayed = new IdentityHashMap<>();
    private final ArrayDeque<StreamConnection> hungry = new ArrayDeque<>();
    // The piece that is being read, the number of its buffer, and which bytes do not stay.
    private @Nullable Buffer current;
    private int currentId;
    private int from;
    private int to;
    private int held;

    /** For so many buffers. */
    Pieces(Loop loop, int buffers) {
        this.loop = loop;
        this.ends = new int[buffers];
        this.staying = new int[buffers];
        this.usedUp = new boolean[buffers];
    }

    // ---- the piece that has come

    /**
     * Makes a buffer show the next piece of itself, until {@link #end}.
     *
     * @param last whether the kernel has done with the buffer
     */
    void begin(int id, Buffer buffer, int length, boolean last) {
        from = ends[id];
        to = from + length;
        ends[id] = to;
        usedUp[id] = last;
        buffer.clear();
        buffer.produced(to);
        buffer.consume(from);
        current = buffer;
        currentId = id;
    }

    /**
     * Nobody reads the piece any more, unless it stays.
     *
     * @return whether its buffer may go back to the kernel
     */
    boolean end() {
        Buffer piece = current;
        if (piece == null) {
            throw new IllegalStateException("no piece has begun");
        }
        current = null;
        BufferRing.poison(piece.address() + from, to - from);
        boolean over = usedUp[currentId];
        if (over && staying[currentId] > 0) {
            held++;
            return false;
        }
        if (over) {
            renew(currentId);
        }
        return over;
    }

    /** The buffer is empty again. */
    private void renew(int id) {
        ends[id] = 0;
        usedUp[id] = false;
    }

    /** How many used-up buffers the kernel does not get back yet. */
    int held() {
        return held;
    }

    // ---- what stays

    /** Whether a buffer is memory that is the kernel's, or a part of such. */
    boolean lent(Buffer buffer) {
        return buffer == current || stayed.containsKey(buffer);
    }

    /** Whether it is the piece that is being read. */
    boolean isCurrent(Buffer buffer) {
        return buffer == current;
    }

    /** What is left of the piece, in a buffer that can be kept. */
    Buffer keep(Buffer piece) {
        Buffer copy = leaseRoom();
        if (copy != null) {
            piece.moveTo(copy);
            return copy;
        }
        Buffer same = new Buffer(piece.segment().asSlice(piece.start(), piece.length()));
        same.produced(piece.length());
        to = piece.start();
        piece.consume(piece.length());
        stayed.put(same, currentId);
        staying[currentId]++;
        return same;
    }

    /**
     * Lets go of a piece that has stayed.
     *
     * @return the number of its buffer if that may go back to the kernel now, or -1
     */
    int letGo(Buffer piece) {
        BufferRing.poison(piece.address(), piece.capacity());
        Integer id = stayed.remove(piece);
        boolean read = current != null && id != null && id == currentId;
        if (id == null || --staying[id] > 0 || !usedUp[id] || read) {
            return -1;
        }
        held--;
        renew(id);
        return id;
    }

    // ---- room to copy to

    /** A buffer for what is left of a piece, or null: then one is left for what is written. */
    @Nullable Buffer leaseRoom() {
        return loop.pool.available() > 1 ? loop.leaseForReading() : null;
    }

    /** The connection has a piece, and there is no room for what its session might leave. */
    void hunger(StreamConnection connection) {
        loop.counters.starved.increment();
        hungry.add(connection);
    }

    /** Whether somebody waits for room. */
    boolean hungry() {
        return !hungry.isEmpty();
    }

    /** Lets those try again that wait, if there is room now. */
    void feed() {
        if (hungry.isEmpty()) {
            return;
        }
        Buffer found = leaseRoom();
        if (found != null) {
            loop.pool.release(found);
            while (!hungry.isEmpty()) {
                hungry.remove().fed();
            }
        }
    }
}

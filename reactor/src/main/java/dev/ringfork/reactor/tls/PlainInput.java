// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Session;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Plaintext that was received and not yet taken: what the session has left unconsumed, and behind
 * it the rest of a record that was decrypted when the session wanted no more.
 *
 * <p>Confined to the loop's thread. Owns its buffers until {@link #clear}.
 */
final class PlainInput {
    private final TlsMemory memory;
    private @Nullable Buffer left;
    private @Nullable Buffer rest;
    private boolean again;
    private boolean lent;

    PlainInput(TlsMemory memory) {
        this.memory = memory;
    }

    /** What the session has left, or a new buffer, or null if there is none. */
    @Nullable Buffer buffer() {
        return left == null ? memory.leaseForInput() : left;
    }

    /** Copies as much as there is room for; returns how much. */
    static int fill(Buffer buffer, MemorySegment source, int from, int to) {
        if (buffer.room() < to - from) {
            buffer.compact();
        }
        int piece = Math.min(buffer.room(), to - from);
        MemorySegment.copy(source, from, buffer.segment(), buffer.end(), piece);
        buffer.produced(piece);
        return piece;
    }

    /** Shows a buffer to the session, which has it until it returns, whatever it does meanwhile. */
    void show(Buffer buffer, Session to) {
        left = buffer;
        lent = true;
        try {
            to.received(buffer);
        } finally {
            lent = false;
        }
    }

    /** Keeps what the session has left, or gives the buffer back. */
    void keepOrRelease(Buffer buffer, boolean wanted) {
        if (buffer.length() == 0 || !wanted) {
            left = null;
            memory.release(buffer);
        }
    }

    /** What the session has left is to be shown to it without anything new. */
    void offerAgain() {
        again = left != null;
    }

    /** What is to be shown again, once; or null. */
    @Nullable Buffer takeAgain() {
        Buffer offered = again ? left : null;
        again = false;
        return offered;
    }

    /** Whether something waits that needs no more bytes of the peer. */
    boolean pending() {
        return again || rest != null;
    }

    /** The rest of a record, or null. */
    @Nullable Buffer rest() {
        return rest;
    }

    /** Keeps the rest of a record; false if there is no room for it. */
    boolean keepRest(MemorySegment source, int from, int to) {
        Buffer room = memory.leaseRecord();
        if (room == null) {
            return false;
        }
        MemorySegment.copy(source, from, room.segment(), 0, to - from);
        room.produced(to - from);
        rest = room;
        return true;
    }

    /** Some of the rest was taken. */
    void tookRest(int bytes) {
        if (rest != null) {
            rest.consume(bytes);
            if (rest.length() == 0) {
                memory.releaseRecord(rest);
                rest = null;
            }
        }
    }

    /** Gives everything back, but for what is lent. */
    void clear() {
        if (left != null && !lent) {
            memory.release(left);
            left = null;
        }
        if (rest != null) {
            memory.releaseRecord(rest);
            rest = null;
        }
        again = false;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.protocol.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What a session has left unconsumed of its input: it comes back in front of the bytes that follow.
 *
 * <p>Confined to the loop's thread. Owns the buffer that it holds.
 */
final class Leftover {
    private final Loop loop;
    private @Nullable Buffer buffer;

    Leftover(Loop loop) {
        this.loop = loop;
    }

    boolean isEmpty() {
        return buffer == null;
    }

    /** The buffer that holds it, or null. */
    @Nullable Buffer buffer() {
        return buffer;
    }

    /** A buffer to read into, behind what is left; null if none can be had now. */
    @Nullable Buffer room() {
        Buffer left = buffer;
        if (left == null) {
            return loop.leaseForReading();
        }
        if (left.room() == 0) {
            left.compact();
        }
        return left;
    }

    /** Takes over a buffer that the session was given or is given next. */
    void hold(Buffer in) {
        buffer = in;
    }

    /** Gives away the buffer, which is the caller's then; null if there is none. */
    @Nullable Buffer take() {
        Buffer taken = buffer;
        buffer = null;
        return taken;
    }

    /** Gives the buffer back, if there is one. */
    void release() {
        if (buffer != null) {
            loop.pool.release(buffer);
            buffer = null;
        }
    }
}

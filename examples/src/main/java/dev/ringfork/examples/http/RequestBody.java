// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request on its way in: of a declared length, or chunked.
 *
 * <p>Confined to its session, which makes one for a request that has a body.
 */
final class RequestBody {
    /** The body's end has been reached. */
    static final int END = -1;

    /** More bytes are needed. */
    static final int NOTHING_YET = 0;

    private final @Nullable ChunkedDecoder chunks;
    private long remaining;
    private long taken;

    /** A body of a declared length. */
    RequestBody(long length) {
        chunks = null;
        remaining = length;
    }

    /** A chunked body. */
    RequestBody(HttpLimits limits) {
        chunks = new ChunkedDecoder(limits);
    }

    /** How many bytes are to come, as far as is declared; -1 if it is not. */
    long declared() {
        return chunks == null ? remaining : -1;
    }

    /** How many bytes of content were taken. */
    long taken() {
        return taken;
    }

    /**
     * Consumes what is not content, up to the next content or the end.
     *
     * @return how many bytes of content start at {@link Buffer#start}, {@link #NOTHING_YET}, {@link
     *     #END}, or the status to refuse the request with, negated
     */
    int available(Buffer in) {
        if (chunks != null) {
            return chunks.available(in);
        }
        return remaining == 0 ? END : (int) Math.min(remaining, in.length());
    }

    /** Consumes content, at most as much as is available. */
    void take(Buffer in, int count) {
        in.consume(count);
        taken += count;
        if (chunks != null) {
            chunks.consumed(count);
        } else {
            remaining -= count;
        }
    }
}

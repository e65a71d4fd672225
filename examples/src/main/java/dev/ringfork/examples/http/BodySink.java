// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;

/**
 * Takes the body of a request piece by piece and writes that of the response while doing so.
 *
 * <p>The client's bytes are held back while it does not take those of the response, so memory stays
 * bounded whatever the body's size. Called on the connection's loop thread; it must not block. An
 * exception cuts the connection.
 */
@FunctionalInterface
public interface BodySink {

    /**
     * Takes a piece of the body.
     *
     * @param bytes leased for the time of the call
     * @param offset where the piece begins
     * @param length its size, at least 1
     * @param out where the answer to it may be written, at most a few times the piece's size
     */
    void received(MemorySegment bytes, int offset, int length, BodyWriter out);

    /** The body is complete: the last chance to write. */
    default void end(BodyWriter out) {}

    /** The exchange has ended, completely or not. The last call. */
    default void close() {}
}

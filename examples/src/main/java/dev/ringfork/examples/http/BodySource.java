// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

/**
 * Writes the body of a response piece by piece, as fast as the client takes it.
 *
 * <p>Called on the connection's loop thread; it must not block. An exception cuts the connection,
 * so that the client does not take a part for the whole.
 */
@FunctionalInterface
public interface BodySource {

    /**
     * Writes some of the body: at least one byte, and best as long as {@link BodyWriter#ready}.
     *
     * @return whether there is more
     */
    boolean write(BodyWriter out);

    /** The response has ended, completely or not. The last call, and the only one after the end. */
    default void close() {}
}

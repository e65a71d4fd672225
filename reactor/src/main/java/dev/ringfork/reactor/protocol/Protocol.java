// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

/**
 * What a server does with bytes, whatever carries them.
 *
 * <p>Called by every loop of a server: an implementation is immutable or thread-safe. Its sessions
 * belong to one connection each.
 *
 * <pre>{@code
 * Protocol echo = connection -> in -> connection.write(in);
 * }</pre>
 */
@FunctionalInterface
public interface Protocol {

    /**
     * Opens the session of a connection that was just accepted, or that begins to connect.
     *
     * @param connection lives as long as the session and is used on its loop's thread only, {@link
     *     Connection#execute} aside
     */
    Session open(Connection connection);

    /**
     * Whether its messages may lie across the boundaries of packets, or several in one: a server
     * with such a protocol refuses to listen for packets.
     */
    default boolean needsStream() {
        return false;
    }
}

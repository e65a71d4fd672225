// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;

/**
 * What a session does between the head of a request and the end of its answer, where the answer is
 * not given at once.
 *
 * <p>Called by its session only. A phase ends itself, with {@link HttpSession#leave} and then
 * {@link Exchange#answer} or {@link Exchange#finish}, or with the connection.
 */
interface Phase {

    /** Whether bytes of the client are of use; if not, they stay where they are. */
    boolean takesInput();

    /** How long the phase, or if it takes input each wait for some, may last; 0 for ever. */
    long timeoutNs();

    /**
     * Takes what is of use.
     *
     * @return whether the session should look at the rest; if not, something has to happen first
     */
    boolean received(Buffer in);

    /** The client has taken what was queued. */
    default void writable() {}

    /** The time is over. */
    void expired();

    /** The client has ended its direction although bytes were awaited. */
    default void truncated() {}

    /** The connection ended before the phase did. */
    default void closed() {}
}

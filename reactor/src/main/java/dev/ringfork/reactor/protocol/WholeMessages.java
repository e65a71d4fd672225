// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

/**
 * What a {@link Protocol} may implement as well, if it can tell where its messages end without
 * doing anything: a server that runs sessions on other threads can then wait until a message is
 * whole, so that a client that sends slowly holds none of them.
 *
 * <p>Packets are whole as they come: nobody is asked about them.
 *
 * <p>Called by loops: an implementation is immutable or thread-safe, and its judges never block.
 */
public interface WholeMessages {

    /** What is known of the bytes that are there. */
    enum Verdict {
        /** More bytes are needed. A full buffer counts as {@link #LARGE} then. */
        PART,
        /** They begin with a message that is whole, or with what can never be one. */
        WHOLE,
        /**
         * The message will not fit into a buffer, or its sender waits for an answer before it goes
         * on. From here on the connection's bytes are given to the session as they arrive.
         */
        LARGE
    }

    /** A judge for one connection. */
    Judge judge();

    /** Looks at one connection's bytes. Confined to its loop's thread. */
    @FunctionalInterface
    interface Judge {

        /**
         * Judges all bytes that the session has not consumed, from the beginning of a message on.
         * Asked again only when more have come, or after {@link Verdict#WHOLE} when the session has
         * consumed something.
         *
         * @param in left as it is
         */
        Verdict judge(Buffer in);
    }
}

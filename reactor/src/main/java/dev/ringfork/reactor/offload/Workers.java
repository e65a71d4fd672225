// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

/** Who runs the sessions. Safe for use by many threads. */
public interface Workers {

    /** Says who runs a strand from now on. */
    Worker assign();

    /** Somebody who runs strands. Safe for use by many threads. */
    interface Worker {

        /**
         * Runs a strand that has something to do, soon. It is not offered again before it runs.
         *
         * @return false if nobody will: the server has ended
         */
        boolean ready(Runnable strand);

        /** A strand that was assigned has ended. */
        default void left() {}
    }
}

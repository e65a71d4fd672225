// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

/** Who runs the sessions. Safe for use by many threads. */
public interface Workers {

    /** Says who runs a session from now on. */
    Worker assign();

    /** Somebody who runs sessions, one call at a time. Safe for use by many threads. */
    interface Worker {

        /**
         * Runs a session that has something to do, soon. It is not offered again before it runs.
         *
         * @return false if nobody will: the server has ended
         */
        boolean ready(Runnable session);

        /** A session that was assigned has ended. */
        default void left() {}
    }
}

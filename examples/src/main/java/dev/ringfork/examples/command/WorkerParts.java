// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.reactor.protocol.Protocol;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a worker serves, and what it has of its own; the rest is the same for all commands. */
@FunctionalInterface
interface WorkerParts {

    /** What it speaks. Called in each worker. */
    Protocol protocol();

    /** Tells in a worker how many requests it has answered; null counts connections. */
    default @Nullable LongSupplier requests() {
        return null;
    }

    /** Turns balancers away, in a worker. */
    default void leaving() {}

    /** Opens log files again, in a worker. */
    default void reopen() {}

    /**
     * HTTP for a template to answer requests with, without anything that a worker has of its own;
     * null if there is none.
     */
    default @Nullable Protocol sample() {
        return null;
    }

    /** Closes what this worker has of its own: others are to be forked from it. */
    default void promoted() {}
}

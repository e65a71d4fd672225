// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import dev.ringfork.reactor.server.InheritedListener;
import java.time.Duration;
import java.util.Objects;

/**
 * How workers accept.
 *
 * <p>Immutable; {@code Accepting.by(AcceptStrategy.MUTEX)} is one.
 *
 * @param strategy how connections reach them
 * @param mutex what the lock is made of, where there is one
 * @param mutexDelay how long a worker that has not got the lock waits at most before it tries again
 * @param rebalanceEvery after how many connections an exclusive worker goes to the end of the line;
 *     0 is never
 */
public record Accepting(
        AcceptStrategy strategy, AcceptMutexKind mutex, Duration mutexDelay, int rebalanceEvery) {

    /**
     * How many connections may be on their way to a worker: passed on by the master, and not yet
     * taken over.
     */
    public static final int PASSING_WINDOW = 64;

    /** A listener that all share. */
    public static final Accepting DEFAULT =
            new Accepting(
                    AcceptStrategy.SHARED,
                    AcceptMutexKind.FUTEX,
                    Duration.ofMillis(500),
                    InheritedListener.REBALANCE_EVERY);

    /**
     * Holds the values against what is possible.
     *
     * @throws IllegalArgumentException if one makes no sense: the message says which
     */
    public Accepting {
        Objects.requireNonNull(strategy);
        Objects.requireNonNull(mutex);
        if (!mutexDelay.isPositive()) {
            throw new IllegalArgumentException(
                    "a delay of %s between tries for the accept mutex: it must be more than zero"
                            .formatted(mutexDelay));
        }
        if (rebalanceEvery < 0) {
            throw new IllegalArgumentException(
                    "to rebalance every %d connections: 0 is never".formatted(rebalanceEvery));
        }
    }

    /** The usual one of a strategy. */
    public static Accepting by(AcceptStrategy strategy) {
        return new Accepting(strategy, DEFAULT.mutex, DEFAULT.mutexDelay, DEFAULT.rebalanceEvery);
    }
}

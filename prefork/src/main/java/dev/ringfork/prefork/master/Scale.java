// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.accept.AcceptStrategy;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * How the number of workers follows what there is to do. {@link MasterSettings#workers} is how many
 * there are, or at most.
 *
 * <p>Immutable; {@code Scale.dynamic(1, 3)} is one.
 *
 * @param mode by what rule
 * @param minSpare so many that have nothing to do are kept ready; of {@link Mode#DYNAMIC} and
 *     {@link Mode#PER_CONNECTION} alone
 * @param maxSpare of more that have nothing to do one a second is let go; of {@link Mode#DYNAMIC}
 *     alone
 * @param idleTimeout one that has had nothing to do for so long is let go; of {@link Mode#ONDEMAND}
 *     alone
 */
public record Scale(Mode mode, int minSpare, int maxSpare, Duration idleTimeout) {

    /** By what rule there are more workers, or fewer. */
    public enum Mode {
        /** As many as were asked for, always. */
        STATIC,
        /** So many that a few have nothing to do. */
        DYNAMIC,
        /** None, until a connection waits that nobody takes. */
        ONDEMAND,
        /** One for each connection, which ends with it, and a few that wait for the next ones. */
        PER_CONNECTION;

        /** How it is written: {@code per-connection}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The usual time until a worker that nobody needs is let go. */
    public static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

    /** By these all wait for one listener, and who is not there takes nothing along. */
    private static final Set<AcceptStrategy> ONE_LISTENER =
            Set.of(AcceptStrategy.SHARED, AcceptStrategy.EXCLUSIVE, AcceptStrategy.MUTEX);

    /** A number that stays. */
    public static final Scale STATIC = new Scale(Mode.STATIC, 0, 0, IDLE_TIMEOUT);

    /**
     * Holds the values against each other.
     *
     * @throws IllegalArgumentException if one makes no sense: the message says which and why
     */
    public Scale {
        Objects.requireNonNull(mode);
        if (mode == Mode.DYNAMIC && minSpare < 1) {
            throw new IllegalArgumentException(
                    "%d spare workers at least: dynamic keeps 1 or more, choose ondemand for none"
                            .formatted(minSpare));
        }
        if (mode == Mode.PER_CONNECTION && minSpare < 0) {
            throw new IllegalArgumentException(
                    "%d spare workers: 0 is none, and then a connection waits for its worker to boot"
                            .formatted(minSpare));
        }
        if (mode == Mode.DYNAMIC && maxSpare < minSpare) {
            throw new IllegalArgumentException(
                    "spare workers from %d to %d: the most cannot be less than the least"
                            .formatted(minSpare, maxSpare));
        }
        if (mode == Mode.ONDEMAND && !idleTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "workers that end when they were idle for %s: it must be more than zero"
                            .formatted(idleTimeout));
        }
    }

    /** As many that from so many to so many have nothing to do. */
    public static Scale dynamic(int minSpare, int maxSpare) {
        return new Scale(Mode.DYNAMIC, minSpare, maxSpare, IDLE_TIMEOUT);
    }

    /** As many as connections need that wait, until they have been idle for a time. */
    public static Scale onDemand(Duration idleTimeout) {
        return new Scale(Mode.ONDEMAND, 0, 0, idleTimeout);
    }

    /** One for each connection, and so many that wait for the next ones. */
    public static Scale perConnection(int spare) {
        return new Scale(Mode.PER_CONNECTION, spare, spare, IDLE_TIMEOUT);
    }

    /** Whether the number stays what it was asked to be. */
    public boolean fixed() {
        return mode == Mode.STATIC;
    }

    /** Whether a worker serves one connection and ends with it. */
    public boolean perConnection() {
        return mode == Mode.PER_CONNECTION;
    }

    /** Whether there is no worker until the first connection comes. */
    public boolean startsEmpty() {
        return mode == Mode.ONDEMAND || (perConnection() && minSpare == 0);
    }

    /**
     * Holds it against the way in which connections reach workers.
     *
     * @throws IllegalArgumentException if workers cannot come and go with it: the message says what
     *     to choose instead
     */
    public void check(AcceptStrategy strategy) {
        if (perConnection()) {
            if (strategy != AcceptStrategy.PASS) {
                throw new IllegalArgumentException(
                        "the master gives each worker its connection with scale per-connection, with accept %s none could: choose accept pass"
                                .formatted(lower(strategy)));
            }
            return;
        }
        if (!fixed() && !ONE_LISTENER.contains(strategy)) {
            throw new IllegalArgumentException(
                    "workers come and go with scale %s, and what waits for one that goes is lost with accept %s: choose accept shared, exclusive or mutex, or scale static"
                            .formatted(mode.word(), lower(strategy)));
        }
    }

    private static String lower(AcceptStrategy strategy) {
        return strategy.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Holds it against the number of workers.
     *
     * @throws IllegalArgumentException if there cannot be so many spare ones
     */
    void check(int workers) {
        boolean keepsSpare = mode == Mode.DYNAMIC || perConnection();
        if (keepsSpare && maxSpare > workers) {
            throw new IllegalArgumentException(
                    "up to %d spare workers of at most %d: allow more workers or fewer spare ones"
                            .formatted(maxSpare, workers));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Platform;
import java.time.Duration;

/**
 * How a master keeps its workers.
 *
 * <p>Immutable; {@link #builder} makes others:
 *
 * <pre>{@code
 * MasterSettings.builder().workers(4).maxRequests(10_000).maxRequestsJitter(1_000).build()
 * }</pre>
 *
 * @param workers how many
 * @param bootTimeout how long a worker may take until it accepts; zero for ever
 * @param heartbeat how often a worker shows that its loop turns
 * @param workerTimeout how long it may fail to; zero for ever
 * @param drainDelay how long a drain of all is announced before it begins: the workers accept on,
 *     those that die are replaced, and {@link dev.ringfork.prefork.Hooks#leaving} is called in each
 * @param drainTimeout how long it may take to finish what it has begun
 * @param maxRequests it is replaced when it has answered so many; 0 never
 * @param maxRequestsJitter up to so many more, by chance, so that not all are due at once
 * @param maxAge it is replaced when it is so old, and by chance up to a tenth older; zero never
 * @param maxMemoryBytes it is replaced when it takes so much, counting what it shares with others
 *     in part (PSS of proc(5), so on Linux alone); 0 never
 * @param maxBootFailures so many starts that fail one after the other, with no worker serving, end
 *     the master
 * @param upgradeTimeout how long a new master may take until all its workers accept; zero for ever
 * @param maxUnavailable how many are replaced at a time by a reload
 * @param scale how their number follows what there is to do; then {@code workers} is the most
 */
public record MasterSettings(
        int workers,
        Duration bootTimeout,
        Duration heartbeat,
        Duration workerTimeout,
        Duration drainDelay,
        Duration drainTimeout,
        long maxRequests,
        long maxRequestsJitter,
        Duration maxAge,
        long maxMemoryBytes,
        int maxBootFailures,
        Duration upgradeTimeout,
        Share maxUnavailable,
        Scale scale) {

    /** More than that on one machine is a mistake; the scoreboard has room for twice as many. */
    public static final int WORKERS_MOST = 512;

    /** The defaults, with a worker for each processor. */
    public static final MasterSettings DEFAULT =
            new MasterSettings(
                    Math.min(Runtime.getRuntime().availableProcessors(), WORKERS_MOST),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(60),
                    Duration.ZERO,
                    Duration.ofSeconds(30),
                    0,
                    0,
                    Duration.ZERO,
                    0,
                    5,
                    Duration.ofSeconds(60),
                    new Share(10, true),
                    Scale.STATIC);

    /**
     * Holds the values against each other.
     *
     * @throws IllegalArgumentException if a value makes no sense: the message says which and why
     */
    public MasterSettings {
        if (workers < 1 || workers > WORKERS_MOST) {
            throw new IllegalArgumentException(
                    "%d workers: from 1 to %d are possible".formatted(workers, WORKERS_MOST));
        }
        requireNotNegative(bootTimeout, "boot time-out");
        requireNotNegative(workerTimeout, "worker time-out");
        requireNotNegative(drainDelay, "drain delay");
        requireNotNegative(drainTimeout, "drain time-out");
        requireNotNegative(maxAge, "age");
        requireNotNegative(upgradeTimeout, "upgrade time-out");
        if (!heartbeat.isPositive()) {
            throw new IllegalArgumentException(
                    "a heartbeat every %s: it must be more than zero".formatted(heartbeat));
        }
        if (workerTimeout.isPositive() && workerTimeout.compareTo(heartbeat.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(
                    "a worker time-out of %s is missed by one late heartbeat: make it at least twice the heartbeat, %s"
                            .formatted(workerTimeout, heartbeat));
        }
        if (maxRequests < 0 || maxRequestsJitter < 0) {
            throw new IllegalArgumentException("a negative number of requests: 0 is no limit");
        }
        if (maxMemoryBytes < 0) {
            throw new IllegalArgumentException("a negative number of bytes: 0 is no limit");
        }
        if (maxMemoryBytes > 0 && !Platform.current().linux()) {
            throw new IllegalArgumentException(
                    "only Linux tells how much memory a process takes without what it shares: leave the limit out");
        }
        boolean recycles = maxRequests > 0 || maxAge.isPositive() || maxMemoryBytes > 0;
        if (scale.perConnection() && recycles) {
            throw new IllegalArgumentException(
                    "a worker that ends with its connection is not replaced before: leave out how many requests it may answer, how old it may be and how much memory it may take");
        }
        if (maxBootFailures < 1) {
            throw new IllegalArgumentException(
                    maxBootFailures + " boot failures: allow at least 1");
        }
        scale.check(workers);
    }

    private static void requireNotNegative(Duration value, String name) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("a negative %s: %s".formatted(name, value));
        }
    }

    /** A builder that holds the defaults. */
    public static Builder builder() {
        return new Builder(DEFAULT);
    }

    /** Settings in the making. Confined to one thread; each method returns the builder itself. */
    public static final class Builder {
        private int workers;
        private Duration bootTimeout;
        private Duration heartbeat;
        private Duration workerTimeout;
        private Duration drainDelay;
        private Duration drainTimeout;
        private long maxRequests;
        private long maxRequestsJitter;
        private Duration maxAge;
        private long maxMemoryBytes;
        private int maxBootFailures;
        private Duration upgradeTimeout;
        private Share maxUnavailable;
        private Scale scale;

        private Builder(MasterSettings from) {
            workers = from.workers;
            bootTimeout = from.bootTimeout;
            heartbeat = from.heartbeat;
            workerTimeout = from.workerTimeout;
            drainDelay = from.drainDelay;
            drainTimeout = from.drainTimeout;
            maxRequests = from.maxRequests;
            maxRequestsJitter = from.maxRequestsJitter;
            maxAge = from.maxAge;
            maxMemoryBytes = from.maxMemoryBytes;
            maxBootFailures = from.maxBootFailures;
            upgradeTimeout = from.upgradeTimeout;
            maxUnavailable = from.maxUnavailable;
            scale = from.scale;
        }

        /** Changes {@link MasterSettings#workers}. */
        public Builder workers(int workers) {
            this.workers = workers;
            return this;
        }

        /** Changes {@link MasterSettings#bootTimeout}. */
        public Builder bootTimeout(Duration bootTimeout) {
            this.bootTimeout = bootTimeout;
            return this;
        }

        /** Changes {@link MasterSettings#heartbeat}. */
        public Builder heartbeat(Duration heartbeat) {
            this.heartbeat = heartbeat;
            return this;
        }

        /** Changes {@link MasterSettings#workerTimeout}. */
        public Builder workerTimeout(Duration workerTimeout) {
            this.workerTimeout = workerTimeout;
            return this;
        }

        /** Changes {@link MasterSettings#drainDelay}. */
        public Builder drainDelay(Duration drainDelay) {
            this.drainDelay = drainDelay;
            return this;
        }

        /** Changes {@link MasterSettings#drainTimeout}. */
        public Builder drainTimeout(Duration drainTimeout) {
            this.drainTimeout = drainTimeout;
            return this;
        }

        /** Changes {@link MasterSettings#maxRequests}. */
        public Builder maxRequests(long maxRequests) {
            this.maxRequests = maxRequests;
            return this;
        }

        /** Changes {@link MasterSettings#maxRequestsJitter}. */
        public Builder maxRequestsJitter(long maxRequestsJitter) {
            this.maxRequestsJitter = maxRequestsJitter;
            return this;
        }

        /** Changes {@link MasterSettings#maxAge}. */
        public Builder maxAge(Duration maxAge) {
            this.maxAge = maxAge;
            return this;
        }

        /** Changes {@link MasterSettings#maxMemoryBytes}. */
        public Builder maxMemoryBytes(long maxMemoryBytes) {
            this.maxMemoryBytes = maxMemoryBytes;
            return this;
        }

        /** Changes {@link MasterSettings#maxBootFailures}. */
        public Builder maxBootFailures(int maxBootFailures) {
            this.maxBootFailures = maxBootFailures;
            return this;
        }

        /** Changes {@link MasterSettings#upgradeTimeout}. */
        public Builder upgradeTimeout(Duration upgradeTimeout) {
            this.upgradeTimeout = upgradeTimeout;
            return this;
        }

        /** Changes {@link MasterSettings#maxUnavailable}. */
        public Builder maxUnavailable(Share maxUnavailable) {
            this.maxUnavailable = maxUnavailable;
            return this;
        }

        /** Changes {@link MasterSettings#scale}. */
        public Builder scale(Scale scale) {
            this.scale = scale;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException if a value makes no sense: the message says which and
         *     why
         */
        public MasterSettings build() {
            return new MasterSettings(
                    workers,
                    bootTimeout,
                    heartbeat,
                    workerTimeout,
                    drainDelay,
                    drainTimeout,
                    maxRequests,
                    maxRequestsJitter,
                    maxAge,
                    maxMemoryBytes,
                    maxBootFailures,
                    upgradeTimeout,
                    maxUnavailable,
                    scale);
        }
    }
}

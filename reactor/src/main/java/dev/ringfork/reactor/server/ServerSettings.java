// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.uring.RingSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Limits, time-outs and sizes of a server.
 *
 * <p>Immutable; {@link #builder} makes others:
 *
 * <pre>{@code
 * ServerSettings.builder().maxConnections(1_000).writeTimeout(Duration.ofSeconds(10)).build()
 * }</pre>
 *
 * @param backlog connections the kernel queues for each listener; it caps the number at somaxconn
 * @param maxConnections connections served at a time, by all loops together, and by all processes
 *     that share them, see {@link ServerBuilder#sharedPlaces}; more are closed unserved and counted
 * @param softConnections while there are more, those that are idle are let go, see {@link
 *     Session#draining}, the longest idle first in each loop, and counted as {@link
 *     ServerStatistics#dismissed}; 0: they may all stay
 * @param softIdle how long no byte of such a connection has moved at least
 * @param bufferBytes size of one buffer slot: what one read can bring, the longest piece that a
 *     session can leave unconsumed, and the longest packet
 * @param poolBytes bound of a loop's buffer memory, or of all of them where a connection has a
 *     thread of its own; taken from the system as needed; when it is used up, reading waits until a
 *     buffer comes back
 * @param highWaterBytes queued bytes of a connection at which its reading stops
 * @param lowWaterBytes queued bytes at which it starts again
 * @param maxQueuedBytes bound of a connection's write queue, file parts aside
 * @param writeTimeout how long a peer may take nothing while bytes are queued for it
 * @param lingerIdle how long a closing connection waits for the peer's next bytes
 * @param lingerTotal how long it discards them altogether
 * @param stallThreshold a turn of the loop that takes longer is counted and reported
 * @param socketOptions what the kernel is told about listeners and connections
 * @param ring how rings are made, where loops wait with such
 * @param ringUse what is done with rings, where loops move bytes by their operations
 * @param report receives one line a time about what an operator should know; called on the loops'
 *     threads, so it is safe for use by several and must not block for long
 */
public record ServerSettings(
        int backlog,
        int maxConnections,
        int softConnections,
        Duration softIdle,
        int bufferBytes,
        long poolBytes,
        int highWaterBytes,
        int lowWaterBytes,
        long maxQueuedBytes,
        Duration writeTimeout,
        Duration lingerIdle,
        Duration lingerTotal,
        Duration stallThreshold,
        SocketOptions socketOptions,
        RingSettings ring,
        RingUse ringUse,
        Consumer<String> report) {

    /** Less than this and the calls cost more than the bytes are worth. */
    private static final int MIN_BUFFER_BYTES = 64;

    /** What a buffer's {@code int} index reaches with room for arithmetic. */
    private static final int MAX_BUFFER_BYTES = 1 << 30;

    /** One for the kernel, two for what is left of pieces, one for what is written. */
    private static final int INCREMENTAL_BUFFERS_MIN = 4;

    /** The defaults: what a server on a small machine wants. */
    public static final ServerSettings DEFAULT =
            new ServerSettings(
                    511,
                    65_536,
                    0,
                    Duration.ofSeconds(1),
                    16_384,
                    128L << 20,
                    65_536,
                    32_768,
                    16L << 20,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMillis(500),
                    SocketOptions.DEFAULT,
                    RingSettings.DEFAULT,
                    RingUse.DEFAULT,
                    System.err::println);

    /**
     * Holds the values against each other.
     *
     * @throws IllegalArgumentException if a value makes no sense: the message says which and why
     */
    public ServerSettings {
        if (backlog < 1) {
            throw new IllegalArgumentException(
                    "a backlog of " + backlog + ": it must be at least 1");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException(maxConnections + " connections: allow at least 1");
        }
        if (softConnections < 0 || softConnections > maxConnections) {
            throw new IllegalArgumentException(
                    "a soft limit of %d connections: it must be between 1 and the hard one, %d, or 0 for none"
                            .formatted(softConnections, maxConnections));
        }
        requirePositive(softIdle, "time to be idle above the soft limit of connections");
        if (bufferBytes < MIN_BUFFER_BYTES || bufferBytes > MAX_BUFFER_BYTES) {
            throw new IllegalArgumentException(
                    "buffers of %d bytes: from %d to %d are possible"
                            .formatted(bufferBytes, MIN_BUFFER_BYTES, MAX_BUFFER_BYTES));
        }
        if (poolBytes < bufferBytes) {
            throw new IllegalArgumentException(
                    "%d bytes of buffer memory cannot hold one buffer of %d"
                            .formatted(poolBytes, bufferBytes));
        }
        if (lowWaterBytes < 0 || lowWaterBytes > highWaterBytes) {
            throw new IllegalArgumentException(
                    "a low-water mark of %d: it must be between 0 and the high-water mark, %d"
                            .formatted(lowWaterBytes, highWaterBytes));
        }
        if (maxQueuedBytes < highWaterBytes) {
            throw new IllegalArgumentException(
                    "a write queue of at most %d bytes never reaches the high-water mark, %d"
                            .formatted(maxQueuedBytes, highWaterBytes));
        }
        requirePositive(writeTimeout, "write time-out");
        requirePositive(lingerIdle, "idle time of a lingering close");
        requirePositive(lingerTotal, "total time of a lingering close");
        requirePositive(stallThreshold, "stall threshold");
        Objects.requireNonNull(socketOptions);
        Objects.requireNonNull(ring);
        Objects.requireNonNull(ringUse);
        if (ringUse.incremental() == RingUse.Incremental.ON
                && poolBytes / bufferBytes < INCREMENTAL_BUFFERS_MIN) {
            throw new IllegalArgumentException(
                    "buffers that are filled piece by piece need others to copy to: %d bytes hold less than four"
                            .formatted(poolBytes));
        }
        Objects.requireNonNull(report);
    }

    /** A builder that holds the defaults. */
    public static Builder builder() {
        return DEFAULT.toBuilder();
    }

    /** A builder that holds these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    private static void requirePositive(Duration value, String name) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(
                    "a %s of %s: it must be more than zero".formatted(name, value));
        }
    }

    /** Settings in the making. Confined to one thread; each method returns the builder itself. */
    public static final class Builder {
        private int backlog;
        private int maxConnections;
        private int softConnections;
        private Duration softIdle;
        private int bufferBytes;
        private long poolBytes;
        private int highWaterBytes;
        private int lowWaterBytes;
        private long maxQueuedBytes;
        private Duration writeTimeout;
        private Duration lingerIdle;
        private Duration lingerTotal;
        private Duration stallThreshold;
        private SocketOptions socketOptions;
        private RingSettings ring;
        private RingUse ringUse;
        private Consumer<String> report;

        private Builder(ServerSettings from) {
            backlog = from.backlog;
            maxConnections = from.maxConnections;
            softConnections = from.softConnections;
            softIdle = from.softIdle;
            bufferBytes = from.bufferBytes;
            poolBytes = from.poolBytes;
            highWaterBytes = from.highWaterBytes;
            lowWaterBytes = from.lowWaterBytes;
            maxQueuedBytes = from.maxQueuedBytes;
            writeTimeout = from.writeTimeout;
            lingerIdle = from.lingerIdle;
            lingerTotal = from.lingerTotal;
            stallThreshold = from.stallThreshold;
            socketOptions = from.socketOptions;
            ring = from.ring;
            ringUse = from.ringUse;
            report = from.report;
        }

        /** Changes {@link ServerSettings#backlog}. */
        public Builder backlog(int backlog) {
            this.backlog = backlog;
            return this;
        }

        /** Changes {@link ServerSettings#maxConnections}. */
        public Builder maxConnections(int maxConnections) {
            this.maxConnections = maxConnections;
            return this;
        }

        /** Changes {@link ServerSettings#softConnections}. */
        public Builder softConnections(int softConnections) {
            this.softConnections = softConnections;
            return this;
        }

        /** Changes {@link ServerSettings#softIdle}. */
        public Builder softIdle(Duration softIdle) {
            this.softIdle = softIdle;
            return this;
        }

        /** Changes {@link ServerSettings#bufferBytes}. */
        public Builder bufferBytes(int bufferBytes) {
            this.bufferBytes = bufferBytes;
            return this;
        }

        /** Changes {@link ServerSettings#poolBytes}. */
        public Builder poolBytes(long poolBytes) {
            this.poolBytes = poolBytes;
            return this;
        }

        /** Changes {@link ServerSettings#highWaterBytes}. */
        public Builder highWaterBytes(int highWaterBytes) {
            this.highWaterBytes = highWaterBytes;
            return this;
        }

        /** Changes {@link ServerSettings#lowWaterBytes}. */
        public Builder lowWaterBytes(int lowWaterBytes) {
            this.lowWaterBytes = lowWaterBytes;
            return this;
        }

        /** Changes {@link ServerSettings#maxQueuedBytes}. */
        public Builder maxQueuedBytes(long maxQueuedBytes) {
            this.maxQueuedBytes = maxQueuedBytes;
            return this;
        }

        /** Changes {@link ServerSettings#writeTimeout}. */
        public Builder writeTimeout(Duration writeTimeout) {
            this.writeTimeout = writeTimeout;
            return this;
        }

        /** Changes {@link ServerSettings#lingerIdle}. */
        public Builder lingerIdle(Duration lingerIdle) {
            this.lingerIdle = lingerIdle;
            return this;
        }

        /** Changes {@link ServerSettings#lingerTotal}. */
        public Builder lingerTotal(Duration lingerTotal) {
            this.lingerTotal = lingerTotal;
            return this;
        }

        /** Changes {@link ServerSettings#stallThreshold}. */
        public Builder stallThreshold(Duration stallThreshold) {
            this.stallThreshold = stallThreshold;
            return this;
        }

        /** Changes {@link ServerSettings#socketOptions}. */
        public Builder socketOptions(SocketOptions socketOptions) {
            this.socketOptions = socketOptions;
            return this;
        }

        /** Changes {@link ServerSettings#ring}. */
        public Builder ring(RingSettings ring) {
            this.ring = ring;
            return this;
        }

        /** Changes {@link ServerSettings#ringUse}. */
        public Builder ringUse(RingUse ringUse) {
            this.ringUse = ringUse;
            return this;
        }

        /** Changes {@link ServerSettings#report}. */
        public Builder report(Consumer<String> report) {
            this.report = report;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException if a value makes no sense: the message says which and
         *     why
         */
        public ServerSettings build() {
            return new ServerSettings(
                    backlog,
                    maxConnections,
                    softConnections,
                    softIdle,
                    bufferBytes,
                    poolBytes,
                    highWaterBytes,
                    lowWaterBytes,
                    maxQueuedBytes,
                    writeTimeout,
                    lingerIdle,
                    lingerTotal,
                    stallThreshold,
                    socketOptions,
                    ring,
                    ringUse,
                    report);
        }
    }
}

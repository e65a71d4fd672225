// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Address;
import dev.ringfork.prefork.listeners.ListenerStore;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.DatagramServerBuilder;
import dev.ringfork.reactor.server.Engine;
import dev.ringfork.reactor.server.LoopAccept;
import dev.ringfork.reactor.server.ServerBuilder;
import dev.ringfork.reactor.server.ServerSettings;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags that every server has: where it listens, what it waits with, what it bounds. */
final class ServerOptions {
    private static final ServerSettings DEFAULT = ServerSettings.DEFAULT;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Address or name to listen on (default: ${DEFAULT-VALUE}).")
    String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on, 0 = the kernel chooses (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = "--unix",
            paramLabel = "PATH",
            description = "Listen on a Unix domain socket, not on TCP.")
    @Nullable String unix;

    @Option(
            names = "--proxy-protocol",
            description =
                    "Expect a header of the PROXY protocol, version 1 or 2, before each connection's bytes:"
                            + " the client is who it names. For a port that only a proxy can reach.")
    boolean proxyProtocol;

    @Option(
            names = "--fd-store",
            paramLabel = "on|off",
            description =
                    "Keep what is bound here in the service manager's store of descriptors, so that clients"
                            + " wait while the service is started again, and are not refused (systemd:"
                            + " FileDescriptorStoreMax=; default: on where the manager says that it keeps them, FDSTORE).")
    private @Nullable Switch fdStore;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            description = "Connections that the kernel queues for us (default: ${DEFAULT-VALUE}).")
    int backlog = DEFAULT.backlog();

    @Option(
            names = "--architecture",
            paramLabel = "ARCHITECTURE",
            description =
                    "serial: one connection at a time; thread-per-connection: a thread for each;"
                            + " thread-pool: a bounded number of those; virtual-threads: a virtual one"
                            + " for each; reactor: one thread, one loop for all; proactor: the"
                            + " same on io_uring; multi-reactor: several reactors; reactor-pool: one thread waits, a pool serves;"
                            + " leader-followers: the one who waits serves, and another one waits;"
                            + " simulated-proactor, half-sync-half-async, buffered-pool: one loop reads and"
                            + " writes, threads handle: any thread for any connection, always the same"
                            + " one, or any one that gets whole requests; fork-per-connection: a process for each"
                            + " (default: reactor).")
    Arrangement architecture = Arrangement.REACTOR;

    @Option(
            names = "--loops",
            paramLabel = "N",
            description = "Loops of a multi-reactor (default: one for each processor).")
    @Nullable Integer loops;

    @Option(
            names = "--loop-accept",
            paramLabel = "WAY",
            description =
                    "How connections reach the loops of a multi-reactor: shared, one listener that all"
                            + " watch; reuseport, one for each; acceptor, one loop hands them to the others"
                            + " (default: shared).")
    @Nullable LoopAccept loopAccept;

    @Option(
            names = "--min-threads",
            paramLabel = "N",
            description = "Threads that a pool keeps though they have nothing to do (default: 1).")
    @Nullable Integer minThreads;

    @Option(
            names = "--max-threads",
            paramLabel = "N",
            description =
                    "Threads that serve at most (default: 512 for thread-per-connection, 4 a processor,"
                            + " at least 5, for pools and leader-followers).")
    @Nullable Integer maxThreads;

    @Option(
            names = "--thread-queue",
            paramLabel = "N",
            description =
                    "Connections that a thread-pool accepts before there is a thread for them; further"
                            + " ones wait in the backlog (default: 1024).")
    @Nullable Integer threadQueue;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description =
                    "What a loop waits with: auto, epoll, kqueue, poll, select or io_uring (default: auto:"
                            + " the first of these; poll where a loop has one connection; io_uring for a"
                            + " proactor, where there is one).")
    Engine engine = Engine.AUTO;

    @Option(
            names = "--trigger",
            paramLabel = "TRIGGER",
            description =
                    "When readiness is reported: level, edge or oneshot (default: level, but edge where"
                            + " several threads share a demultiplexer that has it).")
    @Nullable Trigger trigger;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description =
                    "Connections served at a time, by all workers together; more are closed at once (default: ${DEFAULT-VALUE}).")
    int maxConnections = DEFAULT.maxConnections();

    @Option(
            names = "--soft-connections",
            paramLabel = "N",
            description =
                    "While there are more, those that are idle are closed; 0: they may all stay"
                            + " (default: ${DEFAULT-VALUE}).")
    int softConnections = DEFAULT.softConnections();

    @Option(
            names = "--soft-idle",
            paramLabel = "TIME",
            description =
                    "Those of which no byte has moved for this time, the longest idle first (default:"
                            + " ${DEFAULT-VALUE}).")
    Span softIdle = new Span(DEFAULT.softIdle());

    @Option(
            names = "--idle-timeout",
            paramLabel = "TIME",
            description = "How long a connection may do nothing (default: ${DEFAULT-VALUE}).")
    Span idleTimeout = new Span(Duration.ofSeconds(75));

    @Option(
            names = "--write-timeout",
            paramLabel = "TIME",
            description =
                    "How long a client may take nothing of what is queued for it (default: ${DEFAULT-VALUE}).")
    Span writeTimeout = new Span(DEFAULT.writeTimeout());

    @Option(
            names = "--drain-delay",
            paramLabel = "TIME",
            description =
                    "How long to go on after TERM or INT before the drain, while a health path says 503 and"
                            + " balancers turn away (default: ${DEFAULT-VALUE}).")
    Span drainDelay = new Span(Duration.ZERO);

    @Option(
            names = "--drain-timeout",
            paramLabel = "TIME",
            description =
                    "How long a drain may last; then the rest is cut (default: ${DEFAULT-VALUE}).")
    Span drainTimeout = new Span(Duration.ofSeconds(30));

    @Option(
            names = "--buffer",
            paramLabel = "SIZE",
            description = "One buffer: the most that one read brings (default: ${DEFAULT-VALUE}).")
    Size buffer = new Size(DEFAULT.bufferBytes());

    @Option(
            names = "--buffer-memory",
            paramLabel = "SIZE",
            description = "Bound of all buffers of a loop (default: ${DEFAULT-VALUE}).")
    Size bufferMemory = new Size(DEFAULT.poolBytes());

    @Option(
            names = "--high-water",
            paramLabel = "SIZE",
            description =
                    "Bytes queued for a client at which reading from it stops (default: ${DEFAULT-VALUE}).")
    Size highWater = new Size(DEFAULT.highWaterBytes());

    @Option(
            names = "--low-water",
            paramLabel = "SIZE",
            description = "Bytes queued at which reading starts again (default: ${DEFAULT-VALUE}).")
    Size lowWater = new Size(DEFAULT.lowWaterBytes());

    @Option(
            names = "--max-queued",
            paramLabel = "SIZE",
            description = "Most bytes queued for a client (default: ${DEFAULT-VALUE}).")
    Size maxQueued = new Size(DEFAULT.maxQueuedBytes());

    @Mixin final TlsOptions tls = new TlsOptions();
    @Mixin private final SocketFlags sockets = new SocketFlags();

    @ArgGroup(validate = false, heading = "%nWith --engine io_uring:%n")
    private final RingFlags ring = new RingFlags();

    ServerOptions(int port) {
        this.port = port;
    }

    /**
     * The address to listen on; a name is looked up.
     *
     * @throws Refusal if there is no such address
     */
    Address address() {
        if (port < 0 || port > 0xffff) {
            throw Refusal.usage("--port: ports go from 0 to 65535, not " + port, null);
        }
        return unix == null ? inet() : unix(unix);
    }

    /**
     * Whether listeners are to outlive this process, and where.
     *
     * @param obstacle why they cannot here, or null
     * @throws Refusal if they are to and cannot
     */
    ListenerStore store(@Nullable String obstacle, Consumer<String> report) {
        Map<String, String> environment = System.getenv();
        if (fdStore == Switch.ON && obstacle != null) {
            throw Refusal.usage("--fd-store on: " + obstacle, null);
        }
        try {
            boolean on =
                    fdStore == null ? ListenerStore.offered(environment) : fdStore == Switch.ON;
            if (on && obstacle != null) {
                report.accept("the listener is not stored: " + obstacle);
            }
            return ListenerStore.of(environment, on && obstacle == null, report);
        } catch (IllegalArgumentException e) {
            throw fdStore == Switch.ON
                    ? Refusal.usage("--fd-store on: " + Refusal.message(e), e)
                    : Refusal.failure(Refusal.message(e), e);
        }
    }

    /** Refuses what only streams have. */
    void refuseProxyProtocol(String flag) {
        if (proxyProtocol) {
            throw Refusal.usage(
                    "the PROXY protocol is for streams: leave --proxy-protocol out with " + flag,
                    null);
        }
    }

    private static Address unix(String path) {
        try {
            return Hosts.unix(path);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage("--unix: " + Refusal.message(e), e);
        }
    }

    private Address inet() {
        try {
            return Hosts.inet(host, port);
        } catch (IllegalArgumentException e) {
            throw Refusal.failure(
                    ("--host: there is no address '%s'; 127.0.0.1 is this machine alone, 0.0.0.0 all"
                                    + " addresses it has")
                            .formatted(host),
                    e);
        }
    }

    /** Says how the work is arranged and what loops wait with. */
    void arrange(ServerBuilder builder) {
        builder.architecture(architecture.inEach()).engine(engine);
        if (trigger != null) {
            builder.trigger(trigger);
        }
        if (loops != null) {
            builder.loops(loops);
        }
        if (loopAccept != null) {
            builder.loopAccept(loopAccept);
        }
        threads(builder);
    }

    /**
     * Says what the one loop of a server of datagrams waits with.
     *
     * @throws Refusal if it was said how connections are served
     */
    void arrange(DatagramServerBuilder builder) {
        boolean several =
                loops != null
                        || loopAccept != null
                        || minThreads != null
                        || maxThreads != null
                        || threadQueue != null;
        if (!architecture.equals(Arrangement.REACTOR) || several) {
            throw Refusal.usage(
                    "--udp: one loop receives datagrams; leave out --architecture and what says how"
                            + " many loops or threads there are",
                    null);
        }
        builder.engine(engine);
        if (trigger != null) {
            builder.trigger(trigger);
        }
    }

    private void threads(ServerBuilder builder) {
        if (minThreads != null) {
            builder.minThreads(minThreads);
        }
        if (maxThreads != null) {
            builder.maxThreads(maxThreads);
        }
        if (threadQueue != null) {
            builder.threadQueue(threadQueue);
        }
    }

    private void requireRing() {
        boolean possible =
                engine == Engine.IO_URING
                        || (engine == Engine.AUTO
                                && architecture.inEach() == Architecture.PROACTOR);
        String given = ring.given();
        if (given != null && !possible) {
            throw Refusal.usage(
                    "%s: it is about rings, so it goes with --engine io_uring, or with --architecture proactor and an engine that is auto"
                            .formatted(given),
                    null);
        }
    }

    /**
     * Limits, time-outs and sizes.
     *
     * @throws Refusal if the values contradict each other
     */
    ServerSettings settings(Consumer<String> report) {
        // Below the high-water mark a session is still given input, and what it answers must fit.
        Size least = new Size(highWater.bytes() + buffer.bytes());
        if (maxQueued.bytes() < least.bytes()) {
            throw Refusal.usage(
                    "--max-queued: %s is too little, --high-water and one --buffer above it need %s"
                            .formatted(maxQueued, least),
                    null);
        }
        requireRing();
        try {
            return ServerSettings.builder()
                    .backlog(backlog)
                    .maxConnections(maxConnections)
                    .softConnections(softConnections)
                    .softIdle(softIdle.duration())
                    .bufferBytes(buffer.intBytes())
                    .poolBytes(bufferMemory.bytes())
                    .highWaterBytes(highWater.intBytes())
                    .lowWaterBytes(lowWater.intBytes())
                    .maxQueuedBytes(maxQueued.bytes())
                    .writeTimeout(writeTimeout.duration())
                    .socketOptions(sockets.options())
                    .ring(ring.settings())
                    .ringUse(ring.use())
                    .report(report)
                    .build();
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static dev.ringfork.bindings.abi.ProcessConstants.SIGHUP;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.listeners.ServiceManager;
import dev.ringfork.prefork.listeners.StoredListener;
import dev.ringfork.prefork.listeners.Watchdog;
import dev.ringfork.reactor.protocol.DatagramProtocol;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.proxied.ProxiedProtocol;
import dev.ringfork.reactor.server.DatagramServerBuilder;
import dev.ringfork.reactor.server.LoopAccept;
import dev.ringfork.reactor.server.Server;
import dev.ringfork.reactor.server.ServerBuilder;
import dev.ringfork.reactor.server.ServerSettings;
import dev.ringfork.reactor.tls.TlsContext;
import dev.ringfork.reactor.tls.TlsProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The life of one server in the foreground: start, one line that says where it is, drain at the
 * first INT or TERM, end at the second.
 */
final class ServerRun {
    /** What a service manager shows of a server that does. */
    private static final String SERVING = "serving";

    private static final Path SOMAXCONN = Path.of("/proc/sys/net/core/somaxconn");

    private final Console console;
    private final ServerOptions options;
    private final CommonOptions common;
    private final AtomicInteger signals = new AtomicInteger();
    private @Nullable ProxiedProtocol proxied;
    private volatile @Nullable StoredListener own;
    private Runnable leaving = () -> {};

    ServerRun(Console console, ServerOptions options, CommonOptions common) {
        this.console = console;
        this.options = options;
        this.common = common;
    }

    /** What turns balancers away when this is told to end; nothing unless it is set. */
    ServerRun leaving(Runnable leaving) {
        this.leaving = leaving;
        return this;
    }

    /**
     * Runs a server of connections until it has ended, or only looks at its configuration.
     *
     * @throws Refusal if it cannot start or fails later
     */
    void run(Protocol protocol, Service service) {
        run(
                (settings, tls) -> {
                    Protocol encrypted =
                            tls == null ? protocol : TlsProtocol.around(protocol, tls, settings);
                    ServerBuilder builder = Server.builder(behindProxy(encrypted));
                    options.arrange(builder);
                    own =
                            Places.of(options, common, console, unstorable())
                                    .listen(builder, settings);
                    return builder.settings(settings).start();
                },
                service);
    }

    /** Why the listener cannot be kept in the service manager's store, or null. */
    private @Nullable String unstorable() {
        return options.loopAccept == LoopAccept.REUSEPORT
                ? "--loop-accept reuseport: each loop has one; choose --loop-accept shared or acceptor"
                : null;
    }

    /** The header comes before the handshake, so it goes around everything else. */
    private Protocol behindProxy(Protocol protocol) {
        if (!options.proxyProtocol) {
            return protocol;
        }
        proxied = ProxiedProtocol.around(protocol);
        return proxied;
    }

    /** The same for connections that carry packets. */
    void runPackets(Protocol protocol, Service service) {
        options.refuseProxyProtocol("--seqpacket");
        run(
                (settings, tls) -> {
                    Address address = Places.unhanded(options, "--seqpacket", console);
                    if (tls != null) {
                        throw Refusal.usage(
                                "TLS is for streams: leave --tls-cert and --tls-key out with --seqpacket",
                                null);
                    }
                    ServerBuilder builder = Server.builder(protocol);
                    options.arrange(builder);
                    return builder.listenPackets(address).settings(settings).start();
                },
                service);
    }

    /** The same for a server of datagrams. */
    void runDatagrams(DatagramProtocol protocol, Service service) {
        options.refuseProxyProtocol("--udp");
        run(
                (settings, tls) -> {
                    Address address = Places.unhanded(options, "--udp", console);
                    if (tls != null) {
                        throw Refusal.usage(
                                "TLS is for connections: leave --tls-cert and --tls-key out with --udp",
                                null);
                    }
                    DatagramServerBuilder builder = Server.datagrams(protocol);
                    options.arrange(builder);
                    return builder.listen(address).settings(settings).start();
                },
                service);
    }

    private interface Start {
        Server start(ServerSettings settings, @Nullable TlsContext tls);
    }

    private void run(Start start, Service service) {
        if (common.printOnly) {
            common.print(console.out());
            return;
        }
        options.address();
        ServerSettings settings = options.settings(console::note);
        TlsContext tls = options.tls.context(service, console);
        if (common.checkOnly) {
            console.result("the configuration is good");
            return;
        }
        ServiceManager manager = manager();
        try (Server server = start.start(settings, tls);
                Watchdog _ = Watchdog.over(server, manager)) {
            Signals.on("INT", () -> signalled(server, manager));
            Signals.on("TERM", () -> signalled(server, manager));
            if (tls != null || manager.wanted()) {
                // The JVM does not take a signal that nohup(1) has had discarded.
                Syscalls.get().signals().rf_signal_default(SIGHUP);
                Signals.on("HUP", () -> reload(tls, manager));
            }
            warnOfBacklog(options, console);
            console.result(
                    "%s (%s) - Ctrl-C drains"
                            .formatted(
                                    service.places(server.addresses(), tls != null),
                                    server.description()));
            StoredListener stored = own;
            if (stored != null) {
                stored.serving();
            }
            manager.ready(SERVING);
            server.awaitStop();
            sayGoodbye(server);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        } catch (SyscallException e) {
            throw Explanation.of(e, options);
        } finally {
            StoredListener stored = own;
            if (stored != null) {
                stored.close();
            }
        }
    }

    private ServiceManager manager() {
        try {
            return ServiceManager.of(System.getenv(), console::note);
        } catch (IllegalArgumentException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
    }

    /** Of this process only the certificate can be read again. */
    private void reload(@Nullable TlsContext tls, ServiceManager manager) {
        manager.reloading("reloading");
        if (tls != null) {
            TlsOptions.reload(tls, console);
        }
        manager.ready(SERVING);
    }

    private void signalled(Server server, ServiceManager manager) {
        long open = server.statistics().open();
        if (signals.getAndIncrement() == 0) {
            leaving.run();
            manager.stopping("draining, connections: %d".formatted(open));
            if (goOn()) {
                drain(server);
            }
        } else {
            console.note("ending at once, connections lost: %d".formatted(open));
            server.stop();
        }
    }

    /** Serves on until balancers have noticed; this thread is the signal's own. */
    private boolean goOn() {
        Duration delay = options.drainDelay.duration();
        if (delay.isZero()) {
            return true;
        }
        console.note("serving on for %s, then draining".formatted(options.drainDelay));
        try {
            Thread.sleep(delay);
            return signals.get() == 1;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void drain(Server server) {
        long open = server.statistics().open();
        console.note(
                "draining for at most %s, connections: %d; a second signal ends them at once"
                        .formatted(options.drainTimeout, open));
        StoredListener stored = own;
        if (stored != null) {
            stored.leave();
        }
        server.drain(options.drainTimeout.duration());
    }

    private void sayGoodbye(Server server) {
        ProxiedProtocol headers = proxied;
        if (headers != null && headers.malformed() + headers.late() > 0) {
            console.note(
                    "connections closed for a bad PROXY header: %d, for a late one: %d"
                            .formatted(headers.malformed(), headers.late()));
        }
        if (signals.get() == 1) {
            long cut = server.statistics().cut();
            console.note(cut == 0 ? "drained" : "drained, connections cut: %d".formatted(cut));
        }
    }

    /** Says so if the kernel queues fewer connections than it was asked to. */
    static void warnOfBacklog(ServerOptions options, Console console) {
        // Such a file gives its content to the first read alone: one byte at a time shows one
        // digit.
        byte[] text = new byte[32];
        try (InputStream file = Files.newInputStream(SOMAXCONN)) {
            int length = file.read(text);
            int most = Integer.parseInt(new String(text, 0, length, US_ASCII).strip());
            if (options.backlog > most) {
                console.note(
                        "the kernel cuts the backlog of %d to %d: raise net.core.somaxconn with sysctl, or lower --backlog"
                                .formatted(options.backlog, most));
            }
        } catch (IOException | NumberFormatException e) {
            // No such file outside Linux. Then nobody can tell, and nothing depends on it.
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.examples.proxy.ProxyProtocol;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringfork proxy}. */
@Command(
        name = "proxy",
        description = "Hands connections on to another server: --port 7000 --to 127.0.0.1:8080")
final class ProxyCommand implements Runnable {
    /** A server that is away is away for every client: once a second is enough to know it. */
    private static final long SAY_AGAIN_NS = 1_000_000_000L;

    private final Console console;
    private final AtomicLong lastSaidNs = new AtomicLong(System.nanoTime() - SAY_AGAIN_NS);

    @Option(
            names = "--to",
            required = true,
            paramLabel = "HOST:PORT",
            description = "The server that clients are handed on to; also unix:PATH.")
    private String to = "";

    @Option(
            names = "--connect-timeout",
            paramLabel = "TIME",
            description = "How long that server may take to accept (default: ${DEFAULT-VALUE}).")
    private Span connectTimeout = new Span(Duration.ofSeconds(5));

    @Mixin private final ServerOptions server = new ServerOptions(7000);
    @Mixin private final WorkerOptions workers = new WorkerOptions();
    @Mixin private final CommonOptions common = new CommonOptions();

    ProxyCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        ProxyProtocol protocol =
                new ProxyProtocol(
                        address(),
                        connectTimeout.duration(),
                        server.idleTimeout.duration(),
                        this::unreachable);
        if (workers.wanted(server.architecture, common)) {
            new PreforkRun(console, server, workers, common).run(() -> protocol, Service.PROXY);
        } else {
            workers.requireNoMaster();
            new ServerRun(console, server, common).run(protocol, Service.PROXY);
        }
    }

    private Address address() {
        if (connectTimeout.duration().isZero()) {
            throw Refusal.usage("--connect-timeout: it must be more than zero", null);
        }
        try {
            return Hosts.parse(to);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage("--to: " + Refusal.message(e), e);
        }
    }

    private void unreachable(int errno) {
        long last = lastSaidNs.get();
        long now = System.nanoTime();
        if (now - last >= SAY_AGAIN_NS && lastSaidNs.compareAndSet(last, now)) {
            console.note(
                    "a client was closed, %s cannot be reached: %s (%s)"
                            .formatted(to, Errno.name(errno), Errno.text(errno)));
        }
    }
}

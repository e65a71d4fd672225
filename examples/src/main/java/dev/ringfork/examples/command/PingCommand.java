// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.examples.bench.PingBench;
import dev.ringfork.examples.bench.PingBench.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringfork ping}. */
@Command(
        name = "ping",
        description =
                "Pings an echo server beside connections that flood it, and tells the latencies.")
final class PingCommand implements Runnable {
    private final Console console;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The server's, on this machine (default: ${DEFAULT-VALUE}).")
    private int port = 7000;

    @Option(
            names = "--pinging",
            paramLabel = "N",
            description = "Connections that ping (default: ${DEFAULT-VALUE}).")
    private int pinging = 100;

    @Option(
            names = "--flooding",
            paramLabel = "N",
            description = "Connections that flood (default: ${DEFAULT-VALUE}).")
    private int flooding = 1;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            description = "Between the pings of a connection (default: ${DEFAULT-VALUE}).")
    private Span interval = new Span(Duration.ofMillis(20));

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "Of all (default: ${DEFAULT-VALUE}).")
    private Span duration = new Span(Duration.ofSeconds(5));

    PingCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (interval.duration().isZero()) {
            throw Refusal.usage("--interval: leave at least 1ms between two pings", null);
        }
        PingBench.Plan plan =
                new PingBench.Plan(pinging, flooding, interval.duration(), duration.duration());
        try {
            InetSocketAddress server =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            console.note(
                    "%d connections ping every %s, %d flood, for %s"
                            .formatted(pinging, interval, flooding, duration));
            show(new PingBench(server, plan).run());
        } catch (IOException e) {
            throw Refusal.failure(
                    "port %d: %s; start a server first, as with: ringfork echo --port %d"
                            .formatted(port, Refusal.message(e), port),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show(Outcome outcome) {
        console.out()
                .println(
                        "pings %d, microseconds: p50 %d, p99 %d, p99.9 %d, max %d; flood %.0f MB/s; lost %d"
                                .formatted(
                                        outcome.latencies().size(),
                                        outcome.percentile(50) / 1000,
                                        outcome.percentile(99) / 1000,
                                        outcome.percentile(99.9) / 1000,
                                        outcome.percentile(100) / 1000,
                                        outcome.floodedBytes()
                                                / 1e6
                                                / duration.duration().toMillis()
                                                * 1000,
                                        outcome.lost()));
    }
}

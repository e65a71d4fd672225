// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.examples.bench.LossMeter;
import dev.ringfork.examples.bench.LossMeter.Fate;
import dev.ringfork.examples.bench.LossMeter.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringfork loss}. */
@Command(
        name = "loss",
        description = {
            "Asks an HTTP server all the time and counts the answers that are lost.",
            "Reload it, upgrade it, kill workers meanwhile. Ends with 1 if one was lost.",
            "TERM ends it before its time."
        })
final class LossCommand implements Callable<Integer> {
    private static final Duration TELL_EVERY = Duration.ofSeconds(1);

    private final Console console;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The server's, on this machine (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(
            names = "--path",
            paramLabel = "PATH",
            description =
                    "What answers a POST with its own body, once and whole (default: ${DEFAULT-VALUE}).")
    private String path = "/echo";

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "How many ask at the same time (default: ${DEFAULT-VALUE}).")
    private int clients = 16;

    @Option(
            names = "--per-connection",
            paramLabel = "N",
            description = "Requests over one connection (default: ${DEFAULT-VALUE}).")
    private int perConnection = 1;

    @Option(
            names = "--body",
            split = ",",
            paramLabel = "SIZE",
            description = "How long the bodies are, in turns: 0,4k,64k (default: some bytes).")
    private List<Size> bodies = List.of(new Size(0));

    @Option(
            names = "--pause",
            paramLabel = "TIME",
            description = "Of a client after each answer (default: ${DEFAULT-VALUE}).")
    private Span pause = new Span(Duration.ZERO);

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "Of all (default: ${DEFAULT-VALUE}).")
    private Span duration = new Span(Duration.ofSeconds(10));

    LossCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (clients < 1 || perConnection < 1) {
            throw Refusal.usage(
                    "--clients and --per-connection: there must be 1 at least of both", null);
        }
        LossMeter meter =
                new LossMeter(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        new LossMeter.Plan(
                                path,
                                clients,
                                perConnection,
                                bodies.stream().map(Size::intBytes).toList(),
                                pause.duration(),
                                duration.duration()));
        Signals.on("TERM", meter::stop);
        Thread progress = Thread.startVirtualThread(() -> tell(meter));
        Outcome outcome = meter.run();
        progress.interrupt();
        progress.join();
        console.out().println(line(outcome));
        return outcome.lost() > 0 || outcome.answered() == 0 ? 1 : 0;
    }

    private void tell(LossMeter meter) {
        try {
            while (true) {
                Thread.sleep(TELL_EVERY);
                console.note(line(meter.outcome()));
            }
        } catch (InterruptedException e) {
            // All is said then.
        }
    }

    private static String line(Outcome outcome) {
        return "answered %d, lost %d (refused %d, unanswered %d, cut %d, wrong %d, late %d), asked again %d"
                .formatted(
                        outcome.answered(),
                        outcome.lost(),
                        outcome.count(Fate.REFUSED),
                        outcome.count(Fate.UNANSWERED),
                        outcome.count(Fate.CUT),
                        outcome.count(Fate.WRONG),
                        outcome.count(Fate.LATE),
                        outcome.count(Fate.ASKED_AGAIN));
    }
}

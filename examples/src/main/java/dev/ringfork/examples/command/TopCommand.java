// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.prefork.control.ControlCall;
import dev.ringfork.prefork.control.Request;
import dev.ringfork.prefork.control.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringfork top}. */
@Command(
        name = "top",
        description =
                "Shows a running master and its workers, anew each second, until q or Ctrl-C.")
final class TopCommand implements Runnable {
    private static final String CLEAR = "\u001b[H\u001b[2J";
    private static final Request STATUS = new Request(Request.Verb.STATUS, Request.Format.TEXT);

    private final Console console;

    @Option(names = "--once", description = "Show it once.")
    private boolean once;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "How often to look (default: ${DEFAULT-VALUE}).")
    private Span every = new Span(Duration.ofSeconds(1));

    @Mixin private final ControlOptions control = new ControlOptions();

    TopCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (every.duration().isZero()) {
            throw Refusal.usage("--every: leave at least 1ms between two looks", null);
        }
        List<String> lines = look();
        if (once) {
            lines.forEach(console.out()::println);
            return;
        }
        try (Keyboard keyboard = Keyboard.open()) {
            while (true) {
                console.out().print(CLEAR + String.join("\n", lines) + "\n\nq ends\n");
                console.out().flush();
                if (keyboard.ends(every.duration())) {
                    return;
                }
                lines = look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> look() {
        List<String> lines = new ArrayList<>();
        try {
            Verdict verdict = ControlCall.ask(control.path(), STATUS, lines::add, lines::add);
            if (!verdict.good()) {
                throw Refusal.failure(verdict.text(), null);
            }
            return lines;
        } catch (IOException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
    }
}

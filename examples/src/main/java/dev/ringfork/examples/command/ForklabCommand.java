// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Platform;
import dev.ringfork.examples.forklab.Forklab;
import dev.ringfork.examples.forklab.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code ringfork forklab}. */
@Command(
        name = "forklab",
        description =
                "Shows whether warm forks (--spawn warm) hold on this virtual machine and this"
                        + " system: forks one again and again, and has each child try all that a"
                        + " virtual machine can do. Exit code 1 if something does not hold.")
final class ForklabCommand implements Callable<Integer> {
    private static final int FORKS = 15;
    private static final int FORKS_QUICK = 5;
    private static final int CHURNED = 4;
    private static final int CHURNED_EVERY = 20;
    private static final int ROUND_EVERY = 100;

    private final Console console;

    @Option(
            names = "--gc",
            split = ",",
            paramLabel = "NAME",
            description = "Collectors: g1, parallel, serial (default: all of them; --quick: g1).")
    private @Nullable List<Plan.Collector> collectors;

    @Option(
            names = "--forks",
            paramLabel = "N",
            description =
                    "Children one after the other; 500 is a thorough run (default: 15; --quick:"
                            + " 5). For each 20 one more is forked while the parent churns, for each"
                            + " 100 there is one more round of --at-once.")
    private @Nullable Integer forks;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description = "Children that live at once in a round (default: ${DEFAULT-VALUE}).")
    private int atOnce = 4;

    @Option(
            names = "--live",
            paramLabel = "SIZE",
            description =
                    "Objects that live and are checked in each child (default:"
                            + " ${DEFAULT-VALUE}).")
    private Size live = new Size(50 << 20);

    @Option(
            names = "--limit",
            paramLabel = "TIME",
            description =
                    "A child that takes longer hangs: its stacks are written down, and it is killed"
                            + " (default: ${DEFAULT-VALUE}).")
    private Span limit = new Span(Duration.ofMinutes(1));

    @Option(names = "--quick", description = "Fewer of all.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON too.")
    private @Nullable Path json;

    ForklabCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Platform.current().linux()) {
            throw Refusal.failure("there are warm forks on Linux with glibc only", null);
        }
        int number = forks != null ? forks : quick ? FORKS_QUICK : FORKS;
        if (number < 1 || atOnce < 1) {
            throw Refusal.usage("--forks and --at-once: there must be 1 at least of both", null);
        }
        Plan plan =
                new Plan(
                        chosen(),
                        number,
                        atOnce,
                        1 + number / ROUND_EVERY,
                        (quick ? 1 : CHURNED) + number / CHURNED_EVERY,
                        live.bytes(),
                        limit.duration());
        Forklab lab = new Forklab(plan, console.out());
        boolean good = lab.run(Main.Version.number());
        if (json != null) {
            Files.writeString(json, lab.json() + "\n");
        }
        return good ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private List<Plan.Collector> chosen() {
        if (collectors != null) {
            return collectors;
        }
        return quick ? List.of(Plan.Collector.G1) : List.of(Plan.Collector.values());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.examples.syscalls.Column;
import dev.ringfork.examples.syscalls.Figures;
import dev.ringfork.examples.syscalls.FirstCall;
import dev.ringfork.examples.syscalls.HtmlPage;
import dev.ringfork.examples.syscalls.JsonText;
import dev.ringfork.examples.syscalls.Measurement;
import dev.ringfork.examples.syscalls.Pace;
import dev.ringfork.examples.syscalls.Programs;
import dev.ringfork.examples.syscalls.Surroundings;
import dev.ringfork.examples.syscalls.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code ringfork syscalls}. */
@Command(
        name = "syscalls",
        description =
                "Measures what a system call costs from Java, by each provider, beside the same call"
                        + " in C.")
final class SyscallsCommand implements Callable<Integer> {
    private static final int STARTS = 11;
    private static final int STARTS_QUICK = 3;

    private final Console console;

    @Option(names = "--quick", description = "Within three minutes; the figures are coarse.")
    private boolean quick;

    @Option(
            names = "--filter",
            paramLabel = "REGEX",
            description = "Only calls in whose name this is found, pipe or epoll for instance.")
    private String filter = "";

    @Option(
            names = "--providers",
            paramLabel = "NAME",
            split = ",",
            description = "Of ffm, jni, jna, jnr; all of them unless said.")
    private @Nullable List<String> providers;

    @Option(
            names = "--passes",
            paramLabel = "N",
            description = "How often all is measured, one after the other: the best counts.")
    private int passes = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with plots.")
    private @Nullable Path html;

    @Option(names = "--first-call", hidden = true, description = "Time the first call.")
    private boolean firstCall;

    SyscallsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (firstCall) {
            console.out().println(FirstCall.measure());
            return ExitCode.OK;
        }
        List<Column> columns = columns();
        Pattern pattern = pattern();
        if (passes < 1) {
            throw Refusal.usage("--passes: 1 or more, not " + passes, null);
        }
        Surroundings surroundings = Surroundings.look();
        try {
            Programs programs = new Programs(home(), options());
            programs.require();
            Pace pace = quick ? Pace.QUICK : Pace.FULL;
            Figures figures =
                    new Measurement(programs, filter, pace, console::note).run(columns, passes);
            new FirstCall(home(), quick ? STARTS_QUICK : STARTS, console::note)
                    .run(pattern, columns, figures);
            if (figures.calls().isEmpty()) {
                throw Refusal.usage(
                        "--filter: no call has '%s' in its name".formatted(filter), null);
            }
            show(figures, surroundings);
        } catch (IOException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
        return ExitCode.OK;
    }

    private List<Column> columns() {
        try {
            return providers == null
                    ? Column.providers()
                    : providers.stream().map(Column::provider).toList();
        } catch (IllegalArgumentException e) {
            throw Refusal.usage("--providers: " + e.getMessage(), e);
        }
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(filter);
        } catch (PatternSyntaxException e) {
            throw Refusal.usage("--filter: " + e.getMessage(), e);
        }
    }

    /** The checkout, which ./ringfork names: the benchmarks are no part of what is packed. */
    private static Path home() throws IOException {
        String home = System.getProperty("ringfork.home");
        if (home == null) {
            throw new IOException(
                    "benchmarks are built in a checkout: run ./ringfork syscalls there");
        }
        return Path.of(home);
    }

    /** What ./ringfork takes for its own JVM is for those that measure too. */
    private static List<String> options() {
        String options = System.getenv("RINGFORK_JAVA_OPTS");
        return options == null || options.isBlank()
                ? List.of()
                : List.of(options.strip().split("\\s+"));
    }

    private void show(Figures figures, Surroundings surroundings) throws IOException {
        console.out().println(surroundings.machine());
        console.out().println(surroundings.java() + ", load before: " + surroundings.load());
        console.out().println(pace());
        console.out().println();
        TextTable.lines(figures).forEach(console.out()::println);
        figures.failures().forEach(failure -> console.out().println("not measured: " + failure));
        if (json != null) {
            Files.writeString(json, JsonText.of(figures, surroundings, quick));
            console.note("written: " + json);
        }
        if (html != null) {
            Files.writeString(html, HtmlPage.of(figures, surroundings, quick));
            console.note("written: " + html);
        }
    }

    private String pace() {
        return "ns of processor time (wall: of the clock): the best of %d times %d rounds, how much the median was above it, and how many times what C with two threads takes%s"
                .formatted(
                        passes,
                        (quick ? Pace.QUICK : Pace.FULL).rounds(),
                        quick ? "; coarse, 20 % say nothing" : "");
    }
}

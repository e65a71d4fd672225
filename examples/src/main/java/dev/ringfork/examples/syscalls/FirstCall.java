// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * How long the first system call of a fresh JVM takes, by provider, with the start-up cache of
 * {@code ./ringfork} and without: finding and linking the way to the kernel is in it, the start of
 * the JVM is not.
 *
 * @param home the checkout
 * @param rounds how many JVMs
 * @param progress told what is being measured
 */
public record FirstCall(Path home, int rounds, Consumer<String> progress) {
    /** Each measured way is started with these options for the JVM. */
    private static final Map<String, String> OPTIONS = Map.of("no", "-XX:AOTMode=off", "yes", "");

    /** What the JVM that is measured prints: makes the call and returns nanoseconds. */
    public static long measure() {
        long start = System.nanoTime();
        Syscalls.get().processes().getppid();
        return System.nanoTime() - start;
    }

    /** Measures those whose names the filter is found in. */
    public void run(Pattern filter, List<Column> providers, Figures figures)
            throws IOException, InterruptedException {
        for (String cache : List.of("yes", "no")) {
            String call = "startUp.firstCall cache=%s wall".formatted(cache);
            if (!filter.matcher(call).find()) {
                continue;
            }
            figures.plan(call);
            for (Column provider : providers) {
                progress.accept(provider.title() + ": " + call);
                run(provider, call, OPTIONS.getOrDefault(cache, ""), figures);
            }
        }
    }

    private void run(Column provider, String call, String options, Figures figures)
            throws IOException, InterruptedException {
        List<Long> took = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            ProcessBuilder command =
                    new ProcessBuilder(
                            home.resolve("ringfork").toString(),
                            "syscalls",
                            "--first-call",
                            "--bindings",
                            provider.id());
            command.environment().put("RINGFORK_JAVA_OPTS", options);
            Programs.run(command, line -> took.add(Long.valueOf(line)));
        }
        took.sort(null);
        if (took.isEmpty()) {
            figures.fail(provider, call, "the JVM said nothing");
        } else {
            double best = took.getFirst();
            figures.put(provider, call, new Figure(best, took.get(took.size() / 2), null));
        }
    }
}

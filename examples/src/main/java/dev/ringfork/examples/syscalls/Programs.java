// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.Platform;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The programs that measure, where the build has put them, and how they are run. */
public final class Programs {
    private static final String RUNNER = "dev.ringfork.bindings.bench.BenchRunner";

    private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w+GC");

    private final Path c;
    private final Path jars;
    private final List<String> options;

    /**
     * Those of a checkout.
     *
     * @param home its folder
     * @param options more for the JVMs that measure
     */
    public Programs(Path home, List<String> options) {
        this.options = List.copyOf(options);
        c = home.resolve("native/target/native/%s-bench/bench".formatted(Platform.current().key()));
        jars = home.resolve("examples/bench/target/bench");
    }

    /**
     * Makes sure that they are there.
     *
     * @throws IOException if not: the message says what to do
     */
    public void require() throws IOException {
        if (!Files.isExecutable(c)) {
            throw new IOException("no " + c + ": run make -C native bench");
        }
        if (!Files.isDirectory(jars)) {
            throw new IOException("no " + jars + ": run ./mvnw -Pbench verify");
        }
    }

    /** The command that measures a column. */
    List<String> command(Column column, String filter, Pace pace) {
        List<String> command = new ArrayList<>();
        if (column.java()) {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            // Of collectors the JVM takes one only.
            if (options.stream().noneMatch(COLLECTOR.asMatchPredicate())) {
                command.add("-XX:+UseSerialGC");
            }
            command.add("--enable-native-access=ALL-UNNAMED");
            // What is forked keeps no counters in memory that it would share with its copies.
            command.add("-XX:+PerfDisableSharedMem");
            // JMH's own use of it would be a warning for each JVM.
            command.add("--sun-misc-unsafe-memory-access=allow");
            command.addAll(List.of("-Djmh.ignoreLock=true", "-Dringfork.bindings=" + column.id()));
            command.addAll(options);
            command.addAll(List.of("-cp", jars + "/*", RUNNER, filter));
            command.addAll(pace.java());
        } else {
            command.addAll(List.of(c.toString(), "--threads", column == Column.C1 ? "1" : "2"));
            command.addAll(List.of("--filter", filter));
            command.addAll(pace.c());
        }
        return command;
    }

    /**
     * Runs a program to its end, and passes on its lines as they come. When this JVM ends so does
     * the program.
     *
     * @return its exit code
     */
    static int run(ProcessBuilder command, Consumer<String> lines)
            throws IOException, InterruptedException {
        Process process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread ending = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(ending);
        try (BufferedReader reader = process.inputReader(UTF_8)) {
            reader.lines().forEach(lines);
            return process.waitFor();
        } finally {
            process.destroy();
            forget(ending);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The JVM is ending: the hook is running.
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.process.Obstacle;
import dev.ringfork.prefork.process.WarmFork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringfork forklab} on this system, in a JVM of its own. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForklabCommandTest {
    @TempDir Path folder;

    /** How it went and what it printed. */
    private record Report(int exitCode, List<String> lines) {
        boolean has(String pattern) {
            return lines.stream().anyMatch(line -> line.matches(pattern));
        }
    }

    @BeforeAll
    static void assumeForks() {
        assumeTrue(Platform.current().linux(), "there are warm forks on Linux only");
        String obstacles = String.join("; ", foundHere());
        assumeTrue(
                Stream.of("glibc", "rf_fork", "PR_GET_TID_ADDRESS", "shadow")
                        .noneMatch(obstacles::contains),
                obstacles);
    }

    private static List<String> foundHere() {
        return new WarmFork(Syscalls.get()).check().stream().map(Obstacle::toString).toList();
    }

    private Report run(Map<String, String> environment, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("forklab"));
        all.addAll(List.of(arguments));
        List<String> options = List.of(CommandProcess.NATIVE_ACCESS, "-Djava.io.tmpdir=" + folder);
        try (CommandProcess command =
                CommandProcess.start(options, environment, all.toArray(String[]::new))) {
            List<String> lines = new ArrayList<>();
            do {
                lines.add(command.nextOut());
            } while (!lines.getLast().matches("all holds|.* NOT hold|This .* cannot be forked:"));
            int exitCode = command.awaitExit();
            lines.addAll(command.restOfOut());
            return new Report(exitCode, lines);
        }
    }

    @Test
    void shouldHoldHereAndLeaveNothingBehind() throws Exception {
        Path json = folder.resolve("result.json");
        Report report =
                run(
                        Map.of(),
                        "--gc=serial",
                        "--forks=10",
                        "--quick",
                        "--live=4m",
                        "--json=" + json);

        assertEquals(0, report.exitCode(), () -> String.join("\n", report.lines()));
        assertEquals("all holds", report.lines().getLast());
        for (String row :
                List.of(
                        "one child at a time +10 of 10",
                        "several at once +4 of 4",
                        "while the parent churns +1 of 1",
                        "a line of descendants +1 of 1",
                        "the parent is killed +1 of 1")) {
            assertTrue(report.has(row), () -> row + " is not in " + report.lines());
        }
        String written = Files.readString(json);
        assertTrue(written.contains("\"one child at a time\":{\"held\":10,\"failed\":0}"), written);
        Files.delete(json);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void shouldSayWhatIsInTheWayOfForks() throws Exception {
        Report report =
                run(
                        Map.of("JDK_JAVA_OPTIONS", "-XX:StartFlightRecording"),
                        "--quick",
                        "--gc=serial",
                        "--live=1m");

        assertEquals(1, report.exitCode());
        assertTrue(
                report.has("  a flight recording \\(JFR\\) runs: stop it.*"),
                () -> "" + report.lines());
    }

    @Test
    void shouldNotBlameForksForWhatFailsWithoutThem() throws Exception {
        Report report =
                run(
                        Map.of("JDK_JAVA_OPTIONS", "-XX:+DisableExplicitGC"),
                        "--quick",
                        "--gc=serial",
                        "--live=1m");

        assertEquals(1, report.exitCode());
        assertTrue(
                report.has("Serial +before any fork +FAILED: full collection: System.gc\\(\\).*"),
                () -> "" + report.lines());
        assertFalse(report.has("one child at a time +\\d+ of .*"), () -> "" + report.lines());
    }
}

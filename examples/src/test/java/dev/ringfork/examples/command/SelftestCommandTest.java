// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringfork selftest} on this system, in a JVM of its own. */
class SelftestCommandTest {
    private static final Pattern COUNTS = Pattern.compile("(\\d+) ok, (\\d+) skipped, 0 FAILED");

    @TempDir Path folder;

    private List<String> report(String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        all.add(CommandProcess.NATIVE_ACCESS);
        all.add("-Djava.io.tmpdir=" + folder);
        try (CommandProcess command = CommandProcess.start(all, Map.of(), "selftest")) {
            List<String> lines = new ArrayList<>();
            do {
                lines.add(command.nextOut());
            } while (!lines.getLast().matches("\\d+ ok, .*"));
            assertEquals(0, command.awaitExit(), () -> String.join("\n", lines));
            assertEquals(List.of(), command.restOfErr());
            return lines;
        }
    }

    @Test
    void shouldHoldHereAndLeaveNothingBehind() throws Exception {
        List<String> report = report();

        assertTrue(COUNTS.matcher(report.getLast()).matches(), report.getLast());
        assertTrue(report.getFirst().matches("Ringfork \\S+ selftest"), report.getFirst());
        for (String name : new String[] {"system", "kernel", "C library", "Java", "libringfork"}) {
            assertTrue(
                    report.stream().anyMatch(line -> line.matches(name + " +\\S.*")),
                    () -> name + " is not in " + report);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void shouldSkipWhatNeedsTheLibraryWithoutIt() throws Exception {
        List<String> report = report("-Dringfork.native=off");

        List<String> signals =
                report.stream().filter(line -> line.startsWith("signals: ")).toList();
        assertEquals(3, signals.size());
        for (String line : signals) {
            assertTrue(line.contains(" skipped: libringfork is switched off"), line);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementTest {
    private static final Pace SHORTEST = new Pace(0, 1, 1, 2, 1);

    private final List<String> progress = new ArrayList<>();

    /** Benchmarks are no part of the usual build. */
    private static Programs built() {
        Path home = Path.of(System.getProperty("ringfork.native.build")).resolve("../..");
        Programs programs = new Programs(home.toAbsolutePath().normalize(), List.of());
        try {
            programs.require();
        } catch (IOException e) {
            abort(e.toString());
        }
        return programs;
    }

    @Test
    void shouldMeasureACallInCAndInJava() throws Exception {
        Figures figures =
                new Measurement(built(), "^process.getppid$", SHORTEST, progress::add)
                        .run(List.of(Column.FFM), 1);
        assertEquals(List.of("process.getppid"), figures.calls(), progress.toString());
        assertEquals(List.of(Column.C1, Column.C, Column.FFM), figures.columns());
        assertNotNull(figures.ratio("process.getppid", Column.FFM));
    }

    @Test
    void shouldMeasureNothingThatIsNotAskedFor() throws Exception {
        Figures figures =
                new Measurement(built(), "no such call", SHORTEST, progress::add).run(List.of(), 1);
        assertEquals(List.of(), figures.calls());
    }

    @Test
    void shouldGiveOptionsToTheJvmsThatMeasure(@TempDir Path home) {
        List<String> options = List.of("-XX:+UseG1GC", "-XX:+UseSystemMemoryBarrier");
        Programs programs = new Programs(home, options);
        List<String> command = programs.command(Column.FFM, "noop", Pace.QUICK);
        assertTrue(command.containsAll(options), command.toString());
        assertFalse(command.contains("-XX:+UseSerialGC"), "of collectors the JVM takes one only");
        assertFalse(programs.command(Column.C, "noop", Pace.QUICK).containsAll(options));
    }

    @Test
    void shouldSayHowToBuildWhatIsMissing(@TempDir Path empty) {
        IOException missing =
                assertThrows(IOException.class, new Programs(empty, List.of())::require);
        assertTrue(missing.toString().endsWith("run make -C native bench"));
    }
}

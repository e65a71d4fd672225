// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A real run of four programs, recorded; the one of jnr had no jnr-ffi on its class path. */
final class Recorded {
    static final Surroundings SURROUNDINGS =
            new Surroundings("2 x a processor", "25.0.3+9-LTS", "0.10", "2026-11-22T12:00:00Z");

    final Figures figures = new Figures();
    final List<String> progress = new ArrayList<>();

    Recorded() throws IOException {
        for (Column column : List.of(Column.C1, Column.C, Column.FFM, Column.JNA, Column.JNR)) {
            Transcript transcript = new Transcript(column, figures, progress::add);
            try (InputStream stream = Recorded.class.getResourceAsStream(column.id() + ".txt")) {
                new String(Objects.requireNonNull(stream).readAllBytes(), UTF_8)
                        .lines()
                        .forEach(transcript::line);
            }
        }
    }
}

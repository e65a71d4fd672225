// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures column after column. Confined to one thread.
 *
 * @param programs what measures
 * @param filter a regular expression for the calls
 * @param pace how long
 * @param progress told what is being measured, a line at a time
 */
public record Measurement(Programs programs, String filter, Pace pace, Consumer<String> progress) {

    /**
     * Measures C, then the providers, and all of that so many times: a machine is slower for a
     * while now and then, and is so for one column only if that comes once.
     */
    public Figures run(List<Column> providers, int passes)
            throws IOException, InterruptedException {
        Figures figures = new Figures();
        for (int i = 0; i < passes; i++) {
            run(providers, figures);
        }
        return figures;
    }

    private void run(List<Column> providers, Figures figures)
            throws IOException, InterruptedException {
        run(Column.C1, figures);
        run(Column.C, figures);
        for (Column provider : providers) {
            run(provider, figures);
        }
    }

    private void run(Column column, Figures figures) throws IOException, InterruptedException {
        Transcript transcript = new Transcript(column, figures, progress);
        int code =
                Programs.run(
                        new ProcessBuilder(programs.command(column, filter, pace)),
                        transcript::line);
        if (code != 0) {
            progress.accept(
                    "%s: ended with exit code %d before it was done"
                            .formatted(column.title(), code));
        }
    }
}

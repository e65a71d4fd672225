// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import java.util.function.Consumer;

/**
 * What a measuring program says, a line at a time: {@code plan,CALL} for each call first, then
 * {@code run,CALL} and {@code result,CALL,MIN,MEDIAN,BYTES} or {@code failed,CALL,REASON}; {@code
 * absent,REASON} if it can measure nothing. Confined to one thread.
 */
public final class Transcript {
    private static final int CALL = 1;
    private static final int MIN = 2;
    private static final int MEDIAN = 3;
    private static final int BYTES = 4;
    private static final int FIELDS = 5;

    private final Column column;
    private final Figures figures;
    private final Consumer<String> progress;
    private int planned;
    private int begun;

    /**
     * Begins to listen.
     *
     * @param column whose lines they are
     * @param progress told what is being measured
     */
    public Transcript(Column column, Figures figures, Consumer<String> progress) {
        this.column = column;
        this.figures = figures;
        this.progress = progress;
    }

    /** Takes a line; what is none of these is passed on as it is. */
    public void line(String line) {
        String[] fields = line.split(",", FIELDS);
        switch (fields[0]) {
            case "plan" -> {
                planned++;
                figures.plan(fields[CALL]);
            }
            case "run" ->
                    progress.accept(
                            "%s: %d of %d: %s"
                                    .formatted(column.title(), ++begun, planned, fields[CALL]));
            case "result" -> figures.put(column, fields[CALL], figure(fields));
            case "failed" -> fail(line.split(",", MIN + 1));
            case "absent" -> progress.accept(column.title() + ": not measured: " + rest(line));
            default -> progress.accept(column.title() + ": " + line);
        }
    }

    private void fail(String[] fields) {
        figures.fail(column, fields[CALL], fields[MIN]);
        progress.accept("%s: %s: %s".formatted(column.title(), fields[CALL], fields[MIN]));
    }

    private static String rest(String line) {
        return line.substring(line.indexOf(',') + 1);
    }

    private static Figure figure(String[] fields) {
        return new Figure(
                Double.parseDouble(fields[MIN]),
                Double.parseDouble(fields[MEDIAN]),
                fields[BYTES].isEmpty() ? null : Double.valueOf(fields[BYTES]));
    }
}

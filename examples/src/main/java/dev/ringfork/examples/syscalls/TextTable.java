// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The figures as lines of text. */
public final class TextTable {
    private static final String NONE = "-";
    private static final double TENTHS_BELOW = 100;

    private TextTable() {}

    /** The table, its head first. */
    public static List<String> lines(Figures figures) {
        List<List<String>> table = new ArrayList<>();
        table.add(head(figures));
        figures.calls().forEach(call -> table.add(row(figures, call)));
        int[] widths =
                IntStream.range(0, table.getFirst().size())
                        .map(i ->
                                table.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
                        .toArray();
        return table.stream().map(row -> line(row, widths)).toList();
    }

    private static List<String> head(Figures figures) {
        List<String> head = new ArrayList<>(List.of("ns for one"));
        for (Column column : figures.columns()) {
            head.add(column.title());
            head.add("+-%");
            if (column.java()) {
                head.add("/C");
            }
        }
        allocating(figures).forEach(column -> head.add("B " + column.title()));
        return head;
    }

    private static List<String> row(Figures figures, String call) {
        List<String> row = new ArrayList<>(List.of(call));
        for (Column column : figures.columns()) {
            Figure figure = figures.figure(call, column);
            row.add(figure == null ? NONE : ns(figure.minNs()));
            row.add(figure == null ? NONE : "%.0f".formatted(figure.spread()));
            if (column.java()) {
                row.add(ratio(figures.ratio(call, column)));
            }
        }
        for (Column column : allocating(figures)) {
            row.add(bytes(figures.figure(call, column)));
        }
        return row;
    }

    /** The columns that somebody has looked at what they allocate in. */
    static List<Column> allocating(Figures figures) {
        return figures.columns().stream()
                .filter(column ->
                        figures.calls().stream()
                                .map(call -> figures.figure(call, column))
                                .anyMatch(figure -> figure != null && figure.bytes() != null))
                .toList();
    }

    /** Nanoseconds, with a digit after the point where it says something. */
    static String ns(double ns) {
        return String.format(Locale.ROOT, ns < TENTHS_BELOW ? "%.1f" : "%.0f", ns);
    }

    /** A multiple, or a dash. */
    static String ratio(@Nullable Double ratio) {
        return ratio == null ? NONE : String.format(Locale.ROOT, "%.2f", ratio);
    }

    /** Whole bytes: what is below is the measuring's own, divided by the operations. */
    static String bytes(@Nullable Figure figure) {
        return figure == null || figure.bytes() == null ? NONE : "%.0f".formatted(figure.bytes());
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder(pad(row.getFirst(), -widths[0]));
        for (int i = 1; i < widths.length; i++) {
            line.append("  ").append(pad(row.get(i), widths[i]));
        }
        return line.toString().stripTrailing();
    }

    private static String pad(String text, int width) {
        return ("%" + width + "s").formatted(text);
    }
}

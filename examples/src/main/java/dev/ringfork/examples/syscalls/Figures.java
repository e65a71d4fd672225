// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that was measured: a figure for each call and column. Confined to one thread. */
public final class Figures {
    private final Map<String, Map<Column, Figure>> rows = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    /** Begins with nothing. */
    public Figures() {}

    /** Makes a row for a call, which stays empty where nobody measures it. */
    public void plan(String call) {
        row(call);
    }

    private Map<Column, Figure> row(String call) {
        return rows.computeIfAbsent(call, _ -> new EnumMap<>(Column.class));
    }

    /** Notes a figure; of several for one place the better one. */
    public void put(Column column, String call, Figure figure) {
        row(call).merge(column, figure, Figure::better);
    }

    /** Notes that there is none, and why. */
    public void fail(Column column, String call, String reason) {
        failures.add("%s by %s: %s".formatted(call, column.title(), reason));
    }

    /** Why figures are missing, a sentence each. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** The calls, those of one family together: what is before the dot. */
    public List<String> calls() {
        List<String> families = rows.keySet().stream().map(Figures::family).distinct().toList();
        return rows.keySet().stream()
                .sorted(Comparator.comparingInt(call -> families.indexOf(family(call))))
                .toList();
    }

    /** The family of a call. */
    static String family(String call) {
        return call.substring(0, call.indexOf('.'));
    }

    /** What was measured of a call, or null. */
    public @Nullable Figure figure(String call, Column column) {
        Map<Column, Figure> row = rows.get(call);
        return row == null ? null : row.get(column);
    }

    /** What a figure is a multiple of, that of C with two threads; null without one. */
    public @Nullable Double ratio(String call, Column column) {
        Figure base = figure(call, Column.C);
        Figure figure = figure(call, column);
        return base == null || figure == null ? null : figure.ratio(base);
    }

    /** The columns in which there is anything. */
    public List<Column> columns() {
        return List.of(Column.values()).stream()
                .filter(column -> rows.values().stream().anyMatch(row -> row.containsKey(column)))
                .toList();
    }
}

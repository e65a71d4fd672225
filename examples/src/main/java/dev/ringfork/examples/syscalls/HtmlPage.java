// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** The figures as one page that needs nothing else: plots, then the table. */
public final class HtmlPage {
    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>What a system call costs</title>
            <style>
            :root { color-scheme: light dark; --ink: #1b1f24; --soft: #667080; --line: #d6dae0; --paper: #fff;
                --c1: #a0a7b2; --c: #4a525e; --ffm: #2a6fdb; --jni: #1d9a6c; --jna: #d9722a; --jnr: #9a55c4; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #98a2b0; --line: #353b45;
                --paper: #15181d; --c1: #6b7380; --c: #b9c0cb; --ffm: #6ca5ff; --jni: #4cc79a; --jna: #f19a5b; --jnr: #c08be6; } }
            body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
                font: 15px/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .3rem; }
            p, .key { color: var(--soft); } .key span { margin-right: 1.2rem; white-space: nowrap; }
            .key i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px; }
            svg { width: 100%; height: auto; display: block; font: 12px system-ui, sans-serif; fill: var(--ink); }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
            th, td { padding: .15rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
            th:first-child, td:first-child { text-align: left; } td small { color: var(--soft); }
            </style>
            """;

    private final Figures figures;
    private final StringBuilder html = new StringBuilder(HEAD);

    private HtmlPage(Figures figures) {
        this.figures = figures;
    }

    /** The page. */
    public static String of(Figures figures, Surroundings surroundings, boolean coarse) {
        HtmlPage page = new HtmlPage(figures);
        page.introduction(surroundings, coarse);
        page.plots();
        page.table();
        return page.html.toString();
    }

    private void introduction(Surroundings surroundings, boolean coarse) {
        html.append("<h1>What a system call costs</h1>\n");
        paragraph(surroundings.machine());
        paragraph(
                "%s; %s, load before: %s"
                        .formatted(surroundings.java(), surroundings.when(), surroundings.load()));
        paragraph(
                "Bars: the processor time of one operation (wall: the time of the clock) as a multiple of the same one in C. C has an idle second"
                        + " thread, as every JVM has several: for such a process the kernel takes a reference"
                        + " to each descriptor that it looks up.");
        if (coarse) {
            paragraph("Measured with --quick: coarse, 20 % say nothing.");
        }
    }

    private void paragraph(String text) {
        html.append("<p>").append(escaped(text)).append("</p>\n");
    }

    private void plots() {
        List<Column> columns = figures.columns().stream().filter(Column::java).toList();
        if (columns.isEmpty()) {
            return;
        }
        html.append("<p class=\"key\">");
        columns.forEach(column ->
                html.append(
                        "<span><i style=\"background: var(--%s)\"></i>%s</span>"
                                .formatted(column.id(), column.title())));
        html.append("</p>\n");
        figures.calls().stream()
                .filter(call -> figures.figure(call, Column.C) != null)
                .collect(
                        Collectors.groupingBy(
                                Figures::family, LinkedHashMap::new, Collectors.toList()))
                .forEach((family, calls) -> {
                    html.append("<h2>").append(escaped(family)).append("</h2>\n");
                    html.append(RatioPlot.svg(figures, calls, columns));
                });
    }

    private void table() {
        html.append("<h2>Nanoseconds for one</h2>\n<div class=\"wide\"><table>\n<tr><th>call</th>");
        figures.columns().forEach(column -> cell("th", column.title()));
        TextTable.allocating(figures).forEach(column -> cell("th", "B " + column.title()));
        html.append("</tr>\n");
        for (String call : figures.calls()) {
            html.append("<tr>");
            cell("td", escaped(call));
            figures.columns().forEach(column -> cell("td", figure(call, column)));
            TextTable.allocating(figures)
                    .forEach(column -> cell("td", TextTable.bytes(figures.figure(call, column))));
            html.append("</tr>\n");
        }
        html.append("</table></div>\n");
        figures.failures().forEach(failure -> paragraph("Not measured: " + failure));
    }

    private void cell(String kind, String content) {
        html.append('<').append(kind).append('>').append(content);
        html.append("</").append(kind).append('>');
    }

    private String figure(String call, Column column) {
        Figure figure = figures.figure(call, column);
        if (figure == null) {
            return TextTable.ratio(null);
        }
        String ns = TextTable.ns(figure.minNs());
        String spread = " <small>+%.0f %%".formatted(figure.spread());
        String ratio =
                column.java() ? ", " + TextTable.ratio(figures.ratio(call, column)) + "×" : "";
        return ns + spread + ratio + "</small>";
    }

    /** Text that cannot be taken for markup. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}

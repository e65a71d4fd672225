// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import java.util.List;
import java.util.Locale;

/** Bars of a few calls: how many times what C takes. */
final class RatioPlot {
    private static final int WIDTH = 900;
    private static final int LEFT = 240;
    private static final int RIGHT = 110;
    private static final int BAR = 9;
    private static final int GAP = 10;
    private static final int TOP = 18;

    /** Longer bars are cut, and say so by their number: most are near one. */
    private static final double MOST = 3;

    private final Figures figures;
    private final List<String> calls;
    private final List<Column> columns;
    private final StringBuilder svg = new StringBuilder();

    private RatioPlot(Figures figures, List<String> calls, List<Column> columns) {
        this.figures = figures;
        this.calls = calls;
        this.columns = columns;
    }

    /** An inline picture. */
    static String svg(Figures figures, List<String> calls, List<Column> columns) {
        return new RatioPlot(figures, calls, columns).draw();
    }

    private String draw() {
        int rowHeight = columns.size() * BAR + GAP;
        int height = TOP + calls.size() * rowHeight;
        add(
                String.format(
                        Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\">\n", WIDTH, height));
        for (int i = 0; i < calls.size(); i++) {
            row(calls.get(i), TOP + i * rowHeight);
        }
        for (int multiple = 1; multiple <= MOST; multiple++) {
            line(multiple, height);
        }
        return svg.append("</svg>\n").toString();
    }

    private void row(String call, int y) {
        text(LEFT - 8, y + columns.size() * BAR / 2 + 4, "end", call);
        for (int i = 0; i < columns.size(); i++) {
            Double ratio = figures.ratio(call, columns.get(i));
            if (ratio != null) {
                bar(columns.get(i), ratio, y + i * BAR);
            }
        }
    }

    private void bar(Column column, double ratio, int y) {
        double end = x(Math.min(ratio, MOST));
        add(
                String.format(
                        Locale.ROOT,
                        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" style=\"fill: var(--%s)\"/>\n",
                        LEFT,
                        y,
                        end - LEFT,
                        BAR - 2,
                        column.id()));
        String cut = ratio > MOST ? " →" : "";
        add(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%d\" style=\"font-size: 9px; fill: var(--soft)\">%.2f%s</text>\n",
                        end + 4,
                        y + BAR - 2,
                        ratio,
                        cut));
    }

    private void line(int multiple, int height) {
        text((int) x(multiple), TOP - 6, "middle", multiple + "×");
        add(
                String.format(
                        Locale.ROOT,
                        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" style=\"stroke: var(--line)\"/>\n",
                        x(multiple),
                        x(multiple),
                        TOP - 3,
                        height));
    }

    private static double x(double ratio) {
        return LEFT + ratio / MOST * (WIDTH - LEFT - RIGHT);
    }

    private void text(int x, int y, String anchor, String text) {
        add(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
                        x,
                        y,
                        anchor,
                        HtmlPage.escaped(text)));
    }

    private void add(String text) {
        svg.append(text);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The three forms in which a recorded run is shown. */
class ReportsTest {
    private final Figures figures = new Recorded().figures;

    ReportsTest() throws IOException {}

    @Test
    void shouldPutFiguresBesideEachOther() {
        List<String> lines = TextTable.lines(figures);
        assertEquals(5, lines.size());
        assertTrue(lines.getFirst().matches("ns for one +C, 1 thread .* ffm .*/C .* jna .*/C.*"));
        String row = row(lines, "pipe.writeRead bytes=64");
        String ratio = TextTable.ratio(figures.ratio("pipe.writeRead bytes=64", Column.FFM));
        assertTrue(row.matches(".* 499 +3 +665 +2 .* " + Pattern.quote(ratio) + " .*"), row);
    }

    @Test
    void shouldShowADashWhereNothingWasMeasured() {
        figures.put(Column.FFM, "mutex.lock", new Figure(33.3, 33.3, null));
        String row = row(TextTable.lines(figures), "mutex.lock");
        assertTrue(row.matches("mutex.lock +- +- +- +- +33.3 +0 +- .*"), row);
    }

    @Test
    void shouldAlignColumns() {
        long widths = TextTable.lines(figures).stream().mapToInt(String::length).distinct().count();
        assertEquals(1, widths);
    }

    @Test
    void shouldWriteEachFigureToJson() {
        String json = JsonText.of(figures, Recorded.SURROUNDINGS, true);
        assertTrue(json.contains("\"coarse\":true"), json);
        assertTrue(
                json.contains(
                        "{\"call\":\"process.getppid\",\"c1\":{\"minNs\":118.69,\"medianNs\":119.52},"),
                json);
        assertFalse(json.contains("\"jnr\""), json);
    }

    @Test
    void shouldMakeAPageThatNeedsNothingElse() {
        String page = HtmlPage.of(figures, Recorded.SURROUNDINGS, true);
        assertFalse(
                Pattern.compile("https?:|src=|<link|<script|@import|url\\(").matcher(page).find());
        assertTrue(page.contains("coarse"));
        assertTrue(page.contains("prefers-color-scheme: dark"));
    }

    @Test
    void shouldDrawABarForEachRatio() {
        String page = HtmlPage.of(figures, Recorded.SURROUNDINGS, false);
        assertEquals(2 * 4, Pattern.compile("<rect ").matcher(page).results().count());
        String ratio = TextTable.ratio(figures.ratio("process.getppid", Column.JNA));
        assertTrue(page.contains(">" + ratio + "<") || page.contains(">" + ratio + " →<"), ratio);
    }

    @Test
    void shouldNotTakeTextForMarkup() {
        figures.fail(Column.FFM, "pipe.writeRead", "<b> & more");
        String page = HtmlPage.of(figures, Recorded.SURROUNDINGS, false);
        assertTrue(page.contains("&lt;b&gt; &amp; more"));
    }

    private static String row(List<String> lines, String call) {
        return lines.stream().filter(line -> line.startsWith(call + " ")).findFirst().orElseThrow();
    }
}

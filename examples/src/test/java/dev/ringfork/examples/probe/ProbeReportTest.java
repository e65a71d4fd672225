// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.reactor.uring.Features;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProbeReportTest {
    private static Probed found(boolean works) {
        return new Probed(
                Map.of("kernel", "a \"new\" one"),
                Map.of("poll", "works"),
                List.of(
                        new Features.Result("setup", "CLAMP", works, works ? "" : "EPERM"),
                        new Features.Result("ring", "NAPI", false, "EPERM")),
                "poll",
                "why not");
    }

    @Test
    void shouldShowEachFeatureWithItsReason() {
        List<String> lines = ProbeReport.text(found(true));

        assertTrue(lines.contains("setup       CLAMP                     works"), lines.toString());
        assertTrue(
                lines.contains("ring        NAPI                      no, EPERM"),
                lines.toString());
        assertEquals("--architecture proactor --engine auto takes poll (why not)", lines.getLast());
    }

    @Test
    void shouldSayOnceThatNothingWorks() {
        List<String> lines = ProbeReport.text(found(false));

        assertTrue(lines.contains("features of io_uring        none: EPERM"), lines.toString());
        assertTrue(lines.stream().noneMatch(line -> line.contains("NAPI")), lines.toString());
    }

    @Test
    void shouldQuoteWhatJsonCannotHold() {
        assertTrue(ProbeReport.json(found(true)).contains("\"kernel\":\"a \\\"new\\\" one\""));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code ringfork probe} on this system. */
class ProbeCommandTest {

    private static String out(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit =
                Main.run(
                        arguments,
                        Map.of(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        assertEquals(0, exit, () -> err.toString(StandardCharsets.UTF_8));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldSayWhatThereIsAndWhatAutoTakes() {
        String report = out("probe");

        for (String name : new String[] {"kernel", "platform", "calls by", "engine poll"}) {
            assertTrue(report.lines().anyMatch(line -> line.matches(name + " +\\S.*")), report);
        }
        String last = report.lines().toList().getLast();
        assertTrue(
                last.matches(
                        "--architecture proactor --engine auto takes"
                                + " (io_uring|epoll|kqueue|poll) \\(\\S.*\\)"),
                last);
    }

    @Test
    void shouldPrintOneObjectOfJson() {
        String report = out("probe", "--json");

        assertEquals(1, report.lines().count(), report);
        assertTrue(report.startsWith("{\"facts\":{\"kernel\":\""), report);
        assertTrue(
                report.contains("{\"group\":\"sockets\",\"name\":\"SEND_ZC\",\"works\":"), report);
        assertTrue(report.contains("\"auto\":{\"engine\":\""), report);
        assertFalse(report.contains("null"), report);
        assertEquals(
                report.chars().filter(each -> each == '{').count(),
                report.chars().filter(each -> each == '}').count());
    }
}

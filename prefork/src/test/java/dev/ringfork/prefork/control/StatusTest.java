// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class StatusTest {
    private static final Pattern COMMENT = Pattern.compile("# (TYPE|HELP|UNIT) ([a-z_]+) (\\S.*)");
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "([a-z_]+)(\\{[a-z]+=\"(?:[^\"\\\\]|\\\\[\\\\n\"])*\"(?:,[a-z]+=\"(?:[^\"\\\\]|\\\\[\\\\n\"])*\")*})? -?[0-9.]+");

    private static Status status() {
        return new Status(
                States.of(2, 3, States.serving(0, 3), States.booting(10, 3)),
                List.of(
                        new ListenQueue("127.0.0.1:80", 4, 511),
                        new ListenQueue("unix:/a\"b\\c", 0, 1),
                        new ListenQueue("unix:/unknown", -1, -1)),
                Map.of(1_000_000_000, new Usage(64 << 20, 1_234)));
    }

    @Test
    void shouldAlignTheTable() {
        List<String> lines = StatusText.workers(status());

        assertEquals(3, lines.size());
        assertEquals(1, new HashSet<>(lines.stream().map(String::length).toList()).size());
        assertTrue(
                lines.get(1)
                        .matches(
                                " +0 +1000000000 +3 +serving +7s +0.3s +3 +10 +13 +4 +9 +7 +20 .*"));
        assertTrue(lines.get(1).contains("2.0K"), lines.get(1));
        assertTrue(lines.get(1).contains("64.0M  1.2s"), lines.get(1));
        assertTrue(lines.get(2).contains(" -  "), "what is not known is a dash");
    }

    @Test
    void shouldShowTheMasterAboveItsWorkers() {
        List<String> lines = StatusText.status(status());

        assertEquals(
                "master 4711: serving, generation 3, up 1m01s, workers 1 of 2, idle 0, active 1",
                lines.get(0));
        assertEquals("listening at 127.0.0.1:80: 4 of at most 511 wait", lines.get(1));
        assertEquals("listening at unix:/unknown", lines.get(3));
        assertTrue(lines.get(4).contains("accepted 120"), lines.get(4));
    }

    @Test
    void shouldLeaveOutOfJsonWhatIsNotKnown() {
        String json = StatusJson.status(status());

        assertFalse(json.contains("\n"));
        assertTrue(json.contains("\"address\":\"unix:/a\\\"b\\\\c\",\"waiting\":0"), json);
        assertTrue(json.contains("{\"address\":\"unix:/unknown\"}"), json);
        assertEquals(1, json.split("pss_bytes", -1).length - 1, json);
        assertTrue(json.contains("\"accepted\":120"), json);
        assertTrue(json.contains("\"dismissed\":86"), json);
        assertTrue(json.contains("\"exhausted\":13,\"starved\":26,\"overflows\":39"), json);
        assertTrue(json.contains("\"wakeups\":76,\"empty_wakeups\":28"), json);
        assertTrue(json.contains("\"accepts\":48,\"empty_accepts\":54"), json);
    }

    @Test
    void shouldQuoteWhatJsonCannotHold() {
        assertEquals("\"a\\\"b\\\\c\\u000ad\"", Json.quoted("a\"b\\c\nd"));
        assertEquals("{\"a\":[1,true,null,\"b\"]}", Json.write(Map.of("a", values())));
    }

    private static List<Object> values() {
        return Arrays.asList(1L, true, null, "b");
    }

    @Test
    void shouldWriteValidOpenMetrics() {
        List<String> lines = OpenMetrics.of(status());
        Map<String, String> types = new LinkedHashMap<>();
        Set<String> samples = new HashSet<>();
        String family = "";

        assertEquals("# EOF", lines.getLast());
        for (String line : lines.subList(0, lines.size() - 1)) {
            Matcher comment = COMMENT.matcher(line);
            if (comment.matches()) {
                if (comment.group(1).equals("TYPE")) {
                    family = comment.group(2);
                    assertTrue(types.put(family, comment.group(3)) == null, "twice: " + family);
                }
                assertEquals(family, comment.group(2), "of the family before it: " + line);
                boolean unit = comment.group(1).equals("UNIT");
                assertTrue(!unit || family.endsWith("_" + comment.group(3)), line);
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            assertTrue(sample.matches(), line);
            String suffix = "counter".equals(types.get(family)) ? "_total" : "";
            assertEquals(family + suffix, sample.group(1));
            assertTrue(samples.add(line.substring(0, line.lastIndexOf(' '))), "twice: " + line);
        }
        assertTrue(lines.contains("ringfork_requests_total 1040"), "those that ended count, too");
        assertTrue(lines.contains("ringfork_empty_wakeups_total 28"));
        assertTrue(lines.contains("ringfork_dismissed_total 86"));
        assertTrue(lines.contains("ringfork_exhausted_total 13"));
        assertTrue(
                lines.contains(
                        "ringfork_worker_empty_accepts_total{slot=\"0\",pid=\"1000000000\"} 7"));
        assertTrue(lines.contains("ringfork_listen_queue{listener=\"unix:/a\\\"b\\\\c\"} 0"));
    }

    @Test
    void shouldKnowWhatAProcessTakes() {
        assumeTrue(Platform.current().linux(), "told by /proc");
        Usage usage = Usage.of((int) ProcessHandle.current().pid());

        assertNotNull(usage);
        assertTrue(usage.pssBytes() > 1 << 20, usage.toString());
        assertTrue(usage.cpuMs() > 0, usage.toString());
        assertEquals(Usage.UNKNOWN, Usage.of(1_000_000_000));
    }

    @Test
    void shouldWriteTimesAndSizesShortly() {
        assertEquals("59s", StatusText.time(59_999_999_999L));
        assertEquals("3m07s", StatusText.time(187_000_000_000L));
        assertEquals("5h02m", StatusText.time(18_120_000_000_000L));
        assertEquals("2d01h", StatusText.time(176_400_000_000_000L));
        assertEquals("1023", StatusText.size(1023));
        assertEquals("1.5K", StatusText.size(1536));
        assertEquals("1.0G", StatusText.size(1 << 30));
    }
}

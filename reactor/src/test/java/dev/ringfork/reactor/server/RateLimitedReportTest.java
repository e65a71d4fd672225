// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RateLimitedReportTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final List<String> said = new ArrayList<>();
    private final RateLimitedReport reports = new RateLimitedReport(said::add);

    @Test
    void shouldSayWhatIsNewAtOnce() {
        reports.report("one", 0);
        reports.report("two", 0);

        assertEquals(List.of("one", "two"), said);
    }

    @Test
    void shouldCountWhatItDoesNotSay() {
        reports.report("trouble", 0);
        reports.report("trouble", SECOND_NS);
        reports.report("trouble", 2 * SECOND_NS);

        reports.report("trouble", 6 * SECOND_NS);

        assertEquals(List.of("trouble", "trouble (3 times)"), said);
    }

    @Test
    void shouldTakeSentencesOfOneKindForTheSame() {
        reports.report("descriptor", "descriptor 1024", 0);
        reports.report("descriptor", "descriptor 1025", SECOND_NS);

        reports.report("descriptor", "descriptor 1026", 6 * SECOND_NS);

        assertEquals(List.of("descriptor 1024", "descriptor 1026 (2 times)"), said);
    }
}

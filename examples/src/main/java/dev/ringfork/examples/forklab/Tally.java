// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import dev.ringfork.prefork.control.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came of the trials with one collector. Confined to one thread. */
final class Tally {

    /** What came of one of them. */
    private static final class Count {
        private int held;
        private int failed;
        private String skipped = "";

        @Override
        public String toString() {
            if (held + failed == 0) {
                return skipped.isEmpty() ? "-" : "skipped";
            }
            return "%d of %d".formatted(held, held + failed);
        }
    }

    private final Map<Trial, Count> counts = new EnumMap<>(Trial.class);
    private final List<long[]> forks = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    private Count of(Trial trial) {
        return counts.computeIfAbsent(trial, _ -> new Count());
    }

    void held(Trial trial) {
        of(trial).held++;
    }

    void failed(Trial trial, String cause) {
        of(trial).failed++;
        failures.add(trial.title() + ": " + cause);
    }

    void skipped(Trial trial, String reason) {
        of(trial).skipped = reason;
    }

    /** A fork as it is told by {@link Wire.Word#FORKED}. */
    void forked(String numbers) {
        forks.add(Arrays.stream(numbers.split(" ", -1)).mapToLong(Long::parseLong).toArray());
    }

    /** Whether a trial was made and nothing of it failed. */
    boolean holds(Trial trial) {
        return of(trial).held > 0 && of(trial).failed == 0;
    }

    boolean good() {
        return failures.isEmpty();
    }

    /** {@code 25 of 25}. */
    String result(Trial trial) {
        return of(trial).toString();
    }

    /** How many of a trial there were until now. */
    int done(Trial trial) {
        Count count = of(trial);
        return count.held + count.failed;
    }

    /** Why a trial was not made; empty if it was. */
    String reason(Trial trial) {
        return of(trial).skipped;
    }

    /** How long calls of fork took in milliseconds: median, 99th percentile, the longest. */
    String forkMs() {
        return "%s / %s / %s".formatted(ms(0, 50, 1e6), ms(0, 99, 1e6), ms(0, 100, 1e6));
    }

    /** How long the parent stood in milliseconds, the median. */
    String pauseMs() {
        return ms(1, 50, 1e3);
    }

    /** How long children took from the copy until their threads went on, the median. */
    String restoreMs() {
        return ms(2, 50, 1e3);
    }

    private String ms(int column, int percentile, double unit) {
        long[] sorted = forks.stream().mapToLong(fork -> fork[column]).sorted().toArray();
        if (sorted.length == 0) {
            return "-";
        }
        int index = Math.max(0, (int) Math.ceil(sorted.length * percentile / 100.0) - 1);
        return String.format(Locale.ROOT, "%.1f", sorted[index] / unit);
    }

    /** All of it as a JSON object. */
    String json() {
        Map<String, Object> trials = new LinkedHashMap<>();
        for (Map.Entry<Trial, Count> each : counts.entrySet()) {
            Count count = each.getValue();
            Map<String, Object> numbers = new LinkedHashMap<>();
            numbers.put("held", count.held);
            numbers.put("failed", count.failed);
            if (!count.skipped.isEmpty()) {
                numbers.put("skipped", count.skipped);
            }
            trials.put(each.getKey().title(), numbers);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("trials", trials);
        all.put("forks", forks.size());
        all.put("fork_ms", forkMs());
        all.put("pause_ms", pauseMs());
        all.put("restore_ms", restoreMs());
        all.put("failures", failures);
        return Json.write(all);
    }
}

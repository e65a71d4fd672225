// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.Scale;
import dev.ringfork.prefork.master.WorkerState;
import dev.ringfork.prefork.scoreboard.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A {@link Status} for people; what is not to be known is a dash. */
final class StatusText {
    private static final String UNKNOWN = "-";
    private static final List<String> HEADINGS =
            List.of(
                    "SLOT",
                    "PID",
                    "GEN",
                    "STATE",
                    "AGE",
                    "BEAT",
                    "CONNS",
                    "ACCEPTED",
                    "WAKEUPS",
                    "EMPTY",
                    "ACCEPTS",
                    "EAGAIN",
                    "REQUESTS",
                    "IN",
                    "OUT",
                    "PSS",
                    "CPU",
                    "STALLS",
                    "EMFILE",
                    "ENOBUFS",
                    "CQFULL",
                    "DEATHS");

    /** This column is of words, and stands left; numbers stand right. */
    private static final int WORDS = HEADINGS.indexOf("STATE");

    private StatusText() {}

    static List<String> status(Status status) {
        MasterState master = status.master();
        List<String> lines = new ArrayList<>();
        lines.add(
                "master %d: %s, generation %d, up %s, workers %d of %s%d, idle %d, active %d%s"
                        .formatted(
                                master.pid(),
                                status.condition(),
                                master.generation(),
                                time(master.uptimeNs()),
                                master.serving(),
                                master.scale() == Scale.Mode.STATIC ? "" : "at most ",
                                master.wanted(),
                                master.idle(),
                                master.serving() - master.idle(),
                                master.held() == 0
                                        ? ""
                                        : ", held without a worker " + master.held()));
        for (ListenQueue queue : status.queues()) {
            String waiting =
                    queue.waiting() < 0
                            ? ""
                            : ": %d of at most %d wait".formatted(queue.waiting(), queue.most());
            lines.add("listening at " + queue.address() + waiting);
        }
        Counts total = master.total();
        lines.add(
                "in all: connections %d, accepted %d, requests %d, in %s, out %s, cut %d, shed %d, dismissed %d, failed starts %d"
                        .formatted(
                                total.connections(),
                                total.accepted(),
                                total.requests(),
                                size(total.bytesIn()),
                                size(total.bytesOut()),
                                total.cut(),
                                total.shed(),
                                total.dismissed(),
                                master.failedStarts()));
        lines.add("");
        lines.addAll(workers(status));
        return lines;
    }

    static List<String> workers(Status status) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (WorkerState worker : status.master().workers()) {
            rows.add(row(worker, status.usage(worker)));
        }
        return aligned(rows);
    }

    static List<String> stats(Status status) {
        Counts total = status.master().total();
        return List.of(
                line("connections", total.connections()),
                line("accepted", total.accepted()),
                line("requests", total.requests()),
                line("bytes in", total.bytesIn()),
                line("bytes out", total.bytesOut()),
                line("cut", total.cut()),
                line("shed", total.shed()),
                line("dismissed", total.dismissed()),
                line("exhausted", total.exhausted()),
                line("starved", total.starved()),
                line("overflows", total.overflows()),
                line("stalls", total.stalls()),
                line("wakeups", total.wakeups()),
                line("empty wakeups", total.emptyWakeups()),
                line("accepts", total.accepts()),
                line("empty accepts", total.emptyAccepts()));
    }

    private static String line(String name, long value) {
        return "%-14s%d".formatted(name, value);
    }

    private static List<String> row(WorkerState worker, Usage usage) {
        Counts counts = worker.counts();
        long beatNs = worker.heartbeatAgeNs();
        return List.of(
                Integer.toString(worker.slot()),
                worker.pid() == 0 ? UNKNOWN : Integer.toString(worker.pid()),
                Integer.toString(worker.generation()),
                worker.phase(),
                time(worker.ageNs()),
                beatNs < 0 ? UNKNOWN : seconds(beatNs / 1e9),
                Long.toString(counts.connections()),
                Long.toString(counts.accepted()),
                Long.toString(counts.wakeups()),
                Long.toString(counts.emptyWakeups()),
                Long.toString(counts.accepts()),
                Long.toString(counts.emptyAccepts()),
                Long.toString(counts.requests()),
                size(counts.bytesIn()),
                size(counts.bytesOut()),
                usage.pssBytes() < 0 ? UNKNOWN : size(usage.pssBytes()),
                usage.cpuMs() < 0 ? UNKNOWN : seconds(usage.cpuMs() / 1e3),
                Long.toString(counts.stalls()),
                Long.toString(counts.exhausted()),
                Long.toString(counts.starved()),
                Long.toString(counts.overflows()),
                Integer.toString(worker.deaths()));
    }

    private static List<String> aligned(List<List<String>> rows) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width =
                        rows.stream().mapToInt(each -> each.get(column).length()).max().orElse(1);
                String pattern = (i == WORDS ? "%-" : "%") + width + "s";
                line.append(i == 0 ? "" : "  ").append(pattern.formatted(row.get(i)));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** {@code 42s}, {@code 3m07s}, {@code 5h02m}, {@code 9d11h}. */
    static String time(long ns) {
        long s = ns / 1_000_000_000L;
        if (s < 60) {
            return s + "s";
        }
        if (s < 3600) {
            return "%dm%02ds".formatted(s / 60, s % 60);
        }
        return s < 86_400
                ? "%dh%02dm".formatted(s / 3600, s / 60 % 60)
                : "%dd%02dh".formatted(s / 86_400, s / 3600 % 24);
    }

    private static String seconds(double s) {
        return String.format(Locale.ROOT, "%.1fs", s);
    }

    /** {@code 512}, {@code 1.5K}, {@code 23.0M}. */
    static String size(long bytes) {
        if (bytes < 1024) {
            return Long.toString(bytes);
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < 4) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f%c", value, "KMGTP".charAt(unit));
    }
}

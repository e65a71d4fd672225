// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.WorkerState;
import dev.ringfork.prefork.scoreboard.Counts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@link Status} for programs; what is not to be known is left out. */
final class StatusJson {
    private static final long NS_PER_MS = 1_000_000L;

    private StatusJson() {}

    static String status(Status status) {
        MasterState master = status.master();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("pid", master.pid());
        all.put("condition", status.condition());
        all.put("generation", master.generation());
        all.put("uptime_ms", master.uptimeNs() / NS_PER_MS);
        all.put("workers_wanted", master.wanted());
        all.put("workers_serving", master.serving());
        all.put("workers_idle", master.idle());
        all.put("scale", master.scale().word());
        all.put("held", master.held());
        all.put("failed_starts", master.failedStarts());
        all.put("listeners", status.queues().stream().map(StatusJson::queue).toList());
        all.put("total", counts(master.total()));
        all.put("workers", workerList(status));
        return Json.write(all);
    }

    static String workers(Status status) {
        return Json.write(workerList(status));
    }

    static String stats(Status status) {
        return Json.write(counts(status.master().total()));
    }

    private static List<Map<String, Object>> workerList(Status status) {
        return status.master().workers().stream()
                .map(worker -> worker(worker, status.usage(worker)))
                .toList();
    }

    private static Map<String, Object> queue(ListenQueue queue) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("address", queue.address());
        putKnown(all, "waiting", queue.waiting());
        putKnown(all, "backlog", queue.most());
        return all;
    }

    private static Map<String, Object> worker(WorkerState worker, Usage usage) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("slot", worker.slot());
        all.put("pid", worker.pid());
        all.put("generation", worker.generation());
        all.put("state", worker.phase());
        all.put("age_ms", worker.ageNs() / NS_PER_MS);
        if (worker.heartbeatAgeNs() >= 0) {
            all.put("heartbeat_age_ms", worker.heartbeatAgeNs() / NS_PER_MS);
        }
        all.put("deaths", worker.deaths());
        all.putAll(counts(worker.counts()));
        putKnown(all, "pss_bytes", usage.pssBytes());
        putKnown(all, "cpu_ms", usage.cpuMs());
        return all;
    }

    private static Map<String, Object> counts(Counts counts) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("connections", counts.connections());
        all.put("accepted", counts.accepted());
        all.put("requests", counts.requests());
        all.put("bytes_in", counts.bytesIn());
        all.put("bytes_out", counts.bytesOut());
        all.put("cut", counts.cut());
        all.put("shed", counts.shed());
        all.put("dismissed", counts.dismissed());
        all.put("exhausted", counts.exhausted());
        all.put("starved", counts.starved());
        all.put("overflows", counts.overflows());
        all.put("stalls", counts.stalls());
        all.put("wakeups", counts.wakeups());
        all.put("empty_wakeups", counts.emptyWakeups());
        all.put("accepts", counts.accepts());
        all.put("empty_accepts", counts.emptyAccepts());
        return all;
    }

    private static void putKnown(Map<String, Object> all, String name, long value) {
        if (value >= 0) {
            all.put(name, value);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.WorkerState;
import dev.ringfork.prefork.scoreboard.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A {@link Status} in the text format of OpenMetrics 1.0. Counters are of all workers together,
 * those that have ended too, so they never fall. Confined to one thread.
 */
final class OpenMetrics {
    private final List<String> lines = new ArrayList<>();
    private final Status status;

    private OpenMetrics(Status status) {
        this.status = status;
    }

    static List<String> of(Status status) {
        OpenMetrics metrics = new OpenMetrics(status);
        metrics.master();
        metrics.totals();
        metrics.listeners();
        metrics.workers();
        metrics.lines.add("# EOF");
        return metrics.lines;
    }

    private void master() {
        MasterState master = status.master();
        gauge("ringfork_workers_wanted", "Workers that there are to be.", master.wanted());
        gauge("ringfork_workers_serving", "Workers that accept.", master.serving());
        gauge("ringfork_workers_idle", "Workers without a connection.", master.idle());
        gauge("ringfork_held", "Connections accepted that have no worker yet.", master.held());
        gauge("ringfork_generation", "Reloads, and one.", master.generation());
        family("ringfork_uptime_seconds", "gauge", "Time since the master was started.");
        unit("ringfork_uptime_seconds", "seconds");
        sample("ringfork_uptime_seconds", seconds(master.uptimeNs()));
        counter(
                "ringfork_failed_starts",
                "Starts of workers that have failed.",
                master.failedStarts());
    }

    private void totals() {
        Counts total = status.master().total();
        gauge("ringfork_connections", "Connections open now.", total.connections());
        counter("ringfork_accepted", "Connections accepted.", total.accepted());
        counter("ringfork_requests", "Requests answered.", total.requests());
        counter("ringfork_received_bytes", "Bytes received.", total.bytesIn());
        counter("ringfork_sent_bytes", "Bytes sent.", total.bytesOut());
        counter("ringfork_cut", "Connections cut by the end of a drain.", total.cut());
        counter("ringfork_shed", "Connections closed unserved.", total.shed());
        counter("ringfork_dismissed", "Idle connections let go.", total.dismissed());
        counter(
                "ringfork_exhausted",
                "Accepts that found no descriptor or memory left.",
                total.exhausted());
        counter("ringfork_starved", "Reads that had to wait for a buffer.", total.starved());
        counter(
                "ringfork_overflows",
                "Turns with completions that did not fit into a ring's queue.",
                total.overflows());
        counter("ringfork_stalls", "Turns of loops that took too long.", total.stalls());
        counter("ringfork_wakeups", "Turns in which a listener was ready.", total.wakeups());
        counter(
                "ringfork_empty_wakeups",
                "Those of them that brought no connection.",
                total.emptyWakeups());
        counter("ringfork_accepts", "Connections out of listeners' queues.", total.accepts());
        counter("ringfork_empty_accepts", "Accepts that found nothing.", total.emptyAccepts());
    }

    private void listeners() {
        List<ListenQueue> known =
                status.queues().stream().filter(queue -> queue.waiting() >= 0).toList();
        if (known.isEmpty()) {
            return;
        }
        family("ringfork_listen_queue", "gauge", "Connections that wait to be accepted.");
        known.forEach(queue ->
                sample("ringfork_listen_queue" + listener(queue), Long.toString(queue.waiting())));
        family("ringfork_listen_backlog", "gauge", "Connections that may wait to be accepted.");
        known.forEach(queue ->
                sample("ringfork_listen_backlog" + listener(queue), Long.toString(queue.most())));
    }

    private void workers() {
        perWorker(
                "ringfork_worker_connections",
                "Connections open now.",
                worker -> worker.counts().connections());
        counterPerWorker("ringfork_worker_accepted", "Connections accepted.", Counts::accepted);
        counterPerWorker(
                "ringfork_worker_wakeups", "Turns in which a listener was ready.", Counts::wakeups);
        counterPerWorker(
                "ringfork_worker_empty_wakeups",
                "Those of them that brought no connection.",
                Counts::emptyWakeups);
        counterPerWorker(
                "ringfork_worker_accepts",
                "Connections out of listeners' queues.",
                Counts::accepts);
        counterPerWorker(
                "ringfork_worker_empty_accepts",
                "Accepts that found nothing.",
                Counts::emptyAccepts);
        perWorker(
                "ringfork_worker_memory_bytes",
                "Memory, shared pages counted in parts.",
                worker -> status.usage(worker).pssBytes());
        perWorkerSeconds(
                "ringfork_worker_age_seconds",
                "Time since the worker was started.",
                WorkerState::ageNs);
        perWorkerSeconds(
                "ringfork_worker_heartbeat_age_seconds",
                "Time since the worker's last sign of life.",
                WorkerState::heartbeatAgeNs);
        perWorkerSeconds(
                "ringfork_worker_processor_time_seconds",
                "Time on processors.",
                worker -> {
                    long ms = status.usage(worker).cpuMs();
                    return ms < 0 ? -1 : ms * 1_000_000;
                });
    }

    private void gauge(String name, String help, long value) {
        family(name, "gauge", help);
        sample(name, Long.toString(value));
    }

    private void counter(String name, String help, long value) {
        family(name, "counter", help);
        if (name.endsWith("_bytes")) {
            unit(name, "bytes");
        }
        sample(name + "_total", Long.toString(value));
    }

    /** Leaves out workers whose value is negative, which is not to be known. */
    private void perWorker(String name, String help, ToLongFunction<WorkerState> value) {
        family(name, "gauge", help);
        if (name.endsWith("_bytes")) {
            unit(name, "bytes");
        }
        for (WorkerState worker : status.master().workers()) {
            if (value.applyAsLong(worker) >= 0) {
                sample(name + labels(worker), Long.toString(value.applyAsLong(worker)));
            }
        }
    }

    private void counterPerWorker(String name, String help, ToLongFunction<Counts> value) {
        family(name, "counter", help);
        for (WorkerState worker : status.master().workers()) {
            long now = value.applyAsLong(worker.counts());
            sample(name + "_total" + labels(worker), Long.toString(now));
        }
    }

    private void perWorkerSeconds(String name, String help, ToLongFunction<WorkerState> valueNs) {
        family(name, "gauge", help);
        unit(name, "seconds");
        for (WorkerState worker : status.master().workers()) {
            if (valueNs.applyAsLong(worker) >= 0) {
                sample(name + labels(worker), seconds(valueNs.applyAsLong(worker)));
            }
        }
    }

    private void family(String name, String type, String help) {
        lines.add("# TYPE %s %s".formatted(name, type));
        lines.add("# HELP %s %s".formatted(name, help));
    }

    private void unit(String name, String unit) {
        lines.add("# UNIT %s %s".formatted(name, unit));
    }

    private void sample(String nameAndLabels, String value) {
        lines.add(nameAndLabels + " " + value);
    }

    private static String listener(ListenQueue queue) {
        return "{listener=%s}".formatted(quoted(queue.address()));
    }

    private static String labels(WorkerState worker) {
        // The pid as well: while it is replaced a slot has two.
        return "{slot=\"%d\",pid=\"%d\"}".formatted(worker.slot(), worker.pid());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static String seconds(long ns) {
        return "%d.%03d".formatted(ns / 1_000_000_000L, ns / 1_000_000 % 1000);
    }
}

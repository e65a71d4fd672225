// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.scoreboard.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Puts together what a master knows and what its workers have counted. */
final class Survey {
    private Survey() {}

    /** All workers. */
    static List<WorkerState> workers(
            Master master, Scale scale, Map<Integer, Child> children, long nowNs) {
        List<WorkerState> workers = new ArrayList<>();
        for (WorkerHandle worker : master.workers()) {
            Child child = children.get(worker.id);
            Counts counts = child == null ? Counts.NONE : Counts.of(child.score);
            // What a worker counts is known a heartbeat late, what it was given at once.
            boolean busy = scale.perConnection() ? worker.given : counts.connections() > 0;
            boolean idle = worker.serving() && !busy;
            workers.add(
                    new WorkerState(
                            worker.slot,
                            worker.pid,
                            worker.generation,
                            idle && scale.perConnection() ? "spare" : phase(worker),
                            worker.serving(),
                            idle,
                            nowNs - worker.spawnedNs,
                            child == null || child.heartbeat == 0
                                    ? -1
                                    : nowNs - child.heartbeatSeenNs,
                            master.deaths(worker.slot),
                            counts));
        }
        return workers;
    }

    private static String phase(WorkerHandle worker) {
        return worker.phase.name().toLowerCase(Locale.ROOT);
    }
}

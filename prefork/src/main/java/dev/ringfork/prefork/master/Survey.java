// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.scoreboard.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts together what a master knows and what its workers have counted. */
final class Survey {
    private Survey() {}

    /** All workers. */
    static List<WorkerState> workers(Master master, Map<Integer, Child> children, long nowNs) {
        List<WorkerState> workers = new ArrayList<>();
        for (WorkerHandle worker : master.workers()) {
            workers.add(worker(worker, children.get(worker.id), master.deaths(worker.slot), nowNs));
        }
        return workers;
    }

    private static WorkerState worker(
            WorkerHandle worker, @Nullable Child child, int deaths, long nowNs) {
        return new WorkerState(
                worker.slot,
                worker.pid,
                worker.generation,
                worker.phase.name().toLowerCase(Locale.ROOT),
                worker.serving(),
                nowNs - worker.spawnedNs,
                child == null || child.heartbeat == 0 ? -1 : nowNs - child.heartbeatSeenNs,
                deaths,
                child == null ? Counts.NONE : Counts.of(child.score));
    }
}

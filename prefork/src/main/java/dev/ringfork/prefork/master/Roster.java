// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All workers that have not been reaped, the oldest first. Confined to the master's thread. */
final class Roster {
    private final TreeMap<Integer, WorkerHandle> workers = new TreeMap<>();

    void add(WorkerHandle worker) {
        workers.put(worker.id, worker);
    }

    @Nullable WorkerHandle find(int id) {
        return workers.get(id);
    }

    @Nullable WorkerHandle remove(int id) {
        return workers.remove(id);
    }

    boolean isEmpty() {
        return workers.isEmpty();
    }

    /** A copy, so that the workers may be changed on the way. */
    List<WorkerHandle> all() {
        return List.copyOf(workers.values());
    }

    Collection<WorkerHandle> view() {
        return workers.values();
    }

    int count(Predicate<WorkerHandle> which) {
        return (int) workers.values().stream().filter(which).count();
    }

    boolean any(Predicate<WorkerHandle> which) {
        return workers.values().stream().anyMatch(which);
    }

    boolean occupied(int slot) {
        return any(worker -> worker.slot == slot && worker.occupies());
    }

    /** Whether somebody was started to take a worker's place, and may still do so. */
    boolean hasSuccessor(WorkerHandle worker) {
        return any(other -> other.replaces == worker.id && other.occupies());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Says how many workers there are to be where each serves one connection and ends with it: one for
 * each connection that was accepted, and some that wait for the next ones. It knows neither
 * processes nor clocks.
 *
 * <p>Whoever was given a connection is left alone: it ends by itself. Only those that wait, the
 * spare ones, are too few or too many; a reload replaces them, and no others. Where none are wanted
 * any more, connections that were accepted still get theirs.
 *
 * <p>Confined to the master's thread.
 */
final class PerConnection implements Sizing {
    /** So many may boot at a time: to boot is work, and more at a time are all later. */
    static final int BOOTING_MOST = 2 * Runtime.getRuntime().availableProcessors();

    private int minSpare;
    private final Predicate<WorkerHandle> outdated;
    private final Consumer<String> report;
    private int held;
    private boolean finishing;
    private int toldMost;

    /** How many there may be, or might before none were wanted any more. */
    private int bound;

    /**
     * Begins without connections.
     *
     * @param outdated whether a worker is to be replaced by a reload
     */
    PerConnection(int minSpare, Predicate<WorkerHandle> outdated, Consumer<String> report) {
        this.minSpare = minSpare;
        this.outdated = outdated;
        this.report = report;
    }

    /** So many connections were accepted and have no worker yet. */
    void held(int connections) {
        held = connections;
    }

    /** How many connections were accepted and have no worker yet. */
    int held() {
        return held;
    }

    /**
     * Whether a worker boots, maybe for a connection that was accepted, or is about to serve it.
     */
    boolean awaits(WorkerHandle worker) {
        // It is given one as soon as it is ready, which is heard of right afterwards.
        return worker.booting() && (held > 0 || worker.given);
    }

    /** There will be no connections but those that were accepted. */
    void finish() {
        minSpare = 0;
        finishing = true;
    }

    @Override
    public List<WorkerHandle> surplus(Roster roster, int most, long nowNs) {
        if (most == 0) {
            return roster.all().stream()
                    .filter(worker -> worker.occupies() && !awaits(worker))
                    .toList();
        }
        List<WorkerHandle> old = spare(roster);
        List<WorkerHandle> fresh = new ArrayList<>(old);
        old.removeIf(outdated.negate());
        fresh.removeIf(outdated);
        // Replaced one by one, by those that serve: connections go on to find somebody.
        int replaced = (int) fresh.stream().filter(WorkerHandle::serving).count();
        int keptOld = Math.clamp((long) held + minSpare - replaced, 0, old.size());
        List<WorkerHandle> surplus = new ArrayList<>(old.subList(keptOld, old.size()));
        int members = roster.count(WorkerHandle::occupies) - old.size();
        // Those that boot first, of these the newest: they are the furthest from serving.
        fresh.sort(
                Comparator.comparing(WorkerHandle::booting)
                        .thenComparingInt(worker -> worker.id)
                        .reversed());
        int many = Math.clamp((long) members - most, 0, fresh.size());
        surplus.addAll(fresh.subList(0, many));
        return surplus;
    }

    @Override
    public int missing(Roster roster, int most, long nowNs) {
        List<WorkerHandle> spare = spare(roster);
        int old = (int) spare.stream().filter(outdated).count();
        if (most > 0) {
            bound = most;
        }
        int spareMost = most > 0 ? minSpare : 0;
        // Who boots for a connection serves it, outdated or not.
        int needed = held + spareMost - (spare.size() - old) - Math.min(old, held);
        // Successors come before those that they replace go: so many more there may be meanwhile.
        int room = bound + Math.min(old, spareMost) - roster.view().size();
        if (room <= 0 && spare.isEmpty() && most > 0 && !finishing) {
            tellOfMost(most);
        }
        int booting = roster.count(WorkerHandle::booting);
        return Math.max(0, Math.min(Math.min(needed, room), BOOTING_MOST - booting));
    }

    /** How many connections may wait for a worker: those for which there is one, or can be. */
    int places(Roster roster, int most) {
        return Math.max(0, most - roster.count(worker -> worker.given || worker.leaving));
    }

    /** The same when no worker can be started: those that are ready. */
    int ready(Roster roster) {
        return (int) spare(roster).stream().filter(WorkerHandle::serving).count();
    }

    /** Those that serve, or will, and were not given a connection, the oldest first. */
    private static List<WorkerHandle> spare(Roster roster) {
        List<WorkerHandle> spare = new ArrayList<>(roster.view());
        spare.removeIf(worker -> worker.given || !worker.occupies());
        return spare;
    }

    private void tellOfMost(int most) {
        if (toldMost != most) {
            toldMost = most;
            report.accept(
                    "all %d workers have a connection and there may be no more, further ones wait in the backlog: raise --workers if memory allows it, TTIN adds one now"
                            .formatted(most));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.scoreboard.Counts;
import java.util.List;
import java.util.function.Predicate;

/**
 * How a master and its workers are at a moment. Immutable.
 *
 * @param pid the master's process
 * @param ending whether it ends
 * @param exitCode what it ends with
 * @param wanted how many workers there are to be
 * @param scale by what rule; other than static, {@code wanted} is the most there may be
 * @param generation how many times the workers were reloaded, and one
 * @param reloading whether workers of older generations are being replaced
 * @param upgrade whether another master takes this one's place
 * @param uptimeNs how long the master has run
 * @param failedStarts how many starts of workers have failed since it runs
 * @param failedReforks how many workers that were to become templates have ended instead
 * @param held connections that the master has accepted and no worker has yet
 * @param departed what workers that have ended had counted, and the master itself
 * @param workers all that have not been reaped, the oldest first
 */
public record MasterState(
        int pid,
        Ending ending,
        int exitCode,
        int wanted,
        Scale.Mode scale,
        int generation,
        boolean reloading,
        UpgradeState upgrade,
        long uptimeNs,
        long failedStarts,
        int failedReforks,
        int held,
        Counts departed,
        List<WorkerState> workers) {

    /** Keeps a copy of the workers. */
    public MasterState {
        workers = List.copyOf(workers);
    }

    /** Whether there is such a worker. */
    public boolean any(Predicate<WorkerState> which) {
        return workers.stream().anyMatch(which);
    }

    /** How many workers accept. */
    public int serving() {
        return (int) workers.stream().filter(WorkerState::serving).count();
    }

    /** How many of them have no connection. */
    public int idle() {
        return (int) workers.stream().filter(WorkerState::idle).count();
    }

    /** What all workers have counted, those that have ended too. */
    public Counts total() {
        return workers.stream().map(WorkerState::counts).reduce(departed, Counts::plus);
    }
}

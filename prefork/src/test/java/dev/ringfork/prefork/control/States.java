// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.prefork.master.Ending;
import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.Scale;
import dev.ringfork.prefork.master.UpgradeState;
import dev.ringfork.prefork.master.WorkerState;
import dev.ringfork.prefork.scoreboard.Counts;
import java.util.List;

/** States of masters, for tests. */
final class States {
    private States() {}

    /** A master that serves. */
    static MasterState of(int wanted, int generation, WorkerState... workers) {
        return state(Ending.NONE, 0, wanted, generation, false, 0, workers);
    }

    static MasterState reloading(int wanted, int generation, WorkerState... workers) {
        return state(Ending.NONE, 0, wanted, generation, true, 0, workers);
    }

    static MasterState ending(Ending ending, int exitCode, WorkerState... workers) {
        return state(ending, exitCode, workers.length, 1, false, 0, workers);
    }

    static MasterState state(
            Ending ending,
            int exitCode,
            int wanted,
            int generation,
            boolean reloading,
            long failedStarts,
            WorkerState... workers) {
        return new MasterState(
                4711,
                ending,
                exitCode,
                wanted,
                Scale.Mode.STATIC,
                generation,
                reloading,
                UpgradeState.NONE,
                61_000_000_000L,
                failedStarts,
                0,
                0,
                new Counts(0, 100, 1000, 5, 6, 0, 0, 70, 11, 22, 33, 0, 50, 20, 30, 40),
                List.of(workers));
    }

    /** The same with starts that have failed. */
    static MasterState failing(MasterState state, long failedStarts) {
        return state(
                state.ending(),
                state.exitCode(),
                state.wanted(),
                state.generation(),
                state.reloading(),
                failedStarts,
                state.workers().toArray(new WorkerState[0]));
    }

    /** The same where as many workers come and go as there is work for. */
    static MasterState scaled(MasterState state) {
        return new MasterState(
                state.pid(),
                state.ending(),
                state.exitCode(),
                state.wanted(),
                Scale.Mode.DYNAMIC,
                state.generation(),
                state.reloading(),
                state.upgrade(),
                state.uptimeNs(),
                state.failedStarts(),
                state.failedReforks(),
                state.held(),
                state.departed(),
                state.workers());
    }

    static WorkerState serving(int slot, int generation) {
        return worker(slot, generation, "serving", true);
    }

    static WorkerState booting(int slot, int generation) {
        return worker(slot, generation, "booting", false);
    }

    static WorkerState draining(int slot, int generation) {
        return worker(slot, generation, "draining", false);
    }

    private static WorkerState worker(int slot, int generation, String phase, boolean serving) {
        return new WorkerState(
                slot,
                // No process has such a number.
                1_000_000_000 + slot,
                generation,
                phase,
                serving,
                false,
                7_500_000_000L,
                serving ? 250_000_000L : -1,
                2,
                new Counts(3, 10, 20, 2048, 4096, 1, 0, 8, 1, 2, 3, 0, 13, 4, 9, 7));
    }
}

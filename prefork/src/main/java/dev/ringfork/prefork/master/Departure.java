// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.spawn.Order;
import java.util.List;

/**
 * How a master comes to its end: the workers are told that it comes, newcomers are kept away, then
 * the workers finish; or all end at once. Confined to the master's thread.
 */
final class Departure {
    /** Whoever had begun to connect when newcomers were kept away has done so by then, mostly. */
    static final long WITHDRAWN_NS = 100_000_000L;

    private final MasterSettings settings;
    private final Roster roster;
    private final Ladder ladder;
    private final Upgrade upgrade;
    private final PerConnection perConnection;
    private final List<Action> actions;
    private Ending ending = Ending.NONE;
    private long nextNs = WorkerHandle.NEVER;
    private long lastNs = WorkerHandle.NEVER;
    private boolean withdrawn;

    /** Adds what is to be done to a list. */
    Departure(
            MasterSettings settings,
            Roster roster,
            Ladder ladder,
            Upgrade upgrade,
            PerConnection perConnection,
            List<Action> actions) {
        this.settings = settings;
        this.roster = roster;
        this.ladder = ladder;
        this.upgrade = upgrade;
        this.perConnection = perConnection;
        this.actions = actions;
    }

    /** How far it is. */
    Ending ending() {
        return ending;
    }

    boolean begun() {
        return ending != Ending.NONE;
    }

    /** Whether all workers were told to end: those that are left are the last. */
    boolean leaving() {
        return begun() && nextNs == WorkerHandle.NEVER;
    }

    boolean over() {
        return ending == Ending.ENDED;
    }

    /** No worker is left. */
    void end() {
        ending = Ending.ENDED;
    }

    /** When its next step is due. */
    long nextNs() {
        return nextNs;
    }

    /** When nobody is started any more for a connection that was accepted before the drain. */
    long lastNs() {
        return lastNs;
    }

    /** The master was asked to drain: the second time it is in a hurry. */
    void ask(long nowNs) {
        if (begun()) {
            stop(nowNs);
        } else {
            announce(nowNs);
        }
    }

    /** The workers are told that all of them are to drain, and serve on until it is time. */
    private void announce(long nowNs) {
        ending = Ending.DRAIN;
        upgrade.abandon(false, nowNs);
        for (WorkerHandle worker : roster.view()) {
            actions.add(new Action.Tell(worker.id, Order.LEAVE));
        }
        long delayNs = settings.drainDelay().toNanos();
        nextNs = nowNs + delayNs;
        if (delayNs > 0) {
            report("serving on for %d ms, then draining".formatted(delayNs / 1_000_000));
        }
    }

    /** Does what is due. */
    void goOn(long nowNs) {
        if (nextNs > nowNs) {
            return;
        }
        boolean serves = settings.scale().perConnection() || roster.any(WorkerHandle::wasReady);
        if (withdrawn || !serves) {
            drain(nowNs);
            return;
        }
        // Workers may close the listeners as soon as they finish, and that resets who is in a
        // queue.
        withdrawn = true;
        nextNs = nowNs + WITHDRAWN_NS;
        actions.add(new Action.Withdraw());
    }

    /** All workers finish what they have begun. */
    void drain(long nowNs) {
        ending = Ending.DRAIN;
        nextNs = WorkerHandle.NEVER;
        perConnection.finish();
        lastNs = nowNs + settings.drainTimeout().toNanos();
        upgrade.abandon(false, nowNs);
        report(
                "draining for at most %d s; asked again it ends at once"
                        .formatted(settings.drainTimeout().toSeconds()));
        for (WorkerHandle worker : roster.all()) {
            if (!worker.leaving && !perConnection.awaits(worker)) {
                ladder.retire(worker, nowNs);
            }
        }
    }

    /** All workers end at once, and are killed the next time. */
    void stop(long nowNs) {
        boolean again = ending == Ending.STOP;
        ending = Ending.STOP;
        nextNs = WorkerHandle.NEVER;
        upgrade.abandon(true, nowNs);
        report(again ? "killing the workers" : "ending at once");
        for (WorkerHandle worker : roster.all()) {
            if (again) {
                ladder.kill(worker);
            } else {
                ladder.stop(worker, nowNs);
            }
        }
    }

    private void report(String line) {
        actions.add(new Action.Report(line));
    }
}

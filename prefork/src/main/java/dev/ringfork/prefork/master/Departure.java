// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.spawn.Order;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * How a master comes to its end: the workers are told that it comes, newcomers are kept away, then
 * the workers finish; or all end at once. Whoever has connected to a master that serves is not let
 * down: if nobody serves just then, a worker that boots is waited for. Confined to the master's
 * thread.
 */
final class Departure {
    /** Whoever had begun to connect when newcomers were kept away has done so by then, mostly. */
    static final long WITHDRAWN_NS = 100_000_000L;

    /** What all workers were told, or are to be told next. */
    private enum Step {
        /** Nothing: there is no end in sight. */
        NONE,
        /** That the end comes; they serve on. */
        ANNOUNCED,
        /** Nothing more, but newcomers are kept away. */
        WITHDRAWN,
        /** Nothing more, and the next one that serves is waited for. */
        AWAITING,
        /** To finish, or to end. */
        TOLD
    }

    private final MasterSettings settings;
    private final Roster roster;
    private final Ladder ladder;
    private final Upgrade upgrade;
    private final PerConnection perConnection;
    private final BooleanSupplier promised;
    private final List<Action> actions;
    private Ending ending = Ending.NONE;
    private Step step = Step.NONE;
    private long nextNs = WorkerHandle.NEVER;
    private long lastNs = WorkerHandle.NEVER;

    /** Whether the queues were emptied, where the master holds what was in them. */
    private boolean emptied;

    /**
     * Adds what is to be done to a list.
     *
     * @param promised whether the master has said that it serves
     */
    Departure(
            MasterSettings settings,
            Roster roster,
            Ladder ladder,
            Upgrade upgrade,
            PerConnection perConnection,
            BooleanSupplier promised,
            List<Action> actions) {
        this.settings = settings;
        this.roster = roster;
        this.ladder = ladder;
        this.upgrade = upgrade;
        this.perConnection = perConnection;
        this.promised = promised;
        this.actions = actions;
    }

    /** How far it is. */
    Ending ending() {
        return ending;
    }

    boolean begun() {
        return ending != Ending.NONE;
    }

    /** Whether all workers were told to finish, or to end: those that are left are the last. */
    boolean draining() {
        return step == Step.TOLD;
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

    /** When a drain has had all its time: nobody is started or waited for any more. */
    long lastNs() {
        return lastNs;
    }

    private boolean late(long nowNs) {
        return nowNs >= lastNs;
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
        step = Step.ANNOUNCED;
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
        boolean due = nextNs <= nowNs;
        switch (step) {
            case ANNOUNCED -> {
                if (due && !serves()) {
                    drain(nowNs);
                } else if (due) {
                    withdraw(nowNs);
                }
            }
            case WITHDRAWN -> {
                if (due && onlyBoots()) {
                    await(nowNs);
                } else if (due) {
                    drain(nowNs);
                }
            }
            case AWAITING -> {
                if (due || !onlyBoots()) {
                    drain(nowNs);
                }
            }
            case NONE, TOLD -> {
                // Nothing is due.
            }
        }
    }

    /** Whether somebody may have connected who counts on an answer. */
    private boolean serves() {
        return settings.scale().perConnection()
                || promised.getAsBoolean()
                || roster.any(WorkerHandle::wasReady);
    }

    /** Workers may close the listeners as soon as they finish, which resets who is in a queue. */
    private void withdraw(long nowNs) {
        step = Step.WITHDRAWN;
        nextNs = nowNs + WITHDRAWN_NS;
        actions.add(new Action.Withdraw());
    }

    /** Whether those who wait in a queue find nobody but a worker that boots. */
    private boolean onlyBoots() {
        return promised.getAsBoolean()
                && !settings.scale().perConnection()
                && !roster.any(WorkerHandle::serving)
                && roster.any(WorkerHandle::booting);
    }

    private void await(long nowNs) {
        step = Step.AWAITING;
        lastNs = nowNs + settings.drainTimeout().toNanos();
        nextNs = lastNs;
        report("waiting for a worker that boots, no other serves; asked again it ends at once");
    }

    /**
     * All workers finish what they have begun: it is time, or another master serves in place of
     * this one, or this one cannot become the master.
     */
    void drain(long nowNs) {
        ending = Ending.DRAIN;
        release();
        perConnection.finish();
        lastNs = Math.min(lastNs, nowNs + settings.drainTimeout().toNanos());
        upgrade.abandon(false, nowNs);
        report(
                "draining for at most %d s; asked again it ends at once"
                        .formatted(Duration.ofNanos(lastNs - nowNs).toSeconds()));
        finish(nowNs);
    }

    /** In a drain those finish whom no connection waits for, and all when its time is over. */
    void finish(long nowNs) {
        if (ending != Ending.DRAIN) {
            return;
        }
        boolean late = late(nowNs);
        for (WorkerHandle worker : roster.all()) {
            if (!worker.leaving && (late || !perConnection.awaits(worker))) {
                ladder.retire(worker, nowNs);
            }
            if (late && worker.deadlineNs > lastNs + Ladder.GRACE_NS) {
                // It has begun to finish later than the others, and knows nothing of their time.
                ladder.stop(worker, nowNs);
            }
        }
    }

    /** All who waited in the queues were accepted, where each gets a worker. */
    void emptied() {
        emptied = true;
        if (perConnection.held() > 0) {
            report(
                    "%d connections wait for a worker; those that have none when the drain is over are closed"
                            .formatted(perConnection.held()));
        }
    }

    /** Whether somebody is, or may be, in a queue or held who gets a worker yet. */
    boolean awaited(long nowNs) {
        return settings.scale().perConnection()
                && ending == Ending.DRAIN
                && !late(nowNs)
                && (!emptied || perConnection.held() > 0);
    }

    /** Whether connections that have no worker get none any more. */
    boolean forsakes(long nowNs) {
        return switch (ending) {
            case NONE -> false;
            case DRAIN -> settings.scale().perConnection() && late(nowNs);
            case STOP, ENDED -> true;
        };
    }

    /** Before the workers are told: the last one closes the queue that it empties. */
    private void release() {
        if (step != Step.TOLD) {
            step = Step.TOLD;
            nextNs = WorkerHandle.NEVER;
            actions.add(new Action.Release());
        }
    }

    /** All workers end at once, and are killed the next time. */
    void stop(long nowNs) {
        boolean again = ending == Ending.STOP;
        ending = Ending.STOP;
        release();
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

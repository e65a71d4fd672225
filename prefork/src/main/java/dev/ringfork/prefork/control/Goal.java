// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.prefork.control.Request.Verb;
import dev.ringfork.prefork.master.Ending;
import dev.ringfork.prefork.master.MasterSettings;
import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.Scale;
import dev.ringfork.prefork.master.UpgradeState;
import dev.ringfork.prefork.master.WorkerState;
import dev.ringfork.prefork.scoreboard.Counts;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a request wants the master to come to: it is held against every new state until it is
 * reached, or out of reach. Immutable.
 *
 * @param workers how many are asked for, by {@link Verb#SET} alone
 * @param before how the master was when it was asked
 */
record Goal(Verb verb, int workers, MasterState before) {

    /** Why it makes no sense to ask, or null if it does. */
    @Nullable Verdict refusal() {
        boolean always =
                switch (verb) {
                    case DRAIN, STOP, REOPEN, DUMP -> true;
                    default -> false;
                };
        if (before.ending() != Ending.NONE && !always) {
            return Verdict.refused("the master is ending");
        }
        if (verb == Verb.INC && before.wanted() >= MasterSettings.WORKERS_MOST) {
            return Verdict.refused(
                    "there are %d workers, which is the most".formatted(before.wanted()));
        }
        if (verb == Verb.DEC && before.wanted() <= 1) {
            return Verdict.refused(
                    before.wanted() == 0
                            ? "there are no workers"
                            : "one worker stays: vacate lets the last one go, too");
        }
        return null;
    }

    /**
     * Whether the master has to be asked: a drain joins the one that is under way, for asked twice
     * the master would stop.
     */
    boolean needsAsking() {
        return verb != Verb.DRAIN || before.ending() == Ending.NONE;
    }

    /** How it has ended, or null if it goes on; asked after each change. */
    @Nullable Verdict reached(MasterState now) {
        return switch (verb) {
            case DRAIN -> drained(now);
            case STOP -> now.ending() == Ending.ENDED ? ended("stopped", now) : null;
            case UPGRADE -> upgraded(now);
            case REFORK -> reforked(now);
            case REOPEN -> Verdict.done("told the master and %d workers".formatted(now.serving()));
            case DUMP ->
                    Verdict.done(
                            "asked %d workers, which write it where they write what they say"
                                    .formatted(now.serving()));
            default ->
                    now.ending() == Ending.NONE
                            ? resized(now)
                            : Verdict.refused("the master was told to end meanwhile");
        };
    }

    private @Nullable Verdict resized(MasterState now) {
        return switch (verb) {
            case INC -> increased(now);
            case DEC -> decreased(now);
            case SET -> set(now);
            case RELOAD -> reloaded(now);
            default -> vacated(now);
        };
    }

    private @Nullable Verdict drained(MasterState now) {
        if (now.ending() == Ending.STOP) {
            return Verdict.refused("the master was told to stop before all was finished");
        }
        return now.ending() == Ending.ENDED ? ended("drained", now) : null;
    }

    private @Nullable Verdict upgraded(MasterState now) {
        UpgradeState upgrade = now.upgrade();
        if (upgrade.failures() > before.upgrade().failures()) {
            return Verdict.refused("all goes on as it was: " + upgrade.reason());
        }
        if (upgrade.done()) {
            String how = "process %d is the master".formatted(upgrade.pid());
            return now.ending() == Ending.ENDED ? ended(how, now) : null;
        }
        return now.ending() == Ending.NONE || upgrade.underWay()
                ? null
                : Verdict.refused("the master was told to end meanwhile");
    }

    private @Nullable Verdict reforked(MasterState now) {
        if (now.failedReforks() > before.failedReforks()) {
            return Verdict.refused("the worker has ended: all goes on as it was");
        }
        if (now.ending() != Ending.NONE) {
            return Verdict.refused("the master was told to end meanwhile");
        }
        return now.generation() > before.generation() ? reloaded(now) : null;
    }

    private Verdict ended(String how, MasterState now) {
        if (now.exitCode() != 0) {
            return Verdict.refused("the master ends with exit code " + now.exitCode());
        }
        Counts total = now.total();
        return Verdict.done(
                how
                        + unlessNone(", connections cut: ", total.cut() - before.total().cut())
                        + unlessNone(", closed unserved: ", total.shed() - before.total().shed()));
    }

    private static String unlessNone(String what, long count) {
        return count == 0 ? "" : what + count;
    }

    private @Nullable Verdict increased(MasterState now) {
        int slot = before.wanted();
        if (scaled(now) && now.wanted() > slot) {
            return Verdict.done("workers at most: %d".formatted(now.wanted()));
        }
        if (now.any(worker -> worker.slot() == slot && worker.serving())) {
            return Verdict.done("workers: %d".formatted(now.wanted()));
        }
        if (now.wanted() <= slot) {
            return overtaken(now);
        }
        return failed(now)
                ? Verdict.refused("it cannot be started; the master goes on trying")
                : null;
    }

    private @Nullable Verdict decreased(MasterState now) {
        int slot = before.wanted() - 1;
        if (now.wanted() > slot) {
            return overtaken(now);
        }
        if (scaled(now)) {
            return limited(now);
        }
        boolean left = now.any(worker -> worker.slot() == slot);
        return left ? null : Verdict.done("workers: %d".formatted(now.wanted()));
    }

    private @Nullable Verdict set(MasterState now) {
        if (now.wanted() != workers) {
            return overtaken(now);
        }
        if (scaled(now)) {
            return limited(now);
        }
        boolean serving =
                IntStream.range(0, workers)
                        .allMatch(slot -> now.any(each -> each.slot() == slot && each.serving()));
        if (!serving && failed(now)) {
            return Verdict.refused("a worker cannot be started; the master goes on trying");
        }
        boolean left = now.any(worker -> worker.slot() >= workers);
        return serving && !left ? Verdict.done("workers: %d".formatted(workers)) : null;
    }

    private static @Nullable Verdict limited(MasterState now) {
        return now.workers().size() > now.wanted()
                ? null
                : Verdict.done("workers at most: %d".formatted(now.wanted()));
    }

    private @Nullable Verdict reloaded(MasterState now) {
        int generation = before.generation() + 1;
        boolean old = now.any(worker -> worker.generation() < generation && awaited(now, worker));
        if (!old && (scaled(now) || now.serving() >= now.wanted())) {
            return Verdict.done("all workers are of generation %d".formatted(now.generation()));
        }
        // One that is not abandoned goes on after a failure.
        if (failed(now) && !now.reloading()) {
            return Verdict.refused(
                    old
                            ? "a new worker cannot be started: those that are left stay as they are"
                            : "a new worker cannot be started; the master goes on trying");
        }
        return null;
    }

    /** Whoever ends with its connection is not told to, and may have it for long. */
    private static boolean awaited(MasterState now, WorkerState worker) {
        return now.scale() != Scale.Mode.PER_CONNECTION || worker.idle() || !worker.serving();
    }

    private @Nullable Verdict vacated(MasterState now) {
        if (now.wanted() > 0) {
            return overtaken(now);
        }
        return now.workers().isEmpty() ? Verdict.done("no workers, the listeners stay") : null;
    }

    /** Whether how many are wanted is only the most there may be. */
    private static boolean scaled(MasterState now) {
        return now.scale() != Scale.Mode.STATIC;
    }

    private boolean failed(MasterState now) {
        return now.failedStarts() > before.failedStarts();
    }

    private static Verdict overtaken(MasterState now) {
        return Verdict.refused("overtaken: %d workers are wanted now".formatted(now.wanted()));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a worker that has served becomes what the next ones are forked from. Confined to the master's
 * thread.
 *
 * <p>It finishes as if it were to end, while another one takes its place; then it is a template,
 * and all workers are replaced by copies of it. If it ends instead, all goes on as before.
 */
final class Refork {
    private static final int NOBODY = 0;

    private final Roster roster;
    private final Ladder ladder;
    private final List<Action> actions;
    private int chosen = NOBODY;
    private int failures;

    /** Adds what is to be done to a list. */
    Refork(Roster roster, Ladder ladder, List<Action> actions) {
        this.roster = roster;
        this.ladder = ladder;
        this.actions = actions;
    }

    /** Why there can be none now, or null if there can. */
    @Nullable String obstacle() {
        if (chosen != NOBODY) {
            return "a worker is becoming a template already";
        }
        return best() == null ? "no worker serves" : null;
    }

    /** How many have come to nothing. */
    int failures() {
        return failures;
    }

    /** Chooses the worker that has answered most: its code is the warmest. */
    void start(long nowNs) {
        WorkerHandle worker = best();
        if (worker != null && chosen == NOBODY) {
            chosen = worker.id;
            ladder.promote(worker, nowNs);
            report("%s finishes, to become what workers are forked from".formatted(worker));
        }
    }

    private @Nullable WorkerHandle best() {
        return roster.view().stream()
                .filter(worker -> worker.serving() && !worker.leaving)
                .max(Comparator.comparingLong(worker -> worker.requests))
                .orElse(null);
    }

    /** A worker is a template: whether it was the one. */
    boolean done(int id) {
        boolean expected = id == chosen;
        if (expected) {
            chosen = NOBODY;
        }
        return expected;
    }

    /** A worker has ended. */
    void ended(int id) {
        if (id == chosen) {
            chosen = NOBODY;
            failures++;
            report("it has ended and become no template: workers are forked as before");
        }
    }

    private void report(String line) {
        actions.add(new Action.Report(line));
    }
}

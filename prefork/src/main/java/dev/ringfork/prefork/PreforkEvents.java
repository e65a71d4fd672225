// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.prefork.control.Display;
import dev.ringfork.prefork.listeners.Binder;
import dev.ringfork.prefork.listeners.Supervision;
import dev.ringfork.prefork.master.MasterEvents;
import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.MasterView;
import dev.ringfork.prefork.master.Succession;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Passes what the master tells of on to the hooks, and takes and keeps its seat. */
final class PreforkEvents implements MasterEvents {
    private final Prefork prefork;
    private final Binder binder;
    private final Display display;
    private final MasterNotices notices;
    private final Succession succession;
    private final Supervision supervision;
    private @Nullable Seat seat;

    PreforkEvents(
            Prefork prefork,
            Binder binder,
            Display display,
            MasterNotices notices,
            Succession succession,
            Supervision supervision) {
        this.prefork = prefork;
        this.binder = binder;
        this.display = display;
        this.notices = notices;
        this.succession = succession;
        this.supervision = supervision;
    }

    /** Whose pid file and control socket it takes and gives away. */
    void sit(Seat taken) {
        seat = taken;
    }

    private Hooks hooks() {
        return prefork.hooks();
    }

    @Override
    public void spawning(int slot, int generation) {
        hooks().beforeFork(slot, generation);
    }

    @Override
    public void ready(int slot, int generation, int pid) {
        prefork.service().serving();
        guarded("workerReady", () -> hooks().workerReady(slot, generation, pid));
    }

    @Override
    public void exited(int slot, int generation, int pid, WaitStatus status) {
        binder.reaped(pid);
        guarded("workerExit", () -> hooks().workerExit(slot, generation, pid, status));
    }

    @Override
    public void reopen() {
        try {
            prefork.reopen();
        } catch (RuntimeException e) {
            report("log files cannot be opened again: " + e.getMessage());
        }
    }

    /** What goes wrong in a hook that only looks on must not end the master. */
    private void guarded(String hook, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            report("the hook %s has failed: %s".formatted(hook, e));
        }
    }

    @Override
    public void reload() {
        notices.reloads();
        try {
            hooks().beforeReload();
        } catch (RuntimeException e) {
            notices.refused();
            throw e;
        }
    }

    @Override
    public void status(MasterState state) {
        display.status(state, this::report);
    }

    @Override
    public void changed(MasterView master) {
        notices.changed(master);
    }

    @Override
    public void upgrade() {
        String obstacle = supervision.upgradeObstacle();
        if (obstacle != null) {
            throw new IllegalStateException(obstacle);
        }
        hooks().beforeUpgrade();
    }

    @Override
    public void serving() {
        if (succession.succeeds()) {
            takeSeat(pid -> pid == succession.predecessorPid());
        } else if (supervision.overlaps()) {
            takeSeat(supervision::isSibling);
        }
        binder.serving();
        notices.serving();
        guarded("masterServing", hooks()::masterServing);
    }

    private void takeSeat(LongPredicate predecessor) {
        if (seat != null) {
            seat.takeFrom(predecessor);
        }
    }

    @Override
    public void succeeded(int pid) {
        notices.succeeded(pid);
        guarded("upgraded", () -> hooks().upgraded(pid));
    }

    @Override
    public void backedOut() {
        try {
            if (seat != null) {
                seat.retake();
            }
        } catch (RuntimeException e) {
            report("the pid file or the control socket is lost: " + e.getMessage());
        }
    }

    @Override
    public void report(String line) {
        prefork.report().accept(line);
    }
}

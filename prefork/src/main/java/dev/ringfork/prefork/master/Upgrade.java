// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An upgrade: a new master is started beside this one, and takes over when all its workers serve.
 * If it does not come to that, it is ended, and this one goes on as if nothing had been. Confined
 * to the master's thread.
 */
final class Upgrade {
    private enum Phase {
        /** There is none. */
        NONE,
        /** The new master starts. */
        STARTING,
        /** The new master was told to finish and end. */
        BACKING_OUT,
        /** The new master was told to end at once. */
        HURRIED,
        /** The new master was killed. */
        KILLED,
        /** The new master has taken over. */
        DONE
    }

    private final MasterSettings settings;
    private final List<Action> actions;
    private Phase phase = Phase.NONE;
    private int pid;
    private long deadlineNs = WorkerHandle.NEVER;
    private int failures;
    private String reason = "";

    /** Adds what is to be done to a list. */
    Upgrade(MasterSettings settings, List<Action> actions) {
        this.settings = settings;
        this.actions = actions;
    }

    /** Why none may begin, nor a reload, or null if they may. */
    @Nullable String obstacle() {
        return switch (phase) {
            case NONE, DONE -> null;
            case STARTING -> "an upgrade is under way, to process %d".formatted(pid);
            case BACKING_OUT, HURRIED, KILLED ->
                    "an upgrade has failed, and process %d is still ending".formatted(pid);
        };
    }

    /** Whether a new master has neither taken over nor ended. */
    boolean underWay() {
        return phase != Phase.NONE && phase != Phase.DONE;
    }

    UpgradeState state() {
        return new UpgradeState(underWay(), phase == Phase.DONE, pid, failures, reason);
    }

    /** When the patience with the new master ends. */
    long deadlineNs() {
        return deadlineNs;
    }

    /** This process was asleep for so long. */
    void forgive(long asleepNs) {
        if (phase == Phase.STARTING && deadlineNs != WorkerHandle.NEVER) {
            deadlineNs += asleepNs;
        }
    }

    void start(long nowNs) {
        long timeoutNs = settings.upgradeTimeout().toNanos();
        phase = Phase.STARTING;
        pid = 0;
        deadlineNs = timeoutNs == 0 ? WorkerHandle.NEVER : nowNs + timeoutNs;
        report("upgrading: a new master is started, and this one goes on until that one serves");
        actions.add(new Action.StartMaster());
    }

    /**
     * Something has become known of the new master.
     *
     * @return whether it has taken over, so that this one has to drain
     */
    boolean hear(Input.OfNewMaster news) {
        switch (news) {
            case Input.MasterStarted(int started) -> pid = started;
            case Input.MasterFailed(String why) -> fail("it cannot be started: " + why);
            case Input.MasterReady() -> {
                return ready();
            }
            case Input.MasterExited(WaitStatus status) -> exited(status);
        }
        return false;
    }

    private boolean ready() {
        if (phase != Phase.STARTING) {
            return false;
        }
        phase = Phase.DONE;
        deadlineNs = WorkerHandle.NEVER;
        report("upgraded: process %d is the master from now on".formatted(pid));
        actions.add(new Action.HandOver(pid));
        return true;
    }

    private void exited(WaitStatus status) {
        String how = status.exited() ? status.toString() : "been " + status;
        switch (phase) {
            case STARTING ->
                    fail(
                            "the new master (pid %d) has %s before it served; what it said is in the log: mend that, and upgrade again"
                                    .formatted(pid, how));
            case BACKING_OUT, HURRIED, KILLED -> fail(reason);
            case DONE ->
                    report(
                            "the new master (pid %d) has %s, and this one is ending: start the server again"
                                    .formatted(pid, how));
            case NONE -> {
                // It cannot be: each is reaped once.
            }
        }
    }

    private void fail(String why) {
        phase = Phase.NONE;
        deadlineNs = WorkerHandle.NEVER;
        failures++;
        reason = why;
        report("not upgraded, all goes on as it was: " + why);
        actions.add(new Action.GoOn());
    }

    /**
     * This master was told to end, before the new one has taken over: that one ends as well.
     *
     * @param atOnce whether it is to finish nothing
     */
    void abandon(boolean atOnce, long nowNs) {
        if (phase == Phase.STARTING) {
            backOut("this master was told to end", nowNs);
        }
        if (phase == Phase.BACKING_OUT && atOnce) {
            hurry(nowNs);
        }
    }

    /** What time has brought. */
    void climb(long nowNs) {
        if (deadlineNs > nowNs) {
            return;
        }
        if (phase == Phase.STARTING) {
            backOut(
                    "the new master (pid %d) did not serve after %s; its log may tell what it waits for, and a longer upgrade time-out gives it more time"
                            .formatted(pid, Ladder.text(settings.upgradeTimeout().toMillis())),
                    nowNs);
        } else if (phase == Phase.BACKING_OUT) {
            hurry(nowNs);
        } else if (phase == Phase.HURRIED) {
            phase = Phase.KILLED;
            deadlineNs = WorkerHandle.NEVER;
            actions.add(new Action.SignalMaster(ProcessConstants.SIGKILL));
        }
    }

    private void backOut(String why, long nowNs) {
        phase = Phase.BACKING_OUT;
        reason = why;
        // Its workers may have accepted: they may finish as they may in any other drain.
        deadlineNs = nowNs + settings.drainTimeout().toNanos() + 3 * Ladder.GRACE_NS;
        report("the upgrade is backed out: " + why);
        actions.add(new Action.SignalMaster(ProcessConstants.SIGTERM));
    }

    /** Asked a second time a master ends at once; by another signal, for two of one may merge. */
    private void hurry(long nowNs) {
        phase = Phase.HURRIED;
        deadlineNs = nowNs + 3 * Ladder.GRACE_NS;
        actions.add(new Action.SignalMaster(ProcessConstants.SIGINT));
    }

    private void report(String line) {
        actions.add(new Action.Report(line));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.master.WorkerHandle.Phase;
import dev.ringfork.prefork.spawn.Order;
import java.util.List;

/**
 * How a worker is brought to its end, and how hard: to finish, to show what it does, to end, to be
 * killed. Each step has a time, and after it comes the next. Confined to the master's thread.
 */
final class Ladder {
    /** What a worker gets to write its thread dump, and to end after SIGTERM. */
    static final long GRACE_NS = 1_000_000_000L;

    private final MasterSettings settings;
    private final List<Action> actions;

    /** Adds what is to be done to a list. */
    Ladder(MasterSettings settings, List<Action> actions) {
        this.settings = settings;
        this.actions = actions;
    }

    /** It begins to boot. */
    void boot(WorkerHandle worker, long nowNs) {
        enter(worker, Phase.BOOTING, after(settings.bootTimeout().toNanos(), nowNs));
    }

    /** It has shown that it serves. */
    void serve(WorkerHandle worker, long nowNs) {
        enter(worker, Phase.SERVING, after(settings.workerTimeout().toNanos(), nowNs));
    }

    /** It is asked to leave, in the way that loses nothing. */
    void retire(WorkerHandle worker, long nowNs) {
        finish(worker, Order.DRAIN, nowNs);
    }

    /** The same, and then not to end but to become a template. */
    void promote(WorkerHandle worker, long nowNs) {
        finish(worker, Order.PROMOTE, nowNs);
    }

    private void finish(WorkerHandle worker, Order order, long nowNs) {
        worker.leaving = true;
        if (worker.serving()) {
            actions.add(new Action.Tell(worker.id, order));
            // It ends the drain itself when the time is over; this is for one that does not.
            long drainNs = settings.drainTimeout().toNanos() + GRACE_NS;
            enter(worker, Phase.DRAINING, nowNs + drainNs);
        } else {
            terminate(worker, nowNs);
        }
    }

    /** It is asked to end at once. */
    void stop(WorkerHandle worker, long nowNs) {
        worker.leaving = true;
        if (worker.phase == Phase.TERMINATED || worker.phase == Phase.KILLED) {
            return;
        }
        if (worker.wasReady()) {
            actions.add(new Action.Tell(worker.id, Order.STOP));
            enter(worker, Phase.TERMINATED, nowNs + GRACE_NS);
        } else {
            terminate(worker, nowNs);
        }
    }

    /** It gets no more time. */
    void kill(WorkerHandle worker) {
        worker.leaving = true;
        if (worker.phase != Phase.KILLED) {
            signal(worker, ProcessConstants.SIGKILL);
            enter(worker, Phase.KILLED, WorkerHandle.NEVER);
        }
    }

    /** The patience with its phase has ended. */
    void climb(WorkerHandle worker, long nowNs) {
        switch (worker.phase) {
            case BOOTING -> {
                report(
                        "%s is not ready after %s"
                                .formatted(worker, text(settings.bootTimeout().toMillis())));
                dump(worker, nowNs);
            }
            case SERVING -> {
                report(
                        "%s shows no sign of life for %s"
                                .formatted(worker, text(settings.workerTimeout().toMillis())));
                dump(worker, nowNs);
            }
            case DRAINING -> {
                report("%s does not end by itself".formatted(worker));
                terminate(worker, nowNs);
            }
            case DUMPED -> terminate(worker, nowNs);
            case TERMINATED -> {
                report("%s is killed".formatted(worker));
                signal(worker, ProcessConstants.SIGKILL);
                enter(worker, Phase.KILLED, WorkerHandle.NEVER);
            }
            case KILLED -> worker.deadlineNs = WorkerHandle.NEVER;
        }
    }

    private void dump(WorkerHandle worker, long nowNs) {
        signal(worker, ProcessConstants.SIGQUIT);
        enter(worker, Phase.DUMPED, nowNs + GRACE_NS);
    }

    private void terminate(WorkerHandle worker, long nowNs) {
        if (worker.phase != Phase.TERMINATED && worker.phase != Phase.KILLED) {
            signal(worker, ProcessConstants.SIGTERM);
            enter(worker, Phase.TERMINATED, nowNs + GRACE_NS);
        }
    }

    private void signal(WorkerHandle worker, int signo) {
        actions.add(new Action.Signal(worker.id, signo));
    }

    private void report(String line) {
        actions.add(new Action.Report(line));
    }

    private static void enter(WorkerHandle worker, Phase phase, long deadlineNs) {
        worker.phase = phase;
        worker.deadlineNs = deadlineNs;
    }

    /** A time-out of zero never comes. */
    private static long after(long timeoutNs, long nowNs) {
        return timeoutNs == 0 ? WorkerHandle.NEVER : nowNs + timeoutNs;
    }

    static String text(long ms) {
        return ms % 1000 == 0 ? ms / 1000 + " s" : ms + " ms";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.prefork.master.WorkerHandle.Phase;
import dev.ringfork.prefork.spawn.Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a master decides: it is told what happened, and answers what to do. It knows neither
 * processes nor clocks, so it can be tried in every order of events.
 *
 * <p>After each input it compares the workers that there are with those that there should be, and
 * does about it what is possible now; therefore the order of inputs matters little. A worker is
 * replaced by one that serves before it is asked to finish, so that capacity never falls.
 *
 * <p>Confined to one thread. Times are of any monotonic clock, in nanoseconds.
 *
 * <pre>{@code
 * perform(master.start(clock.nowNs()));
 * while (running) {
 *     perform(master.handle(nextInputBefore(master.nextNs()), clock.nowNs()));
 * }
 * }</pre>
 */
public final class Master {
    /** The exit code of a master whose workers cannot boot. */
    public static final int EXIT_CANNOT_BOOT = 3;

    /**
     * The exit code of a worker whose configuration makes no sense, and then of the master if no
     * other worker serves: to try again would change nothing.
     */
    public static final int EXIT_CONFIGURATION = 4;

    /** For so long a worker has to serve before its start counts as a success. */
    static final long SETTLED_NS = 1_000_000_000L;

    /** How many heartbeats may pass without any input before this process has been asleep. */
    private static final int ASLEEP_BEATS = 3;

    private final MasterSettings settings;
    private final Recycling recycling;
    private final Roster roster = new Roster();
    private final Rolling rolling = new Rolling();
    private final Backoff backoff = new Backoff();
    private final List<Action> actions = new ArrayList<>();
    private final Ladder ladder;
    private final Scaling scaling;
    private final Upgrade upgrade;

    private int wanted;
    private int wantedBeforeVacating;
    private int lastId;
    private int exitCode;
    private long failedStarts;
    private final Map<Integer, Integer> deaths = new HashMap<>();
    private long lastInputNs;
    private boolean announced;
    private Ending ending = Ending.NONE;

    /** When a drain that was announced begins. */
    private long drainNs = WorkerHandle.NEVER;

    /**
     * A master without workers.
     *
     * @param random deals out the jitter of limits
     */
    public Master(MasterSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.recycling = new Recycling(settings, random);
        this.ladder = new Ladder(settings, actions);
        this.scaling = new Scaling(settings.scale(), this::report);
        this.upgrade = new Upgrade(settings, actions);
    }

    /** Starts the workers. */
    public List<Action> start(long nowNs) {
        wanted = settings.workers();
        wantedBeforeVacating = wanted;
        lastInputNs = nowNs;
        reconcile(nowNs);
        return drainActions();
    }

    /** Takes an input and answers what to do about it. */
    public List<Action> handle(Input input, long nowNs) {
        if (ending == Ending.ENDED) {
            return List.of();
        }
        forgiveSleep(nowNs);
        switch (input) {
            case Input.Asked(Command command) -> asked(command, nowNs);
            case Input.Spawned(int id, int pid) -> with(id, worker -> worker.pid = pid);
            case Input.SpawnFailed(int id, String reason) -> spawnFailed(id, reason, nowNs);
            case Input.Ready(int id) -> with(id, worker -> ready(worker, nowNs));
            case Input.Exited(int id, WaitStatus status) -> exited(id, status, nowNs);
            case Input.Beat(int id, long requests) ->
                    with(id, worker -> beat(worker, requests, nowNs));
            case Input.Load load -> with(load.id(), worker -> loaded(worker, load, nowNs));
            case Input.Waiting(int looks) -> scaling.waiting(looks, roster);
            case Input.Weighed(int id, long bytes) ->
                    with(id, worker -> worker.memoryBytes = bytes);
            case Input.NotAnnounced(String reason) -> notAnnounced(reason, nowNs);
            case Input.OfNewMaster news -> {
                if (upgrade.hear(news) && ending == Ending.NONE) {
                    drainAll(nowNs);
                }
            }
            case Input.Tick() -> {
                // What time has brought is looked at after every input.
            }
        }
        if (drainNs <= nowNs) {
            drainAll(nowNs);
        }
        climbLadders(nowNs);
        upgrade.climb(nowNs);
        reconcile(nowNs);
        return drainActions();
    }

    /** When the next {@link Input.Tick} is due at the latest; {@code Long.MAX_VALUE} for never. */
    public long nextNs() {
        long next = Math.min(drainNs, upgrade.deadlineNs());
        for (WorkerHandle worker : roster.view()) {
            next = Math.min(next, worker.deadlineNs);
        }
        if (scaling.nextNs() > lastInputNs) {
            next = Math.min(next, scaling.nextNs());
        }
        // Once the delay is over, what is waited for is the worker that boots alone.
        boolean delayed = backoff.failures() > 0 && backoff.untilNs() > lastInputNs;
        return delayed ? Math.min(next, backoff.untilNs()) : next;
    }

    /** How far its end is. */
    Ending ending() {
        return ending;
    }

    /** Whether all workers were told to end: those that are left are the last. */
    boolean leaving() {
        return ending != Ending.NONE && drainNs == WorkerHandle.NEVER;
    }

    int exitCode() {
        return exitCode;
    }

    int wanted() {
        return wanted;
    }

    /** Whether it wants to hear of connections that wait, by {@link Input.Waiting}. */
    boolean watches() {
        return settings.scale().mode() == Scale.Mode.ONDEMAND
                && ending == Ending.NONE
                && wanted > 0;
    }

    int generation() {
        return rolling.generation();
    }

    UpgradeState upgrade() {
        return upgrade.state();
    }

    /** Why a command cannot be carried out now, or null if it can. */
    @Nullable String obstacle(Command command) {
        if (command != Command.UPGRADE && command != Command.RELOAD) {
            return null;
        }
        return ending == Ending.NONE ? upgrade.obstacle() : "the master is ending";
    }

    boolean reloading() {
        return rolling.active();
    }

    /** How many starts have failed so far. */
    long failedStarts() {
        return failedStarts;
    }

    /** How many workers of a slot have ended without being asked to. */
    int deaths(int slot) {
        return deaths.getOrDefault(slot, 0);
    }

    /** All that have not been reaped; not to be changed. */
    Collection<WorkerHandle> workers() {
        return roster.view();
    }

    private List<Action> drainActions() {
        List<Action> done = List.copyOf(actions);
        actions.clear();
        return done;
    }

    private interface Change {
        void apply(WorkerHandle worker);
    }

    private void with(int id, Change change) {
        WorkerHandle worker = roster.find(id);
        if (worker != null) {
            change.apply(worker);
        }
    }

    /** Where this process was stopped, so were its eyes: nobody is late for that. */
    private void forgiveSleep(long nowNs) {
        long asleepNs = nowNs - lastInputNs;
        lastInputNs = nowNs;
        if (asleepNs <= ASLEEP_BEATS * settings.heartbeat().toNanos()) {
            return;
        }
        upgrade.forgive(asleepNs);
        for (WorkerHandle worker : roster.view()) {
            boolean waitedFor = worker.booting() || worker.serving();
            if (waitedFor && worker.deadlineNs != WorkerHandle.NEVER) {
                worker.deadlineNs += asleepNs;
            }
        }
    }

    private void asked(Command command, long nowNs) {
        switch (command) {
            case DRAIN -> {
                if (ending == Ending.NONE) {
                    announceDrain(nowNs);
                } else {
                    stopAll(nowNs);
                }
            }
            case STOP -> stopAll(nowNs);
            case REOPEN -> reopen();
            case STATUS -> actions.add(new Action.ShowStatus());
            case UPGRADE -> {
                if (obstacle(command) == null) {
                    upgrade.start(nowNs);
                }
            }
            case RELOAD, VACATE, MORE, FEWER -> {
                if (ending == Ending.NONE) {
                    resize(command);
                }
            }
        }
    }

    private void resize(Command command) {
        switch (command) {
            case RELOAD -> {
                if (wanted == 0) {
                    wanted = wantedBeforeVacating;
                }
                rolling.start();
                report("reloading: workers of generation %d".formatted(rolling.generation()));
            }
            case VACATE -> {
                if (wanted > 0) {
                    wantedBeforeVacating = wanted;
                    wanted = 0;
                    report("no workers from now on, the listeners stay");
                }
            }
            case MORE -> {
                wanted = Math.min(wanted + 1, MasterSettings.WORKERS_MOST);
                reportWanted();
            }
            default -> {
                // To none it is VACATE: nobody should lose the last worker to one signal too many.
                wanted = Math.max(wanted - 1, Math.min(wanted, 1));
                reportWanted();
            }
        }
    }

    private void reportWanted() {
        report(
                (settings.scale().fixed() ? "workers wanted: %d" : "workers at most: %d")
                        .formatted(wanted));
    }

    private void reopen() {
        actions.add(new Action.Reopen());
        for (WorkerHandle worker : roster.view()) {
            if (worker.wasReady()) {
                actions.add(new Action.Tell(worker.id, Order.REOPEN));
            }
        }
    }

    /** The workers are told that all of them are to drain, and serve on until it is time. */
    private void announceDrain(long nowNs) {
        ending = Ending.DRAIN;
        upgrade.abandon(false, nowNs);
        for (WorkerHandle worker : roster.view()) {
            actions.add(new Action.Tell(worker.id, Order.LEAVE));
        }
        long delayNs = settings.drainDelay().toNanos();
        drainNs = nowNs + delayNs;
        if (delayNs > 0) {
            report("serving on for %d ms, then draining".formatted(delayNs / 1_000_000));
        }
    }

    private void drainAll(long nowNs) {
        ending = Ending.DRAIN;
        drainNs = WorkerHandle.NEVER;
        upgrade.abandon(false, nowNs);
        report("draining for at most %d s; asked again it ends at once".formatted(drainSeconds()));
        for (WorkerHandle worker : roster.all()) {
            if (!worker.leaving) {
                ladder.retire(worker, nowNs);
            }
        }
    }

    private long drainSeconds() {
        return settings.drainTimeout().toSeconds();
    }

    private void stopAll(long nowNs) {
        boolean again = ending == Ending.STOP;
        ending = Ending.STOP;
        drainNs = WorkerHandle.NEVER;
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

    private void ready(WorkerHandle worker, long nowNs) {
        if (worker.wasReady()) {
            return;
        }
        if (worker.occupies()) {
            worker.readyNs = nowNs;
            worker.activeNs = nowNs;
            ladder.serve(worker, nowNs);
        }
    }

    private void beat(WorkerHandle worker, long requests, long nowNs) {
        worker.requests = requests;
        boolean back = worker.phase == Phase.DUMPED && worker.wasReady() && !worker.leaving;
        if (back) {
            report("%s is alive again".formatted(worker));
        }
        if (back || worker.serving()) {
            ladder.serve(worker, nowNs);
        }
    }

    private static void loaded(WorkerHandle worker, Input.Load load, long nowNs) {
        boolean open = load.connections() > 0 || worker.connections > 0;
        if (open || load.accepted() != worker.accepted) {
            worker.activeNs = nowNs;
        }
        worker.connections = load.connections();
        worker.accepted = load.accepted();
    }

    private void notAnnounced(String reason, long nowNs) {
        report("giving up: " + reason);
        exitCode = EXIT_CANNOT_BOOT;
        drainAll(nowNs);
    }

    private void spawnFailed(int id, String reason, long nowNs) {
        WorkerHandle worker = roster.remove(id);
        if (worker != null) {
            report("%s cannot be started: %s".formatted(worker, reason));
            failed(worker, false, nowNs);
        }
    }

    private void exited(int id, WaitStatus status, long nowNs) {
        WorkerHandle worker = roster.remove(id);
        if (worker == null) {
            return;
        }
        String hint =
                status.signaled() && status.termSignal() == 9 && worker.phase != Phase.KILLED
                        ? "; perhaps memory ran out"
                        : "";
        boolean clean = status.exited() && status.exitStatus() == 0;
        if (!worker.leaving) {
            deaths.merge(worker.slot, 1, Integer::sum);
            report("%s has %s%s".formatted(worker, ended(status), hint));
        } else if (!clean) {
            report("%s, told to end, has %s%s".formatted(worker, ended(status), hint));
        }
        // Whoever served for a while and then died was started well.
        if (!worker.leaving && !worker.settled(nowNs, SETTLED_NS)) {
            boolean refused = status.exited() && status.exitStatus() == EXIT_CONFIGURATION;
            failed(worker, refused, nowNs);
        }
    }

    private static String ended(WaitStatus status) {
        return status.exited() ? status.toString() : "been " + status;
    }

    private void failed(WorkerHandle worker, boolean refused, long nowNs) {
        failedStarts++;
        backoff.failed(worker.spawnedNs, worker.wasReady(), nowNs);
        boolean successor = roster.find(worker.replaces) != null;
        if (successor && rolling.active() && worker.generation == rolling.generation()) {
            rolling.end();
            report("the reload has failed: the workers that are left stay as they are");
        }
        if (ending != Ending.NONE || roster.any(WorkerHandle::wasReady)) {
            return;
        }
        if (refused) {
            report("giving up: the configuration is refused");
            exitCode = EXIT_CONFIGURATION;
            stopAll(nowNs);
        } else if (backoff.bootFailures() >= settings.maxBootFailures()) {
            report(
                    "giving up: %d starts have failed one after the other"
                            .formatted(backoff.bootFailures()));
            exitCode = EXIT_CANNOT_BOOT;
            stopAll(nowNs);
        }
    }

    private void climbLadders(long nowNs) {
        for (WorkerHandle worker : roster.view()) {
            if (worker.deadlineNs <= nowNs) {
                ladder.climb(worker, nowNs);
            }
        }
    }

    private void reconcile(long nowNs) {
        if (ending != Ending.NONE) {
            if (roster.isEmpty() && !upgrade.underWay()) {
                ending = Ending.ENDED;
                actions.add(new Action.Exit(exitCode));
            }
            return;
        }
        for (WorkerHandle worker : roster.view()) {
            if (worker.settled(nowNs, SETTLED_NS)) {
                backoff.succeeded(worker.spawnedNs);
            }
        }
        cull(nowNs);
        fill(nowNs);
        replace(nowNs);
        if (!announced && begun()) {
            announced = true;
            actions.add(new Action.Announce());
        }
        if (rolling.active() && !roster.any(rolling::concerns)) {
            rolling.end();
            report("reloaded: all workers are of generation %d".formatted(rolling.generation()));
        }
    }

    /** Whether all serve that it starts with: of a number that follows the work, those so far. */
    private boolean begun() {
        if (settings.scale().fixed()) {
            return roster.count(WorkerHandle::serving) >= wanted;
        }
        boolean some = roster.any(WorkerHandle::serving);
        return !roster.any(WorkerHandle::booting)
                && (some || settings.scale().mode() == Scale.Mode.ONDEMAND);
    }

    /** Lets those go whose slot is not wanted, or whose successor serves. */
    private void cull(long nowNs) {
        for (WorkerHandle worker : roster.all()) {
            WorkerHandle predecessor = roster.find(worker.replaces);
            if (worker.serving() && predecessor != null && !predecessor.leaving) {
                predecessor.succeeded = true;
                ladder.retire(predecessor, nowNs);
            }
        }
        for (WorkerHandle worker : surplus(nowNs)) {
            ladder.retire(worker, nowNs);
        }
    }

    private List<WorkerHandle> surplus(long nowNs) {
        if (!settings.scale().fixed()) {
            return scaling.surplus(roster, wanted, nowNs);
        }
        return roster.all().stream()
                .filter(worker -> worker.slot >= wanted && !worker.leaving)
                .toList();
    }

    private void fill(long nowNs) {
        if (!settings.scale().fixed()) {
            scale(nowNs);
            return;
        }
        for (int slot = 0; slot < wanted; slot++) {
            if (!roster.occupied(slot) && maySpawn(nowNs)) {
                spawn(slot, 0, nowNs);
            }
        }
    }

    private void scale(long nowNs) {
        // What the rate allows is not to be spent on starts that have to wait.
        int missing = maySpawn(nowNs) ? scaling.missing(roster, wanted, nowNs) : 0;
        int slot = 0;
        for (int i = 0; i < missing && maySpawn(nowNs); i++) {
            while (roster.occupied(slot)) {
                slot++;
            }
            spawn(slot, 0, nowNs);
        }
    }

    private void replace(long nowNs) {
        int atOnce = rolling.active() ? settings.maxUnavailable().of(wanted) : 1;
        int underWay = roster.count(this::beingReplaced);
        for (WorkerHandle worker : roster.all()) {
            if (underWay >= atOnce || !maySpawn(nowNs)) {
                return;
            }
            if (worker.serving() && !roster.hasSuccessor(worker) && due(worker, nowNs)) {
                spawn(worker.slot, worker.id, nowNs);
                underWay++;
            }
        }
    }

    private boolean beingReplaced(WorkerHandle worker) {
        return worker.leaving ? worker.succeeded : roster.hasSuccessor(worker);
    }

    private boolean due(WorkerHandle worker, long nowNs) {
        if (rolling.concerns(worker)) {
            return true;
        }
        String reason = recycling.due(worker, nowNs);
        if (reason != null) {
            report("%s is replaced: %s".formatted(worker, reason));
        }
        return reason != null;
    }

    /** After a failure one start at a time is tried, and not at once. */
    private boolean maySpawn(long nowNs) {
        return backoff.failures() == 0
                || (nowNs >= backoff.untilNs() && !roster.any(WorkerHandle::booting));
    }

    private void spawn(int slot, int replaces, long nowNs) {
        Action.Spawn spawn = new Action.Spawn(++lastId, slot, rolling.generation());
        WorkerHandle worker = new WorkerHandle(spawn, replaces, nowNs, recycling);
        ladder.boot(worker, nowNs);
        roster.add(worker);
        actions.add(spawn);
    }

    private void report(String line) {
        actions.add(new Action.Report(line));
    }
}

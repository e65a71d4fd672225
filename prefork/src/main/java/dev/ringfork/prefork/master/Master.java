// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.master.WorkerHandle.Phase;
import dev.ringfork.prefork.spawn.Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
    private final PerConnection perConnection;
    private final Sizing sizing;
    private final Upgrade upgrade;
    private final Departure departure;
    private final Refork refork;

    private final Wanted wanted;

    private int lastId;
    private int exitCode;
    private long failedStarts;
    private final Map<Integer, Integer> deaths = new HashMap<>();
    private long lastInputNs;
    private boolean announced;

    /** Whether a worker has served its connection, where each serves one. */
    private boolean served;

    /**
     * A master without workers.
     *
     * @param random deals out the jitter of limits
     */
    public Master(MasterSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.recycling = new Recycling(settings, random);
        this.wanted = new Wanted(settings.workers(), settings.scale().fixed(), this::report);
        this.ladder = new Ladder(settings, actions);
        this.scaling = new Scaling(settings.scale(), this::report);
        this.perConnection =
                new PerConnection(settings.scale().minSpare(), this::outdated, this::report);
        this.sizing =
                switch (settings.scale().mode()) {
                    case STATIC -> Sizing.FIXED;
                    case DYNAMIC, ONDEMAND -> scaling;
                    case PER_CONNECTION -> perConnection;
                };
        this.upgrade = new Upgrade(settings, actions);
        this.refork = new Refork(roster, ladder, actions);
        this.departure =
                new Departure(
                        settings, roster, ladder, upgrade, perConnection, () -> announced, actions);
    }

    /** Starts the workers. */
    public List<Action> start(long nowNs) {
        lastInputNs = nowNs;
        reconcile(nowNs);
        return drainActions();
    }

    /** Takes an input and answers what to do about it. */
    public List<Action> handle(Input input, long nowNs) {
        if (departure.over()) {
            return List.of();
        }
        forgiveSleep(nowNs);
        switch (input) {
            case Input.Asked asked -> asked(asked, nowNs);
            case Input.Spawned(int id, int pid) -> with(id, worker -> worker.pid = pid);
            case Input.SpawnFailed(int id, String reason) -> spawnFailed(id, reason, nowNs);
            case Input.Ready(int id) -> with(id, worker -> ready(worker, nowNs));
            case Input.Promoted(int id) -> promoted(id);
            case Input.Exited(int id, WaitStatus status) -> exited(id, status, nowNs);
            case Input.Beat(int id, long requests) ->
                    with(id, worker -> beat(worker, requests, nowNs));
            case Input.Load load -> with(load.id(), worker -> worker.load(load, nowNs));
            case Input.Waiting(int looks) -> scaling.waiting(looks, roster);
            case Input.Held(int connections) -> perConnection.held(connections);
            case Input.Emptied() -> departure.emptied();
            case Input.Given(int id, boolean given, int connections) -> {
                perConnection.held(connections);
                with(id, worker -> worker.given = given);
            }
            case Input.Weighed(int id, long bytes) ->
                    with(id, worker -> worker.memoryBytes = bytes);
            case Input.NotAnnounced(String reason) -> notAnnounced(reason, nowNs);
            case Input.OfNewMaster news -> {
                if (upgrade.hear(news) && !departure.begun()) {
                    departure.drain(nowNs);
                }
            }
            case Input.Tick() -> {
                // What time has brought is looked at after every input.
            }
        }
        departure.goOn(nowNs);
        climbLadders(nowNs);
        upgrade.climb(nowNs);
        reconcile(nowNs);
        return drainActions();
    }

    /** When the next {@link Input.Tick} is due at the latest; {@code Long.MAX_VALUE} for never. */
    public long nextNs() {
        long next = Math.min(departure.nextNs(), upgrade.deadlineNs());
        if (departure.lastNs() > lastInputNs) {
            next = Math.min(next, departure.lastNs());
        }
        for (WorkerHandle worker : roster.view()) {
            next = Math.min(next, worker.deadlineNs);
        }
        if (sizing.nextNs() > lastInputNs) {
            next = Math.min(next, sizing.nextNs());
        }
        // Once the delay is over, what is waited for is the worker that boots alone.
        boolean delayed = backoff.failures() > 0 && backoff.untilNs() > lastInputNs;
        return delayed ? Math.min(next, backoff.untilNs()) : next;
    }

    /** How far its end is. */
    Ending ending() {
        return departure.ending();
    }

    /** Whether all workers were told to finish, or to end: those that are left are the last. */
    boolean draining() {
        return departure.draining();
    }

    /** Whether connections that have no worker get none any more. */
    boolean forsakes() {
        return departure.forsakes(lastInputNs);
    }

    int exitCode() {
        return exitCode;
    }

    int wanted() {
        return wanted.count();
    }

    /** Whether it wants to hear of connections that wait, by {@link Input.Waiting}. */
    boolean watches() {
        return settings.scale().mode() == Scale.Mode.ONDEMAND
                && !departure.draining()
                && wanted.count() > 0;
    }

    /** How many accepted connections may wait for a worker, where each worker serves one. */
    int places() {
        if (!announced || departure.ending() == Ending.STOP) {
            return 0;
        }
        int most = perConnection.places(roster, wanted.count());
        return backoff.failures() == 0 ? most : Math.min(most, perConnection.ready(roster));
    }

    int generation() {
        return rolling.generation();
    }

    UpgradeState upgrade() {
        return upgrade.state();
    }

    /** Why a command cannot be carried out now, or null if it can. */
    @Nullable String obstacle(Command command) {
        return switch (command) {
            case UPGRADE, RELOAD -> departure.begun() ? "the master is ending" : upgrade.obstacle();
            case REFORK -> reforkObstacle();
            default -> null;
        };
    }

    private @Nullable String reforkObstacle() {
        if (settings.scale().perConnection()) {
            return "a worker of one connection is no warmer than the template: raise --warm-requests";
        }
        if (departure.begun()) {
            return "the master is ending";
        }
        if (rolling.active()) {
            return "workers are being replaced";
        }
        return upgrade.obstacle() == null ? refork.obstacle() : upgrade.obstacle();
    }

    /** How many workers that were to become templates have ended. */
    int failedReforks() {
        return refork.failures();
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

    private void with(int id, Consumer<WorkerHandle> change) {
        WorkerHandle worker = roster.find(id);
        if (worker != null) {
            change.accept(worker);
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
        roster.view().forEach(worker -> worker.forgive(asleepNs));
    }

    private void asked(Input.Asked asked, long nowNs) {
        Command command = asked.command();
        switch (command) {
            case DRAIN -> departure.ask(nowNs);
            case STOP -> departure.stop(nowNs);
            case REOPEN -> reopen();
            case DUMP -> dump();
            case STATUS -> actions.add(new Action.ShowStatus());
            case UPGRADE -> {
                if (obstacle(command) == null) {
                    upgrade.start(nowNs);
                }
            }
            case REFORK -> {
                if (obstacle(command) == null) {
                    refork.start(nowNs);
                }
            }
            case RELOAD, VACATE, MORE, FEWER, RESIZE -> {
                if (!departure.begun()) {
                    resize(asked);
                }
            }
        }
    }

    private void resize(Input.Asked asked) {
        wanted.change(asked.command(), asked.workers());
        if (asked.command() == Command.RELOAD) {
            roll();
        }
    }

    private void roll() {
        rolling.start();
        report("reloading: workers of generation %d".formatted(rolling.generation()));
    }

    private void promoted(int id) {
        WorkerHandle worker = roster.remove(id);
        if (worker != null && refork.done(id) && !departure.begun()) {
            report("%s is what workers are forked from".formatted(worker));
            roll();
        }
    }

    private void reopen() {
        actions.add(new Action.Reopen());
        for (WorkerHandle worker : roster.view()) {
            if (worker.wasReady()) {
                actions.add(new Action.Tell(worker.id, Order.REOPEN));
            }
        }
    }

    private void dump() {
        for (WorkerHandle worker : roster.view()) {
            // A virtual machine that does not exist yet would end by it.
            if (worker.wasReady()) {
                actions.add(new Action.Signal(worker.id, ProcessConstants.SIGQUIT));
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

    private void notAnnounced(String reason, long nowNs) {
        report("giving up: " + reason);
        exitCode = EXIT_CANNOT_BOOT;
        departure.drain(nowNs);
    }

    private void spawnFailed(int id, String reason, long nowNs) {
        WorkerHandle worker = roster.remove(id);
        // Of one that was told to leave nothing was expected any more.
        if (worker != null && !worker.leaving) {
            report("%s cannot be started: %s".formatted(worker, reason));
            failed(worker, false, nowNs);
        }
    }

    private void exited(int id, WaitStatus status, long nowNs) {
        WorkerHandle worker = roster.remove(id);
        if (worker == null) {
            return;
        }
        refork.ended(id);
        boolean clean = status.exited() && status.exitStatus() == 0;
        if (clean && worker.given) {
            // It was to end with its connection.
            worker.leaving = true;
            served = true;
            backoff.succeeded(worker.spawnedNs);
        }
        if (!worker.leaving) {
            deaths.merge(worker.slot, 1, Integer::sum);
            report("%s has %s".formatted(worker, worker.end(status)));
        } else if (!clean && !worker.terminated(status)) {
            report("%s, told to end, has %s".formatted(worker, worker.end(status)));
        }
        // Whoever served for a while and then died was started well, and so was who had a client.
        if (!worker.leaving && !worker.given && !worker.settled(nowNs, SETTLED_NS)) {
            boolean refused = status.exited() && status.exitStatus() == EXIT_CONFIGURATION;
            failed(worker, refused, nowNs);
        }
    }

    private void failed(WorkerHandle worker, boolean refused, long nowNs) {
        failedStarts++;
        backoff.failed(worker.spawnedNs, worker.wasReady(), nowNs);
        boolean successor =
                settings.scale().perConnection() || roster.find(worker.replaces) != null;
        if (successor && rolling.active() && worker.generation == rolling.generation()) {
            rolling.end();
            report("the reload has failed: the workers that are left stay as they are");
        }
        // Where workers come and go with connections, none may be left that shows that starts can
        // succeed.
        if (departure.begun() || served || roster.any(WorkerHandle::wasReady)) {
            return;
        }
        if (refused) {
            report("giving up: the configuration is refused");
            exitCode = EXIT_CONFIGURATION;
            departure.stop(nowNs);
        } else if (backoff.bootFailures() >= settings.maxBootFailures()) {
            report(
                    "giving up: %d starts have failed one after the other"
                            .formatted(backoff.bootFailures()));
            exitCode = EXIT_CANNOT_BOOT;
            departure.stop(nowNs);
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
        if (departure.draining()) {
            departure.finish(nowNs);
            if (departure.awaited(nowNs)) {
                fill(nowNs);
            }
        } else {
            serveOn(nowNs);
        }
        if (!departure.begun()) {
            renew(nowNs);
        } else if (over(nowNs)) {
            departure.end();
            actions.add(new Action.Exit(exitCode));
        }
    }

    /** Workers that end are replaced until all are told to, also while a drain is announced. */
    private void serveOn(long nowNs) {
        for (WorkerHandle worker : roster.view()) {
            if (worker.settled(nowNs, SETTLED_NS)) {
                backoff.succeeded(worker.spawnedNs);
            }
        }
        cull(nowNs);
        fill(nowNs);
    }

    /** What is not begun any more once the end is near. */
    private void renew(long nowNs) {
        replace(nowNs);
        if (!announced && begun()) {
            announced = true;
            actions.add(new Action.Announce());
        }
        if (rolling.active() && !roster.any(this::outdated)) {
            rolling.end();
            report("reloaded: all workers are of generation %d".formatted(rolling.generation()));
        }
    }

    /** Whether nobody is left and nobody is to come. */
    private boolean over(long nowNs) {
        // Where no workers are wanted, none serve on until it is time.
        boolean due = departure.draining() || wanted.count() == 0;
        return due && roster.isEmpty() && !upgrade.underWay() && !departure.awaited(nowNs);
    }

    /** Whether all serve that it starts with: of a number that follows the work, those so far. */
    private boolean begun() {
        if (settings.scale().fixed()) {
            return roster.count(WorkerHandle::serving) >= wanted.count();
        }
        boolean some = roster.any(WorkerHandle::serving);
        return !roster.any(WorkerHandle::booting) && (some || settings.scale().startsEmpty());
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
        for (WorkerHandle worker : sizing.surplus(roster, wanted.count(), nowNs)) {
            ladder.retire(worker, nowNs);
        }
    }

    private void fill(long nowNs) {
        // What the rate allows is not to be spent on starts that have to wait.
        int missing = maySpawn(nowNs) ? sizing.missing(roster, wanted.count(), nowNs) : 0;
        int slot = 0;
        for (int i = 0; i < missing && maySpawn(nowNs); i++) {
            while (roster.occupied(slot)) {
                slot++;
            }
            spawn(slot, 0, nowNs);
        }
    }

    private void replace(long nowNs) {
        if (settings.scale().perConnection()) {
            return;
        }
        int atOnce = rolling.active() ? settings.maxUnavailable().of(wanted.count()) : 1;
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

    /** Whether a reload is to replace it: who ends with its connection is not waited for. */
    private boolean outdated(WorkerHandle worker) {
        return rolling.concerns(worker) && !worker.given;
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
        if (departure.begun()) {
            // It was not there when the others were told.
            actions.add(new Action.Tell(worker.id, Order.LEAVE));
        }
    }

    private void report(String line) {
        actions.add(new Action.Report(line));
    }
}

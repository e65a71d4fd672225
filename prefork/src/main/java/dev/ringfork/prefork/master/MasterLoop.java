// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.listeners.Binder;
import dev.ringfork.prefork.scoreboard.Counts;
import dev.ringfork.prefork.scoreboard.Scoreboard;
import dev.ringfork.prefork.signals.SignalWatch;
import dev.ringfork.prefork.spawn.Channel;
import dev.ringfork.prefork.spawn.NoRoom;
import dev.ringfork.prefork.spawn.Notice;
import dev.ringfork.prefork.spawn.Order;
import dev.ringfork.prefork.spawn.Spawner;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Demultiplexers;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.demux.Trigger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what a {@link Master} decides, with real processes: signals come as bytes in a pipe,
 * ends of workers and what they say as readable descriptors, their heartbeats from shared memory.
 *
 * <p>Confined to the thread that makes it. Children are reaped one by one, by pid: those that
 * others in this process have started are left alone.
 */
public final class MasterLoop implements MasterView, AutoCloseable {
    private static final long STALL_NS = 1_000_000_000L;

    /** Memory grows slowly, and to look at it costs a millisecond a worker. */
    private static final int WEIGH_EVERY_BEATS = 10;

    private final Syscalls syscalls;
    private final MasterSettings settings;
    private final MasterEvents events;
    private final Master master;
    private final Nursery nursery;
    private final Dealing dealing;
    private final Reactor reactor;
    private final Spawner spawner;
    private final ExitWatch exits;
    private final SignalWatch signals;
    private final Binder binder;
    private final Succession succession;
    private final Registration signalled = new Registration((_, _) -> signals());
    private final Timer beats = new Timer(this::beat);
    private final Timer deadline = new Timer(() -> feed(new Input.Tick()));
    private final Map<Integer, Child> children = new HashMap<>();

    /** Workers that are being started, and what is to be done to them when they are there. */
    private final Map<Integer, List<Action>> unborn = new HashMap<>();

    private final ArrayDeque<Input> inputs = new ArrayDeque<>();
    private long beatCount;
    private final long startedNs = Clock.nowNs();
    private final @Nullable DemandWatch demand;
    private MasterObserver observer = MasterObserver.NONE;
    private Counts departed = Counts.NONE;
    private boolean feeding;
    private int exitCode;

    /**
     * A loop that has not begun. What it is given stays the caller's, but for the succession.
     *
     * @throws IllegalStateException if signals cannot be watched here: the message says why
     */
    public MasterLoop(
            Syscalls syscalls,
            MasterSettings settings,
            Spawner spawner,
            Binder binder,
            Scoreboard scoreboard,
            Succession succession,
            MasterEvents events) {
        this.syscalls = syscalls;
        this.settings = settings;
        this.events = events;
        this.master = new Master(settings, RandomGenerator.getDefault());
        this.signals = SignalWatch.open(syscalls);
        // From now on, so that none that comes before the first worker ends this process.
        OperatorSignals.watched().forEach(signals::watch);
        this.binder = binder;
        this.nursery = new Nursery(syscalls, spawner, binder, scoreboard);
        this.reactor =
                new Reactor(
                        syscalls,
                        Demultiplexers.best(syscalls, Trigger.LEVEL),
                        STALL_NS,
                        this::report);
        this.exits = ExitWatch.open(syscalls, reactor);
        this.demand =
                settings.scale().mode() == Scale.Mode.ONDEMAND
                        ? new DemandWatch(
                                syscalls,
                                reactor,
                                List.copyOf(binder.descriptors().values()),
                                looks -> feed(new Input.Waiting(looks)))
                        : null;
        this.dealing =
                new Dealing(
                        syscalls,
                        reactor,
                        binder,
                        settings.scale().perConnection(),
                        this::feed,
                        this::report);
        this.spawner = spawner;
        spawner.attach(reactor, exits::watch);
        this.succession = succession;
        succession.attach(
                reactor,
                exits,
                this::feed,
                new Succession.Heir() {
                    @Override
                    public void takeOver() {
                        inherit(binder::own);
                    }

                    @Override
                    public void alone() {
                        inherit(binder::alone);
                    }
                });
    }

    /** Of what both had, the master before this one has left more. */
    private void inherit(Runnable listeners) {
        try {
            listeners.run();
        } catch (RuntimeException e) {
            report("not all listeners were taken over: " + e.getMessage());
        }
        dealing.steer();
        feed(new Input.Tick());
    }

    /**
     * Starts the workers and keeps them until all have ended. Blocks.
     *
     * @return the exit code for this process
     */
    public int run() {
        // A parent may have had it ignored, and then children leave no status.
        syscalls.signals().rf_signal_default(ProcessConstants.SIGCHLD);
        Errno.check("add", reactor.add(signalled, signals.fd(), Interest.READ), "signals");
        scheduleBeat();
        String absence = OperatorSignals.upgradeAbsence(System.getenv());
        if (absence != null) {
            report(absence);
        }
        feeding = true;
        perform(master.start(Clock.nowNs()));
        feeding = false;
        feed(new Input.Tick());
        reactor.run();
        return exitCode;
    }

    private void scheduleBeat() {
        reactor.schedule(beats, Clock.nowNs() + settings.heartbeat().toNanos());
    }

    private void beat() {
        scheduleBeat();
        for (Child child : List.copyOf(children.values())) {
            long heartbeat = child.score.heartbeat();
            if (heartbeat != child.heartbeat) {
                child.heartbeat = heartbeat;
                child.heartbeatSeenNs = Clock.nowNs();
                feed(new Input.Load(child.id(), child.score.connections(), child.score.accepted()));
                feed(new Input.Beat(child.id(), child.score.requests()));
            }
        }
        if (settings.maxMemoryBytes() > 0 && ++beatCount % WEIGH_EVERY_BEATS == 0) {
            weigh();
        }
        feed(new Input.Tick());
    }

    private void weigh() {
        for (Child child : List.copyOf(children.values())) {
            feed(new Input.Weighed(child.id(), MemoryUse.pssBytes(child.pid)));
        }
    }

    private void signals() {
        signals.drain(signo -> {
            Command command = OperatorSignals.command(syscalls, signo);
            if (command != null) {
                ask(command, 0);
            }
        });
        signalled.exhausted(Interest.READ);
    }

    @Override
    public Reactor reactor() {
        return reactor;
    }

    @Override
    public MasterState state() {
        long nowNs = Clock.nowNs();
        return new MasterState(
                syscalls.processes().getpid(),
                master.ending(),
                master.exitCode(),
                master.wanted(),
                settings.scale().mode(),
                master.generation(),
                master.reloading(),
                master.upgrade(),
                nowNs - startedNs,
                master.failedStarts(),
                master.failedReforks(),
                dealing.held(),
                departed.plus(Counts.shed(dealing.shed())),
                Survey.workers(master, settings.scale(), children, nowNs));
    }

    @Override
    public @Nullable String ask(Command command, int workers) {
        String refusal = refusal(command);
        if (refusal == null) {
            feed(new Input.Asked(command, workers));
        } else {
            report(refusal);
        }
        return refusal;
    }

    @Override
    public void observe(MasterObserver observer) {
        this.observer = observer;
    }

    private void report(String line) {
        events.report(line);
        observer.said(line);
    }

    private @Nullable String refusal(Command command) {
        return switch (command) {
            case RELOAD -> refusal("not reloaded", master.obstacle(command), this::reload);
            case REFORK -> {
                String obstacle = spawner.promotionObstacle();
                yield refusal(
                        "not reforked",
                        obstacle == null ? master.obstacle(command) : obstacle,
                        () -> {});
            }
            case UPGRADE -> {
                String obstacle = master.obstacle(command);
                yield refusal(
                        "not upgraded",
                        obstacle == null ? succession.obstacle() : obstacle,
                        events::upgrade);
            }
            default -> null;
        };
    }

    private void reload() {
        events.reload();
        spawner.renew();
    }

    /** Why a command is not carried out: because it cannot be, or a check of the program fails. */
    private static @Nullable String refusal(
            String what, @Nullable String obstacle, Runnable check) {
        String reason = obstacle;
        if (reason == null) {
            try {
                check.run();
                return null;
            } catch (RuntimeException e) {
                reason = e.getMessage();
            }
        }
        return "%s, all stays as it was: %s".formatted(what, reason);
    }

    /** What happens while something is handled waits its turn: the state machine is not entered. */
    private void feed(Input input) {
        inputs.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        try {
            for (Input next; (next = inputs.poll()) != null; ) {
                List<Action> actions = master.handle(next, Clock.nowNs());
                dealing.tend(master);
                perform(actions);
            }
        } finally {
            feeding = false;
        }
        rest();
    }

    /** All is done that was to be done: what comes next is waited for, and others see how it is. */
    private void rest() {
        long nextNs = master.nextNs();
        if (nextNs == WorkerHandle.NEVER) {
            reactor.cancel(deadline);
        } else {
            reactor.schedule(deadline, nextNs);
        }
        if (demand != null) {
            demand.watch(master.watches());
        }
        observer.changed();
        events.changed(this);
    }

    private void perform(List<Action> actions) {
        for (Action action : actions) {
            switch (action) {
                case Action.Spawn spawn -> spawn(spawn);
                case Action.Tell tell -> {
                    Child child = children.get(tell.id());
                    if (child == null) {
                        defer(tell.id(), tell);
                    } else {
                        if (tell.order() == Order.DRAIN || tell.order() == Order.STOP) {
                            dealing.leaving(tell.id());
                        }
                        // A worker that does not listen is found out by its deadline.
                        child.channel.send(tell.order());
                    }
                }
                case Action.Signal signal -> {
                    Child child = children.get(signal.id());
                    if (child == null) {
                        defer(signal.id(), signal);
                    } else {
                        if (signal.signo() != ProcessConstants.SIGQUIT) {
                            dealing.leaving(signal.id());
                        }
                        // Its pid is its own until it is reaped.
                        syscalls.processes().kill(child.pid, signal.signo());
                    }
                }
                case Action.Report(String line) -> report(line);
                case Action.ShowStatus() -> events.status(state());
                case Action.Reopen() -> events.reopen();
                case Action.Announce() -> announce();
                case Action.Withdraw() -> withdraw();
                case Action.Release() -> release();
                case Action.OfNewMaster about -> upgrade(about);
                case Action.Exit(int code) -> {
                    exitCode = code;
                    // Whoever waits for this end may ask the next master for the next upgrade.
                    succession.close();
                    reactor.stop();
                }
            }
        }
    }

    private void withdraw() {
        int result = binder.withdraw();
        if (result < 0) {
            report(
                    "this kernel does not keep newcomers away while the queues are emptied (%s): who connects in the last moment may be reset"
                            .formatted(Errno.name(-result)));
        }
    }

    private void release() {
        dealing.end(master);
        if (demand != null) {
            demand.end();
        }
        nursery.release();
    }

    private void announce() {
        try {
            events.serving();
            succession.announce();
        } catch (RuntimeException e) {
            inputs.add(new Input.NotAnnounced(String.valueOf(e.getMessage())));
        }
    }

    private void upgrade(Action.OfNewMaster action) {
        switch (action) {
            case Action.StartMaster() -> succession.start(binder);
            case Action.SignalMaster(int signo) -> succession.signal(signo);
            case Action.HandOver(int pid) -> {
                binder.leave();
                succession.handOver();
                events.succeeded(pid);
            }
            case Action.GoOn() -> {
                binder.keep();
                dealing.steer();
                events.backedOut();
            }
        }
    }

    private void defer(int id, Action action) {
        List<Action> later = unborn.get(id);
        if (later != null) {
            later.add(action);
        }
    }

    private void spawn(Action.Spawn spawn) {
        unborn.put(spawn.id(), new ArrayList<>());
        try {
            events.spawning(spawn.slot(), spawn.generation());
        } catch (RuntimeException e) {
            notBorn(spawn, e);
            return;
        }
        nursery.spawn(
                spawn,
                new Nursery.Parent() {
                    @Override
                    public boolean expects() {
                        return master.workers().stream()
                                .anyMatch(each -> each.id == spawn.id() && each.occupies());
                    }

                    @Override
                    public void born(Nursery.Born born) {
                        adopt(spawn, born);
                    }

                    @Override
                    public void failed(RuntimeException reason) {
                        notBorn(spawn, reason);
                    }
                });
    }

    private void notBorn(Action.Spawn spawn, RuntimeException reason) {
        unborn.remove(spawn.id());
        feed(new Input.SpawnFailed(spawn.id(), NoRoom.reason(reason)));
    }

    private void adopt(Action.Spawn spawn, Nursery.Born born) {
        Child child =
                new Child(
                        spawn,
                        born.pid(),
                        born.record(),
                        born.score(),
                        born.channel(),
                        (_, _) -> listen(spawn.id()));
        children.put(spawn.id(), child);
        try {
            dealing.join(spawn, born.passing(), born.score());
            exits.watch(born.pid(), () -> ended(spawn.id()));
            int result = reactor.add(child.registration, child.channel.fd(), Interest.READ);
            Errno.check("add", result, "a worker's channel");
        } catch (RuntimeException e) {
            // Nobody would hear of its end: it must not begin.
            syscalls.processes().kill(born.pid(), ProcessConstants.SIGKILL);
            children.remove(spawn.id());
            dealing.gone(spawn.id());
            child.close();
            spawner.reap(
                    syscalls,
                    born.pid(),
                    _ -> {
                        nursery.bury(born.record());
                        notBorn(spawn, e);
                    });
            return;
        }
        List<Action> due = unborn.remove(spawn.id());
        if (due != null) {
            // What was decided before it was there comes before what follows from its birth.
            perform(due);
        }
        feed(new Input.Spawned(spawn.id(), born.pid()));
    }

    private void listen(int id) {
        Child child = children.get(id);
        if (child == null) {
            return;
        }
        int code = child.channel.receive();
        while (code > 0) {
            Notice notice = Channel.notice(code);
            if (notice == Notice.PROMOTED) {
                promoted(child);
                return;
            }
            if (notice == Notice.READY) {
                // Before its predecessor is told to finish.
                dealing.serving(id);
                // First, for when the last one is ready all is.
                events.ready(child.spawn.slot(), child.spawn.generation(), child.pid);
                feed(new Input.Ready(id));
            }
            code = child.channel.receive();
        }
        if (code == -Errno.EAGAIN) {
            child.registration.exhausted(Interest.READ);
        } else {
            // It has closed its end, most likely to end: that is heard of elsewhere.
            child.registration.remove();
        }
    }

    /** Its channel is the socket of its orders from here on. */
    private void promoted(Child child) {
        Action.Spawn spawn = child.spawn;
        children.remove(spawn.id());
        child.registration.remove();
        laidDown(child);
        try {
            spawner.promote(child.pid, child.channel.release());
            feed(new Input.Promoted(spawn.id()));
        } catch (SyscallException e) {
            report("worker %d (pid %d): %s".formatted(spawn.slot(), child.pid, e.getMessage()));
            feed(new Input.Exited(spawn.id(), WaitStatus.of(0)));
        }
    }

    /** What it has counted is kept, and what it had of the master's is free. */
    private void laidDown(Child child) {
        dealing.gone(child.id());
        departed = departed.plus(Counts.of(child.score).ended());
        nursery.bury(child.record);
    }

    private void ended(int id) {
        // Nobody signals it from here on: once it is reaped its pid may be another process.
        Child child = children.remove(id);
        if (child == null) {
            return;
        }
        child.close();
        spawner.reap(syscalls, child.pid, how -> reaped(child, how));
    }

    private void reaped(Child child, WaitStatus how) {
        Action.Spawn spawn = child.spawn;
        long cut = child.score.cut();
        if (cut > 0) {
            report(
                    "worker %d (pid %d) has cut %d connections"
                            .formatted(spawn.slot(), child.pid, cut));
        }
        laidDown(child);
        events.exited(spawn.slot(), spawn.generation(), child.pid, how);
        feed(new Input.Exited(spawn.id(), how));
    }

    /** Frees what it holds; workers that are left read the end of their life-line. */
    @Override
    public void close() {
        children.values().forEach(Child::close);
        children.clear();
        if (demand != null) {
            demand.close();
        }
        succession.close();
        exits.close();
        signalled.remove();
        dealing.close();
        reactor.close();
        nursery.close();
    }
}

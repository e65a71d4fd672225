// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.uring.Features;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Describes a server and starts it.
 *
 * <p>Confined to one thread. What is not set has the default named at the setter.
 */
public final class ServerBuilder {
    private final Protocol protocol;
    private final List<ListenAddress> addresses = new ArrayList<>();
    private final List<InheritedListener> inherited = new ArrayList<>();
    private boolean nowhere;
    private @Nullable GateChoice gate;
    private Runnable whenVacant = () -> {};
    private @Nullable SharedPlaces places;
    private Architecture architecture = Architecture.REACTOR;
    private @Nullable Integer loops;
    private @Nullable LoopAccept loopAccept;
    private @Nullable Integer minThreads;
    private @Nullable Integer maxThreads;
    private @Nullable Integer threadQueue;
    private Engine engine = Engine.AUTO;
    private @Nullable Trigger trigger;
    private ServerSettings settings = ServerSettings.DEFAULT;
    private Syscalls syscalls = Syscalls.get();

    ServerBuilder(Protocol protocol) {
        this.protocol = Objects.requireNonNull(protocol);
    }

    /**
     * Adds an address to listen on; at least one in all, see {@link #listenNowhere}. Port 0 lets
     * the kernel choose.
     */
    public ServerBuilder listen(Address address) {
        addresses.add(new ListenAddress(address, false));
        return this;
    }

    /**
     * Adds a Unix path, or an abstract name, to listen on for connections that carry packets:
     * {@code SOCK_SEQPACKET} of unix(7), which Linux has and macOS has not. What such a connection
     * keeps apart and what it refuses is said at {@link dev.ringfork.reactor.protocol.Connection}.
     * A server may listen for streams and for packets.
     *
     * @throws IllegalArgumentException if it is an address of TCP
     */
    public ServerBuilder listenPackets(Address address) {
        addresses.add(new ListenAddress(address, true));
        return this;
    }

    /**
     * Adds a listener that somebody else has bound. {@link #start} takes it over, also when it
     * throws.
     */
    public ServerBuilder listen(InheritedListener listener) {
        inherited.add(listener);
        return this;
    }

    /** Lets it start without any address: connections come by {@link Server#adopt} alone. */
    public ServerBuilder listenNowhere() {
        nowhere = true;
        return this;
    }

    /**
     * Lets its loops, and those of other processes, accept by turns: {@link AcceptGate}. On a ring
     * that costs a call a turn, and brings one connection a turn: its accepts wake one process each
     * without a gate, too.
     *
     * @param delay how long a loop that has not got the gate waits at most before it tries again;
     *     500 ms is a good value
     */
    public ServerBuilder acceptGate(AcceptGate gate, Duration delay) {
        this.gate = GateChoice.of(gate, delay);
        return this;
    }

    /**
     * Sets what is done each time when the last connection that has come to the server has closed;
     * those that its sessions have opened do not count. Run on a thread of the server, so it must
     * not block and must not throw.
     */
    public ServerBuilder whenVacant(Runnable action) {
        whenVacant = action;
        return this;
    }

    /**
     * Has it share its places for connections with servers in other processes: {@link
     * ServerSettings#maxConnections} and {@link ServerSettings#softConnections} are of all of them
     * together. It has its own by default. What is given is used until the server has ended.
     */
    public ServerBuilder sharedPlaces(SharedPlaces places) {
        this.places = places;
        return this;
    }

    /** How the work is arranged; one reactor by default. */
    public ServerBuilder architecture(Architecture architecture) {
        this.architecture = architecture;
        return this;
    }

    /**
     * How many loops a {@link Architecture#MULTI_REACTOR} has; one for each processor by default.
     * Each has its own {@link ServerSettings#poolBytes}.
     */
    public ServerBuilder loops(int loops) {
        this.loops = loops;
        return this;
    }

    /** How connections reach several loops; {@link LoopAccept#SHARED} by default. */
    public ServerBuilder loopAccept(LoopAccept accept) {
        this.loopAccept = accept;
        return this;
    }

    /**
     * How many threads serve at most, where the architecture has several that are not loops: by
     * default {@value ThreadChoice#CONNECTION_THREADS} for a {@link
     * Architecture#THREAD_PER_CONNECTION}, and for the pools {@value
     * ThreadChoice#THREADS_PER_PROCESSOR} a processor, at least {@value
     * ThreadChoice#THREADS_LEAST}. What happens when all are busy is said there.
     */
    public ServerBuilder maxThreads(int maxThreads) {
        this.maxThreads = maxThreads;
        return this;
    }

    /**
     * How many threads a pool keeps that have nothing to do; 1 by default, none for a {@link
     * Architecture#THREAD_PER_CONNECTION}.
     */
    public ServerBuilder minThreads(int minThreads) {
        this.minThreads = minThreads;
        return this;
    }

    /**
     * How many connections a {@link Architecture#THREAD_POOL} accepts before there is a thread for
     * them; {@value ThreadChoice#QUEUE} by default. Further ones wait in the backlog.
     */
    public ServerBuilder threadQueue(int threadQueue) {
        this.threadQueue = threadQueue;
        return this;
    }

    /** What loops wait with; {@link Engine#AUTO} by default. An explicit choice never changes. */
    public ServerBuilder engine(Engine engine) {
        this.engine = engine;
        return this;
    }

    /**
     * When descriptors are reported; {@link Trigger#LEVEL} by default, but {@link Trigger#EDGE} if
     * the engine has it where several threads share a demultiplexer: then a descriptor needs no
     * further call once it is added.
     */
    public ServerBuilder trigger(Trigger trigger) {
        this.trigger = trigger;
        return this;
    }

    /** Limits, time-outs and sizes; {@link ServerSettings#DEFAULT} by default. */
    public ServerBuilder settings(ServerSettings settings) {
        this.settings = settings;
        return this;
    }

    /** The way to the kernel; {@link Syscalls#get} by default. Tests inject faults here. */
    public ServerBuilder syscalls(Syscalls syscalls) {
        this.syscalls = syscalls;
        return this;
    }

    /**
     * Binds, listens and starts.
     *
     * @throws dev.ringfork.bindings.SyscallException if an address cannot be had: the message names
     *     call, errno and address
     * @throws IllegalStateException if the engine cannot watch the listeners, or the kernel refuses
     *     a socket option: the message says why and what helps
     * @throws IllegalArgumentException if the choices cannot work together or not on this system:
     *     the message says why and what to choose instead
     */
    public Server start() {
        try {
            return started();
        } catch (RuntimeException e) {
            inherited.forEach(InheritedListener::close);
            throw e;
        }
    }

    private Server started() {
        checkAddresses();
        if (architecture != Architecture.MULTI_REACTOR) {
            LoopChoice.refuse(architecture, loops, loopAccept);
        }
        ThreadChoice threads =
                ThreadChoice.of(
                        architecture, new ThreadChoice.Asked(minThreads, maxThreads, threadQueue));
        return switch (architecture) {
            case SERIAL -> ReactorServer.serial(plan(own()));
            case REACTOR -> ReactorServer.reactor(plan(each()));
            case PROACTOR -> ReactorServer.reactor(plan(completing()));
            case MULTI_REACTOR ->
                    MultiReactorServer.start(plan(each()), LoopChoice.of(loops, loopAccept));
            case THREAD_PER_CONNECTION, THREAD_POOL ->
                    LoopPerConnectionServer.start(
                            plan(own()), _ -> ThreadsCrew.of(architecture, threads));
            case VIRTUAL_THREADS ->
                    LoopPerConnectionServer.start(plan(shared()), VirtualThreadsCrew::new);
            case REACTOR_POOL ->
                    LoopPerConnectionServer.start(
                            plan(shared()), plan -> new ReactorPoolCrew(plan, threads));
            case SIMULATED_PROACTOR, HALF_SYNC_HALF_ASYNC, BUFFERED_POOL ->
                    OffloadServer.start(plan(each()), architecture, threads);
            case LEADER_FOLLOWERS ->
                    LoopPerConnectionServer.start(
                            plan(shared()), plan -> new LeaderFollowersCrew(plan, threads.max()));
        };
    }

    private void checkAddresses() {
        boolean none = addresses.isEmpty() && inherited.isEmpty();
        if (none && !nowhere) {
            throw new IllegalArgumentException("no address to listen on: call listen(address)");
        }
        if (!none && nowhere) {
            throw new IllegalArgumentException(
                    "a server that listens nowhere was given addresses: leave out the one or the others");
        }
        if (loopAccept == LoopAccept.REUSEPORT && gate != null) {
            throw new IllegalArgumentException(
                    "loops that have a listener each do not compete: leave the gate out, or choose --loop-accept shared or acceptor");
        }
        if (loopAccept == LoopAccept.REUSEPORT && !inherited.isEmpty()) {
            throw new IllegalArgumentException(
                    "the listener on %s is one and was bound by somebody else: choose --loop-accept shared or acceptor"
                            .formatted(inherited.getFirst().address()));
        }
    }

    private List<ListenAddress> everywhere() {
        List<ListenAddress> all = new ArrayList<>(addresses);
        inherited.forEach(listener -> all.add(ListenAddress.of(listener)));
        return all;
    }

    private ServerPlan plan(EngineChoice choice) {
        choice.check(architecture);
        List<ListenAddress> all = everywhere();
        settings.socketOptions().check(all.stream().map(ListenAddress::address).toList());
        if (exclusive() && choice.engine() != Engine.EPOLL && choice.engine() != Engine.IO_URING) {
            throw new IllegalArgumentException(
                    "%s wakes all processes that wait for a listener: choose --engine epoll or io_uring for an exclusive one"
                            .formatted(Names.of(choice.engine())));
        }
        ServerPlan plan =
                new ServerPlan(protocol, all, choice, settings, syscalls)
                        .behind(gate)
                        .counting(whenVacant, places);
        if (protocol.needsStream() && plan.listensForPackets()) {
            throw new IllegalArgumentException(
                    "%s needs streams and cannot be had in packets: listen for streams only"
                            .formatted(protocol.getClass().getSimpleName()));
        }
        if (choice.engine() == Engine.IO_URING && plan.listensForPackets()) {
            throw new IllegalArgumentException(
                    "io_uring serves streams here: choose another engine for packets");
        }
        if (choice.engine() == Engine.IO_URING
                && settings.ringUse().incremental() == RingUse.Incremental.ON) {
            requireIncremental();
        }
        return plan;
    }

    private void requireIncremental() {
        try {
            Features.require(syscalls, "incremental buffer ring");
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(
                    "the kernel cannot fill buffers piece by piece (%s): choose --incremental off"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    /** Whether processes share a listener that is to wake one of them only. */
    private boolean exclusive() {
        return inherited.stream().anyMatch(InheritedListener::isExclusive);
    }

    /** For loops of many connections. */
    private EngineChoice each() {
        return EngineChoice.of(engine, trigger == null ? Trigger.LEVEL : trigger, syscalls);
    }

    /** For loops that wait for operations to complete. */
    private EngineChoice completing() {
        return EngineChoice.completing(engine, trigger == null ? Trigger.LEVEL : trigger, syscalls);
    }

    /** For loops of one connection poll(2) is best: it needs no descriptor and no call to add. */
    private EngineChoice own() {
        boolean free = engine == Engine.AUTO && (trigger == null || trigger == Trigger.LEVEL);
        return free && !exclusive()
                ? EngineChoice.of(Engine.POLL, Trigger.LEVEL, syscalls)
                : each();
    }

    /** For many threads that share one demultiplexer. */
    private EngineChoice shared() {
        EngineChoice choice = each();
        boolean free = trigger == null && choice.edges();
        return free ? EngineChoice.of(engine, Trigger.EDGE, syscalls) : choice;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.protocol.Protocol;
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
    private final List<Address> addresses = new ArrayList<>();
    private Architecture architecture = Architecture.REACTOR;
    private @Nullable Integer loops;
    private @Nullable LoopAccept loopAccept;
    private @Nullable Integer maxThreads;
    private Engine engine = Engine.AUTO;
    private Trigger trigger = Trigger.LEVEL;
    private ServerSettings settings = ServerSettings.DEFAULT;
    private Syscalls syscalls = Syscalls.get();

    ServerBuilder(Protocol protocol) {
        this.protocol = Objects.requireNonNull(protocol);
    }

    /** Adds an address to listen on; at least one. Port 0 lets the kernel choose. */
    public ServerBuilder listen(Address address) {
        addresses.add(address);
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
     * How many threads a {@link Architecture#THREAD_PER_CONNECTION} has at most for its
     * connections; {@value ThreadPerConnectionServer#MAX_THREADS} by default. When all are busy,
     * further connections wait in the backlog.
     */
    public ServerBuilder maxThreads(int maxThreads) {
        this.maxThreads = maxThreads;
        return this;
    }

    /** What loops wait with; {@link Engine#AUTO} by default. An explicit choice never changes. */
    public ServerBuilder engine(Engine engine) {
        this.engine = engine;
        return this;
    }

    /** When descriptors are reported; {@link Trigger#LEVEL} by default. */
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
     * @throws IllegalStateException if the engine cannot watch the listeners: the message says why
     *     and what helps
     * @throws IllegalArgumentException if the choices cannot work together or not on this system:
     *     the message says why and what to choose instead
     */
    public Server start() {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address to listen on: call listen(address)");
        }
        if (architecture != Architecture.MULTI_REACTOR) {
            LoopChoice.refuse(architecture, loops, loopAccept);
        }
        if (architecture != Architecture.THREAD_PER_CONNECTION && maxThreads != null) {
            throw new IllegalArgumentException(
                    "--architecture %s has no thread for each connection: leave --max-threads out, or choose --architecture thread-per-connection"
                            .formatted(Names.of(architecture)));
        }
        return switch (architecture) {
            case SERIAL -> ReactorServer.serial(plan(fewDescriptors()));
            case THREAD_PER_CONNECTION ->
                    ThreadPerConnectionServer.start(
                            plan(fewDescriptors()),
                            ThreadPerConnectionServer.threads(maxThreads),
                            Thread.ofPlatform().name("connection-", 1).factory());
            case REACTOR -> ReactorServer.reactor(plan(engine));
            case MULTI_REACTOR ->
                    MultiReactorServer.start(plan(engine), LoopChoice.of(loops, loopAccept));
        };
    }

    private ServerPlan plan(Engine best) {
        EngineChoice choice = EngineChoice.of(best, trigger, syscalls);
        return new ServerPlan(protocol, addresses, choice, settings, syscalls);
    }

    /** For loops of one connection poll(2) is best: it needs no descriptor and no call to add. */
    private Engine fewDescriptors() {
        return engine == Engine.AUTO && trigger == Trigger.LEVEL ? Engine.POLL : engine;
    }
}

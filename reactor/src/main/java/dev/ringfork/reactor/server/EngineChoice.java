// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.Demultiplexers;
import dev.ringfork.reactor.demux.EpollDemultiplexer;
import dev.ringfork.reactor.demux.KqueueDemultiplexer;
import dev.ringfork.reactor.demux.PollDemultiplexer;
import dev.ringfork.reactor.demux.SelectDemultiplexer;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.uring.RingSettings;
import dev.ringfork.reactor.uring.RingSupport;
import dev.ringfork.reactor.uring.UringDemultiplexer;
import org.jspecify.annotations.Nullable;

/**
 * The engine and trigger that a server will use, found to work together here.
 *
 * @param engine what was chosen; never {@link Engine#AUTO}
 * @param trigger when it reports
 * @param why what made AUTO choose something else than the best, or null
 * @param without what the engine does without here, to be added to its name; may be empty
 */
record EngineChoice(Engine engine, Trigger trigger, @Nullable String why, String without) {

    /**
     * Decides.
     *
     * @throws IllegalArgumentException if an explicit choice cannot be had: it never changes
     *     silently
     */
    static EngineChoice of(Engine engine, Trigger trigger, Syscalls syscalls) {
        Demultiplexers here = Demultiplexers.find(syscalls);
        Engine chosen = engine == Engine.AUTO ? best(here) : engine;
        if (chosen == Engine.IO_URING) {
            return ring(trigger, RingSupport.find(syscalls));
        }
        String missing =
                switch (chosen) {
                    case EPOLL -> here.noEpoll();
                    case KQUEUE -> here.noKqueue();
                    default -> null;
                };
        if (missing != null) {
            throw new IllegalArgumentException(
                    "the engine %s cannot be had here: %s; choose --engine poll"
                            .formatted(Names.of(chosen), missing));
        }
        if (chosen == Engine.POLL || chosen == Engine.SELECT) {
            requireLevel(chosen, trigger);
        }
        return new EngineChoice(chosen, trigger, engine == Engine.AUTO ? here.why() : null, "");
    }

    private static EngineChoice ring(Trigger trigger, RingSupport here) {
        if (here.absence() != null) {
            throw new IllegalArgumentException(
                    "the engine io_uring cannot be had here: %s; `ringfork probe` says who forbids it and what to change, and --engine auto does without"
                            .formatted(here.absence()));
        }
        requireLevel(Engine.IO_URING, trigger);
        return new EngineChoice(Engine.IO_URING, trigger, null, here.without());
    }

    private static void requireLevel(Engine engine, Trigger trigger) {
        if (trigger != Trigger.LEVEL) {
            throw new IllegalArgumentException(
                    "%s reports levels only: choose --trigger level, or --engine epoll or kqueue where there is one"
                            .formatted(Names.of(engine)));
        }
    }

    /**
     * Decides for a {@link Architecture#PROACTOR}: a ring if there is one, else what a {@link
     * Architecture#REACTOR} would take, and why.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    static EngineChoice completing(Engine engine, Trigger trigger, Syscalls syscalls) {
        if (engine != Engine.AUTO) {
            return of(engine, trigger, syscalls);
        }
        RingSupport here = RingSupport.find(syscalls);
        if (here.absence() == null) {
            return ring(trigger, here);
        }
        EngineChoice instead = of(Engine.AUTO, trigger, syscalls);
        return new EngineChoice(instead.engine, instead.trigger, "io_uring: " + here.absence(), "");
    }

    /**
     * Whether an architecture can use it.
     *
     * @throws IllegalArgumentException if not: the message says what to choose instead
     */
    void check(Architecture architecture) {
        boolean ring = engine == Engine.IO_URING;
        switch (architecture) {
            case PROACTOR -> {
                if (!ring && why == null) {
                    throw new IllegalArgumentException(
                            "a proactor waits for operations, which %s has none of: choose --engine io_uring, or --architecture reactor"
                                    .formatted(Names.of(engine)));
                }
            }
            case THREAD_PER_CONNECTION,
                    THREAD_POOL,
                    VIRTUAL_THREADS,
                    REACTOR_POOL,
                    LEADER_FOLLOWERS -> {
                if (ring) {
                    throw new IllegalArgumentException(
                            "a ring belongs to one thread, so %s cannot use it: choose another engine, or --architecture proactor, multi-reactor, simulated-proactor, half-sync-half-async or buffered-pool"
                                    .formatted(Names.of(architecture)));
                }
            }
            case SERIAL,
                    REACTOR,
                    MULTI_REACTOR,
                    SIMULATED_PROACTOR,
                    HALF_SYNC_HALF_ASYNC,
                    BUFFERED_POOL -> {}
        }
    }

    private static Engine best(Demultiplexers here) {
        return switch (here.best()) {
            case "epoll" -> Engine.EPOLL;
            case "kqueue" -> Engine.KQUEUE;
            default -> Engine.POLL;
        };
    }

    /** Whether the engine can report edges. */
    boolean edges() {
        return engine == Engine.EPOLL || engine == Engine.KQUEUE;
    }

    /** Makes the demultiplexer. */
    Demultiplexer open(Syscalls syscalls, RingSettings ring) {
        return switch (engine) {
            case EPOLL -> EpollDemultiplexer.open(syscalls, trigger);
            case KQUEUE -> KqueueDemultiplexer.open(syscalls, trigger);
            case POLL -> new PollDemultiplexer(syscalls);
            case SELECT -> new SelectDemultiplexer(syscalls);
            case IO_URING -> UringDemultiplexer.open(syscalls, ring);
            case AUTO -> throw new IllegalStateException("nothing was chosen");
        };
    }

    /** As the command line would say it. */
    String description() {
        String words =
                engine == Engine.IO_URING
                        ? Names.of(engine) + without
                        : Names.of(engine) + ", " + Names.of(trigger);
        return why == null ? words : words + " (" + why + ")";
    }
}

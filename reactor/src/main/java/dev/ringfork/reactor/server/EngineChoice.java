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
import org.jspecify.annotations.Nullable;

/**
 * The engine and trigger that a server will use, found to work together here.
 *
 * @param engine what was chosen; never {@link Engine#AUTO}
 * @param trigger when it reports
 * @param why what made AUTO choose something else than the best, or null
 */
record EngineChoice(Engine engine, Trigger trigger, @Nullable String why) {

    /**
     * Decides.
     *
     * @throws IllegalArgumentException if an explicit choice cannot be had: it never changes
     *     silently
     */
    static EngineChoice of(Engine engine, Trigger trigger, Syscalls syscalls) {
        Demultiplexers here = Demultiplexers.find(syscalls);
        Engine chosen = engine == Engine.AUTO ? best(here) : engine;
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
        boolean levelOnly = chosen == Engine.POLL || chosen == Engine.SELECT;
        if (levelOnly && trigger != Trigger.LEVEL) {
            throw new IllegalArgumentException(
                    "%s reports levels only: choose --trigger level, or --engine epoll or kqueue where there is one"
                            .formatted(Names.of(chosen)));
        }
        return new EngineChoice(chosen, trigger, engine == Engine.AUTO ? here.why() : null);
    }

    private static Engine best(Demultiplexers here) {
        if (here.noEpoll() == null) {
            return Engine.EPOLL;
        }
        return here.noKqueue() == null ? Engine.KQUEUE : Engine.POLL;
    }

    /** Whether the engine can report edges. */
    boolean edges() {
        return engine == Engine.EPOLL || engine == Engine.KQUEUE;
    }

    /** Makes the demultiplexer. */
    Demultiplexer open(Syscalls syscalls) {
        return switch (engine) {
            case EPOLL -> EpollDemultiplexer.open(syscalls, trigger);
            case KQUEUE -> KqueueDemultiplexer.open(syscalls, trigger);
            case POLL -> new PollDemultiplexer(syscalls);
            case SELECT -> new SelectDemultiplexer(syscalls);
            case AUTO -> throw new IllegalStateException("nothing was chosen");
        };
    }

    /** As the command line would say it. */
    String description() {
        String words = Names.of(engine) + ", " + Names.of(trigger);
        return why == null ? words : words + " (" + why + ")";
    }
}

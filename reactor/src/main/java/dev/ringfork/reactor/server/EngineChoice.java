// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.EpollDemultiplexer;
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
        if (engine == Engine.SELECT) {
            return levelOnly(engine, trigger, null);
        }
        String noEpoll = engine == Engine.POLL ? null : EpollDemultiplexer.absence(syscalls);
        if (engine == Engine.EPOLL && noEpoll != null) {
            throw new IllegalArgumentException(
                    "the engine epoll cannot be had here: %s; choose --engine poll"
                            .formatted(noEpoll));
        }
        if (engine == Engine.POLL || noEpoll != null) {
            boolean second = engine == Engine.AUTO;
            return levelOnly(Engine.POLL, trigger, second ? "no epoll: " + noEpoll : null);
        }
        return new EngineChoice(Engine.EPOLL, trigger, null);
    }

    private static EngineChoice levelOnly(Engine engine, Trigger trigger, @Nullable String why) {
        if (trigger != Trigger.LEVEL) {
            throw new IllegalArgumentException(
                    "%s reports levels only: choose --trigger level, or --engine epoll where there is one"
                            .formatted(Names.of(engine)));
        }
        return new EngineChoice(engine, trigger, why);
    }

    /** Makes the demultiplexer. */
    Demultiplexer open(Syscalls syscalls) {
        return switch (engine) {
            case EPOLL -> EpollDemultiplexer.open(syscalls, trigger);
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

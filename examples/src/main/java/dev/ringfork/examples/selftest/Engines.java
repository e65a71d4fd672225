// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.EpollDemultiplexer;
import dev.ringfork.reactor.demux.KqueueDemultiplexer;
import dev.ringfork.reactor.demux.PollDemultiplexer;
import dev.ringfork.reactor.demux.SelectDemultiplexer;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.server.Engine;
import dev.ringfork.reactor.uring.RingSettings;
import dev.ringfork.reactor.uring.RingSupport;
import dev.ringfork.reactor.uring.UringDemultiplexer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An engine together with a trigger it knows. Immutable.
 *
 * @param engine never {@link Engine#AUTO}
 * @param trigger when it reports
 */
record Engines(Engine engine, Trigger trigger) {

    /** All that go together, whether this system has them or not. */
    static List<Engines> all() {
        List<Engines> all = new ArrayList<>();
        for (Engine engine : Engine.values()) {
            for (Trigger trigger : Trigger.values()) {
                boolean any = engine == Engine.EPOLL || engine == Engine.KQUEUE;
                if (engine != Engine.AUTO && (any || trigger == Trigger.LEVEL)) {
                    all.add(new Engines(engine, trigger));
                }
            }
        }
        return all;
    }

    /** Why this system does not have it, or null. */
    @Nullable String absence(Syscalls syscalls) {
        return switch (engine) {
            case EPOLL -> EpollDemultiplexer.absence(syscalls);
            case KQUEUE -> syscalls.absence("kqueue");
            case IO_URING -> RingSupport.absence(syscalls);
            default -> null;
        };
    }

    Demultiplexer open(Syscalls syscalls) {
        return switch (engine) {
            case EPOLL -> EpollDemultiplexer.open(syscalls, trigger);
            case KQUEUE -> KqueueDemultiplexer.open(syscalls, trigger);
            case POLL -> new PollDemultiplexer(syscalls);
            case SELECT -> new SelectDemultiplexer(syscalls);
            case IO_URING -> UringDemultiplexer.open(syscalls, RingSettings.DEFAULT);
            case AUTO -> throw new IllegalStateException("an engine is to be named");
        };
    }

    /** As the command line says it: {@code epoll, edge}. */
    @Override
    public String toString() {
        return (engine + ", " + trigger).toLowerCase(Locale.ROOT);
    }
}

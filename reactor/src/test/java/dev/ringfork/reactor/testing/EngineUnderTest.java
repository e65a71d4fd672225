// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.EpollDemultiplexer;
import dev.ringfork.reactor.demux.PollDemultiplexer;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.server.Engine;

/** Every combination of engine and trigger that works on Linux. */
public enum EngineUnderTest {
    EPOLL_LEVEL(Engine.EPOLL, Trigger.LEVEL),
    EPOLL_EDGE(Engine.EPOLL, Trigger.EDGE),
    EPOLL_ONESHOT(Engine.EPOLL, Trigger.ONESHOT),
    POLL(Engine.POLL, Trigger.LEVEL);

    private final Engine engine;
    private final Trigger trigger;

    EngineUnderTest(Engine engine, Trigger trigger) {
        this.engine = engine;
        this.trigger = trigger;
    }

    /** The choice for a server. */
    public Engine engine() {
        return engine;
    }

    /** When it reports. */
    public Trigger trigger() {
        return trigger;
    }

    /** A demultiplexer of its own. */
    public Demultiplexer open(Syscalls syscalls) {
        return engine == Engine.EPOLL
                ? EpollDemultiplexer.open(syscalls, trigger)
                : new PollDemultiplexer(syscalls);
    }
}

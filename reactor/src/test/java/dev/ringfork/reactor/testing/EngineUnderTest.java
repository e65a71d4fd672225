// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.EpollDemultiplexer;
import dev.ringfork.reactor.demux.KqueueDemultiplexer;
import dev.ringfork.reactor.demux.PollDemultiplexer;
import dev.ringfork.reactor.demux.SelectDemultiplexer;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.server.Engine;
import dev.ringfork.reactor.uring.RingSettings;
import dev.ringfork.reactor.uring.UringDemultiplexer;

/** Every combination of engine and trigger; kqueue over the {@linkplain XnuKqueue model}. */
public enum EngineUnderTest {
    EPOLL_LEVEL(Engine.EPOLL, Trigger.LEVEL),
    EPOLL_EDGE(Engine.EPOLL, Trigger.EDGE),
    EPOLL_ONESHOT(Engine.EPOLL, Trigger.ONESHOT),
    KQUEUE_LEVEL(Engine.KQUEUE, Trigger.LEVEL),
    KQUEUE_EDGE(Engine.KQUEUE, Trigger.EDGE),
    KQUEUE_ONESHOT(Engine.KQUEUE, Trigger.ONESHOT),
    POLL(Engine.POLL, Trigger.LEVEL),
    SELECT(Engine.SELECT, Trigger.LEVEL),
    IO_URING(Engine.IO_URING, Trigger.LEVEL);

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

    /** The calls of the system that this engine belongs to, over those of this one. */
    public Syscalls over(Syscalls syscalls) {
        return engine == Engine.KQUEUE ? XnuKqueue.over(syscalls) : syscalls;
    }

    /** A demultiplexer of its own, which makes the calls that {@link #over} gives. */
    public Demultiplexer open(Syscalls syscalls) {
        return switch (engine) {
            case EPOLL -> EpollDemultiplexer.open(syscalls, trigger);
            case KQUEUE -> KqueueDemultiplexer.open(syscalls, trigger);
            case SELECT -> new SelectDemultiplexer(syscalls);
            case IO_URING -> UringDemultiplexer.open(syscalls, RingSettings.DEFAULT);
            default -> new PollDemultiplexer(syscalls);
        };
    }

    /** Whether it tells of hang-ups and errors by name, and also who asks for nothing. */
    public boolean reportsHangUps() {
        return this != SELECT;
    }

    /** Skips a test of what happens when a hang-up is reported to who asks for nothing. */
    public void assumeHangUps() {
        assumeTrue(reportsHangUps(), "select tells nothing to who asks for nothing");
    }

    /** Skips a test that needs descriptors of any number. */
    public void assumeAnyNumber() {
        assumeTrue(this != SELECT, "select ends at FD_SETSIZE");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.ParkingPort;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.SharedDemultiplexer;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A virtual thread for each loop. It is parked while the loop waits; one platform thread waits for
 * all, so that no carrier is ever held by a call that blocks.
 */
final class VirtualThreadsCrew implements Crew {
    private final SharedDemultiplexer shared;
    private final Poller poller;
    private final ThreadFactory threads = Thread.ofVirtual().name("connection-", 1).factory();

    VirtualThreadsCrew(ServerPlan plan) {
        shared = plan.shared();
        poller = new Poller(shared);
    }

    @Override
    public String description() {
        return Names.of(Architecture.VIRTUAL_THREADS);
    }

    @Override
    public int loopsMax() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start(Consumer<Throwable> failed) {
        poller.start(failed);
    }

    @Override
    public LoopThread open(ServerPlan plan, Function<Reactor, BufferSource> buffers) {
        Reactor reactor = plan.reactor(new ParkingPort(shared), LoopThread.MAY_BLOCK);
        return LoopThread.open(plan, OwnThread.of(threads), reactor, buffers);
    }

    @Override
    public void close() {
        poller.close();
        shared.close();
    }
}

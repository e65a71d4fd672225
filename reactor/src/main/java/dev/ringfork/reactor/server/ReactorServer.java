// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.protocol.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread, one loop: it accepts, reads, runs the protocol and writes.
 *
 * <p>When to use it: handlers that never block, and one core is enough. It is the cheapest way to
 * hold many connections: nothing is shared, nothing is locked. What it costs: one handler that
 * blocks stops every connection.
 */
final class ReactorServer implements Server {
    private final Reactor reactor;
    private final Loop loop;
    private final ReserveDescriptor reserve;
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final List<Address> addresses = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private final String description;
    private final Timer drainEnd;
    // Not a task: the queue of tasks may be full.
    private final AtomicReference<@Nullable Duration> drainAsked = new AtomicReference<>();
    private volatile @Nullable Throwable failure;

    private ReactorServer(
            Protocol protocol,
            EngineChoice choice,
            Demultiplexer demultiplexer,
            ServerSettings settings,
            Syscalls syscalls) {
        this.reactor =
                new Reactor(
                        syscalls,
                        demultiplexer,
                        settings.stallThreshold().toNanos(),
                        settings.report());
        // Before the loop's own: what a drain does to connections is settled in the same turn.
        reactor.beforePoll(this::beginDrain);
        this.loop = new Loop(syscalls, reactor, protocol, settings);
        this.reserve = new ReserveDescriptor(syscalls);
        this.description = "reactor, " + choice.description();
        this.drainEnd = new Timer(this::cut);
        this.thread = Thread.ofPlatform().name("ringfork-reactor").unstarted(this::run);
    }

    /** Binds, listens and starts the loop's thread. */
    static Server start(
            Protocol protocol,
            List<Address> addresses,
            Engine engine,
            Trigger trigger,
            ServerSettings settings,
            Syscalls syscalls) {
        EngineChoice choice = EngineChoice.of(engine, trigger, syscalls);
        List<Listener> listeners = new ArrayList<>();
        try {
            for (Address address : addresses) {
                listeners.add(Listener.open(syscalls, address, settings.backlog()));
            }
            ReactorServer server =
                    new ReactorServer(protocol, choice, choice.open(syscalls), settings, syscalls);
            server.listen(listeners);
            server.thread.start();
            return server;
        } catch (RuntimeException e) {
            listeners.forEach(Listener::close);
            throw e;
        }
    }

    private void listen(List<Listener> listeners) {
        try {
            for (Listener listener : listeners) {
                addresses.add(listener.address());
                acceptors.add(new Acceptor(loop, listener, reserve));
            }
        } catch (RuntimeException e) {
            // The thread that would do it never runs.
            end();
            throw e;
        }
    }

    private void run() {
        try {
            reactor.run();
        } catch (RuntimeException | Error e) {
            failure = e;
            loop.settings.report().accept("the loop failed: " + Failures.describe(e));
        } finally {
            end();
            ended.countDown();
        }
    }

    private void end() {
        acceptors.forEach(Acceptor::close);
        forEachConnection(StreamConnection::abort);
        reactor.close();
        reserve.close();
        loop.close();
    }

    @Override
    public List<Address> addresses() {
        return List.copyOf(addresses);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public ServerStatistics statistics() {
        LoopCounters counters = loop.counters;
        // Closed before accepted: then the difference, the open ones, is never negative.
        long closed = counters.closed.get();
        return new ServerStatistics(
                counters.accepted.get(),
                closed,
                counters.cut.get(),
                counters.shed.get(),
                counters.bytesIn.get(),
                counters.bytesOut.get(),
                reactor.stalls());
    }

    @Override
    public void drain(Duration atMost) {
        drainAsked.set(atMost);
        reactor.wakeup();
    }

    private void beginDrain() {
        Duration atMost = drainAsked.get() == null ? null : drainAsked.getAndSet(null);
        if (atMost == null) {
            return;
        }
        for (Acceptor acceptor : acceptors) {
            // Whoever has reached our queue was promised service.
            acceptor.acceptQueued();
            acceptor.close();
        }
        forEachConnection(StreamConnection::drain);
        reactor.schedule(drainEnd, reactor.nowNs() + atMost.toNanos());
        loop.whenEmpty(reactor::stop);
    }

    private void cut() {
        forEachConnection(StreamConnection::cut);
    }

    private void forEachConnection(Consumer<StreamConnection> action) {
        reactor.forEachHandler(handler -> {
            if (handler instanceof StreamConnection connection) {
                action.accept(connection);
            }
        });
    }

    @Override
    public void stop() {
        reactor.stop();
        if (!Thread.currentThread().equals(thread)) {
            awaitEnd();
        }
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void awaitStop() throws InterruptedException {
        ended.await();
        if (failure != null) {
            throw new IllegalStateException("the server's loop failed", failure);
        }
    }
}

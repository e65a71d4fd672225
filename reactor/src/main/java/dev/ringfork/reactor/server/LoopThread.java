// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.protocol.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One loop and the thread that turns it: what every architecture of loops is made of.
 *
 * <p>Confined to the thread that makes it until {@link #start}, then safe for use by many threads,
 * {@link #serve} aside. Owns its reactor, its memory and its reserve descriptor, and a share of the
 * listeners that it is given.
 */
final class LoopThread {
    private final Reactor reactor;
    private final Loop loop;
    private final ReserveDescriptor reserve;
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private final Timer drainEnd = new Timer(this::cut);
    // Not a task: the queue of tasks may be full.
    private final AtomicReference<@Nullable Duration> drainAsked = new AtomicReference<>();
    private Runnable whenAccepted = () -> {};
    private Runnable whenFailed = () -> {};
    private boolean draining;
    private boolean ending;
    private volatile @Nullable Throwable failure;

    private LoopThread(
            String name,
            Protocol protocol,
            Demultiplexer demultiplexer,
            ServerSettings settings,
            ConnectionLimit limit,
            Syscalls syscalls) {
        this.reactor =
                new Reactor(
                        syscalls,
                        demultiplexer,
                        settings.stallThreshold().toNanos(),
                        settings.report());
        // Before the loop's own: what a drain does to connections is settled in the same turn.
        reactor.beforePoll(this::beginDrain);
        this.loop = new Loop(syscalls, reactor, protocol, settings, limit);
        this.reserve = new ReserveDescriptor(syscalls);
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    /**
     * Makes a loop that does not turn yet.
     *
     * @param name its thread's
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses a descriptor
     */
    static LoopThread open(
            String name,
            Protocol protocol,
            EngineChoice choice,
            ServerSettings settings,
            ConnectionLimit limit,
            Syscalls syscalls) {
        Demultiplexer demultiplexer = choice.open(syscalls);
        try {
            return new LoopThread(name, protocol, demultiplexer, settings, limit, syscalls);
        } catch (RuntimeException e) {
            demultiplexer.close();
            throw e;
        }
    }

    // ---- before the start

    /** Accepts from a listener and serves what comes. Takes over a share of it. */
    void listen(Listener listener) {
        listen(listener, this::serve);
    }

    /** Accepts from a listener for somebody, who takes over the descriptors. */
    void listen(Listener listener, IntConsumer intake) {
        acceptors.add(new Acceptor(loop, listener, reserve, intake));
    }

    /** Sets what a drain does as soon as this loop accepts no more; each drain does it again. */
    void whenAccepted(Runnable action) {
        whenAccepted = action;
    }

    /** Sets what is done when the loop fails. */
    void whenFailed(Runnable action) {
        whenFailed = action;
    }

    /** Starts the thread. */
    void start() {
        thread.start();
    }

    /** Gives back everything, of a loop that does not come to start. */
    void abandon() {
        end();
    }

    // ---- the thread

    private void run() {
        try {
            reactor.run();
        } catch (RuntimeException | Error e) {
            failure = e;
            loop.settings.report().accept("the loop failed: " + Failures.describe(e));
            whenFailed.run();
        } finally {
            end();
            ended.countDown();
        }
    }

    private void end() {
        ending = true;
        acceptors.forEach(Acceptor::close);
        forEachConnection(StreamConnection::abort);
        reactor.close();
        reserve.close();
        loop.close();
    }

    /** Serves an accepted connection. Takes over its descriptor. On this loop's thread. */
    void serve(int fd) {
        StreamConnection connection = new StreamConnection(loop, fd);
        connection.start();
        if (draining) {
            connection.drain();
        }
    }

    /**
     * Lets this loop serve a connection that another one has accepted. Called by that one.
     *
     * @return whether it takes over the descriptor; it does not when it has ended or has more to do
     *     than its queue holds
     */
    boolean offer(int fd) {
        loop.promise();
        if (reactor.execute(() -> arrive(fd))) {
            return true;
        }
        loop.promiseKept();
        return false;
    }

    private void arrive(int fd) {
        try {
            if (ending) {
                loop.descriptors.close(fd);
                loop.limit.give();
            } else {
                serve(fd);
            }
        } finally {
            loop.promiseKept();
            loop.endIfEmpty();
        }
    }

    /** Says something that may happen often. On this loop's thread. */
    void report(String kind) {
        loop.reports.report(kind, reactor.nowNs());
    }

    private void forEachConnection(Consumer<StreamConnection> action) {
        reactor.forEachHandler(handler -> {
            if (handler instanceof StreamConnection connection) {
                action.accept(connection);
            }
        });
    }

    // ---- drain

    /** Accepts what is queued and no more, lets connections finish, then ends. Returns at once. */
    void drain(Duration atMost) {
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
        whenAccepted.run();
        draining = true;
        forEachConnection(StreamConnection::drain);
        reactor.schedule(drainEnd, reactor.nowNs() + atMost.toNanos());
        loop.whenEmpty(reactor::stop);
    }

    private void cut() {
        forEachConnection(StreamConnection::cut);
    }

    // ---- the end

    /** Lets the loop end after the turn in progress. Returns at once. */
    void stop() {
        reactor.stop();
    }

    /** Whether the caller is this loop's thread. */
    boolean current() {
        return Thread.currentThread().equals(thread);
    }

    /** Waits until the loop has ended. An interrupt does not end the wait; it is kept. */
    void awaitEnd() {
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

    /**
     * Waits until the loop has ended.
     *
     * @return what it failed with, or null
     */
    @Nullable Throwable awaitFailure() throws InterruptedException {
        ended.await();
        return failure;
    }

    /** What it has counted so far. */
    ServerStatistics statistics() {
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
}

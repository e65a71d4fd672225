// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.offload.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One loop and what turns it: what every architecture is made of.
 *
 * <p>Confined to the thread that makes it until {@link #start}, then safe for use by many threads,
 * {@link #serve}, {@link #report}, {@link #empty}, {@link #draining} and what turns it aside, which
 * are of the thread that turns it. Owns its reactor, its memory and its reserve descriptor, and a
 * share of the listeners that it is given.
 */
final class LoopThread {
    /** For a loop whose handlers may block: no turn takes too long. */
    static final long MAY_BLOCK = Long.MAX_VALUE;

    /** What a loop does beside serving its connections. Called on the loop's thread. */
    interface Role {
        /** A turn begins; what this does to connections is settled in the same one. */
        default void turning() {}

        /** A drain has begun and the loop accepts no more; its connections are told next. */
        default void drains(Duration atMost) {}

        /** The time of a drain is over; what is still open is cut next. */
        default void drainEnds() {}

        /**
         * A turn of the loop is over.
         *
         * @return whether it has nothing to do but its open connections, so that a drain may end
         */
        default boolean turned() {
            return true;
        }

        /** The loop has stopped and accepts no more; its connections are closed next. */
        default void stopped() {}

        /** All is closed; the thread ends. */
        default void ended(@Nullable Throwable failure) {}
    }

    /** What turns a loop. */
    interface Carrier {
        /**
         * Has the loop turned from now on.
         *
         * @throws OutOfMemoryError if the system gives no more threads
         */
        void start();

        /** Whether the caller is turning it. */
        boolean current();
    }

    final Reactor reactor;
    final Loop loop;
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Carrier carrier;
    private final @Nullable GateChoice gate;
    private final Timer drainEnd = new Timer(this::cut);
    // Not a task: the queue of tasks may be full.
    private final AtomicReference<@Nullable Duration> drainAsked = new AtomicReference<>();
    private @Nullable ReserveDescriptor reserve;
    private Role role = new Role() {};
    private @Nullable Intake guests = this::serve;
    private boolean draining;
    private boolean drainTold;
    private boolean paused;
    private volatile boolean pauseAsked;
    private volatile @Nullable Throwable failure;

    private LoopThread(
            ServerPlan plan,
            Function<LoopThread, Carrier> carrier,
            Reactor reactor,
            BufferSource buffers) {
        this.reactor = reactor;
        // Before the loop's own: what a drain does to connections is settled in the same turn.
        reactor.beforePoll(this::turning);
        this.loop = new Loop(plan, reactor, buffers);
        this.gate = plan.gate();
        // After it: settling may have closed the last connection.
        reactor.beforePoll(this::turned);
        this.carrier = carrier.apply(this);
    }

    /**
     * Makes a loop that has its own memory and does not turn yet.
     *
     * @param name its thread's
     * @param stallNs a turn that takes longer is counted and reported
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses a descriptor
     */
    static LoopThread open(ServerPlan plan, String name, long stallNs) {
        Function<LoopThread, Carrier> thread = OwnThread.of(Thread.ofPlatform().name(name));
        return open(plan, thread, plan.reactor(plan.demultiplexer(), stallNs), _ -> plan.pool());
    }

    /**
     * Makes a loop that does not turn yet.
     *
     * @param carrier will turn it
     * @param reactor taken over
     * @param buffers gives it its memory
     */
    static LoopThread open(
            ServerPlan plan,
            Function<LoopThread, Carrier> carrier,
            Reactor reactor,
            Function<Reactor, BufferSource> buffers) {
        try {
            return new LoopThread(plan, carrier, reactor, buffers.apply(reactor));
        } catch (RuntimeException | OutOfMemoryError e) {
            reactor.close();
            throw e;
        }
    }

    // ---- before the start

    /** Sets what it does beside serving; nothing by default. */
    void role(Role role) {
        this.role = role;
    }

    /**
     * Sets who takes the connections that come by {@link #adopt}; this loop by default.
     *
     * @param guests null if there can be none
     */
    void guests(@Nullable Intake guests) {
        this.guests = guests;
    }

    /** Accepts from a listener and serves what comes. Takes over a share of it. */
    void listen(Listener listener) {
        listen(listener, this::serve);
    }

    /** Accepts from a listener for somebody. Takes over a share of it. */
    void listen(Listener listener, Intake intake) {
        ReserveDescriptor kept = reserve;
        if (kept == null) {
            kept = new ReserveDescriptor(reactor.syscalls());
            reserve = kept;
        }
        if (gate != null && loop.gatekeeper == null) {
            loop.gatekeeper = new Gatekeeper(loop, gate);
        }
        acceptors.add(Acceptor.of(loop, listener, kept, intake));
    }

    /**
     * Has it turned from now on.
     *
     * @throws OutOfMemoryError if the system gives no more threads
     */
    void start() {
        carrier.start();
    }

    /** Gives back everything, of a loop that does not come to start. */
    void abandon() {
        end();
    }

    // ---- on the thread that turns it

    /** Turns until it is stopped, and ends, even if a failure cannot be reported. */
    void run() {
        try {
            boolean more = true;
            while (more) {
                more = turn();
            }
        } finally {
            finish();
        }
    }

    /**
     * Turns once.
     *
     * @return false if that was the last time, and {@link #finish} is due
     */
    boolean turn() {
        try {
            reactor.runOnce(-1);
        } catch (RuntimeException | Error e) {
            failure = e;
            loop.settings.report().accept("the loop failed: " + Failures.describe(e));
            return false;
        }
        return !reactor.stopping();
    }

    /** Ends after the last turn. */
    void finish() {
        try {
            end();
        } finally {
            role.ended(failure);
            ended.countDown();
        }
    }

    private void end() {
        loop.ending = true;
        acceptors.forEach(Acceptor::close);
        if (loop.gatekeeper != null) {
            loop.gatekeeper.end();
        }
        role.stopped();
        loop.forEachConnection(StreamConnection::abort);
        reactor.close();
        if (reserve != null) {
            reserve.close();
        }
        loop.close();
    }

    /** After every turn, before the loop may wait. */
    private void turned() {
        boolean idle = role.turned();
        // By index: this is done in every turn, and an iterator is garbage.
        boolean accepting = false;
        for (int i = 0; i < acceptors.size(); i++) {
            Acceptor acceptor = acceptors.get(i);
            if (draining && !acceptor.closed) {
                acceptor.drain();
            }
            acceptor.resume();
            accepting |= !acceptor.closed;
        }
        if (draining && idle && !accepting && empty()) {
            reactor.stop();
        } else if (accepting && loop.gatekeeper != null) {
            loop.gatekeeper.compete(acceptors);
        }
    }

    /**
     * Runs a task on this loop's thread, soon. Called by any thread.
     *
     * @return false if it has ended or has more to do than its queue holds
     */
    boolean execute(Runnable task) {
        return reactor.execute(task);
    }

    /** Whether no connection is open or about to be. */
    boolean empty() {
        return loop.empty();
    }

    /** Serves an accepted connection. Takes over its descriptor. */
    void serve(int fd) {
        StreamConnection connection = loop.serve(fd);
        if (drainTold) {
            reactor.nextTurn(connection::drain);
        }
    }

    /**
     * Lets this loop serve a connection that another one has accepted. Called by that one.
     *
     * @return whether it takes over the descriptor; it does not when it has ended or has more to do
     *     than its queue holds
     */
    boolean offer(int fd) {
        return promise(fd, null);
    }

    /**
     * Serves a connection that came from outside of the server, as one that was accepted. Called by
     * any thread.
     *
     * @return whether it takes over the descriptor, as {@link #offer}
     * @throws dev.ringfork.bindings.SyscallException if this process has no such descriptor
     * @throws IllegalStateException if it serves no connections
     */
    boolean adopt(int fd) {
        Intake taker = guests;
        if (taker == null) {
            throw new IllegalStateException(
                    "a server of datagrams has no connections: it cannot adopt one");
        }
        DescriptorModes.ofALoop(reactor.syscalls(), fd);
        return promise(fd, taker);
    }

    private boolean promise(int fd, @Nullable Intake taker) {
        loop.promise();
        if (reactor.execute(() -> arrive(fd, taker))) {
            return true;
        }
        loop.promiseKept();
        return false;
    }

    /** One that comes from outside, for whoever takes those, has no place yet. */
    private void arrive(int fd, @Nullable Intake taker) {
        try {
            if (taker != null && !loop.limit.take()) {
                loop.shedAtLimit(fd);
            } else if (loop.ending) {
                loop.turnAway(fd);
            } else if (taker == null) {
                serve(fd);
            } else {
                taker.take(fd);
            }
        } finally {
            loop.promiseKept();
        }
    }

    /** Says something that may happen often. */
    void report(String kind) {
        report(kind, kind);
    }

    /** The same for a sentence that varies within its kind. */
    void report(String kind, String sentence) {
        loop.reports.report(kind, sentence, reactor.nowNs());
    }

    // ---- drain

    /**
     * Accepts no more, or again; listeners stay open, and connections are served. Called by any
     * thread; returns at once.
     */
    void pause(boolean asked) {
        pauseAsked = asked;
        reactor.wakeup();
    }

    private void heedPause() {
        if (paused != pauseAsked) {
            paused = !paused;
            acceptors.forEach(acceptor -> acceptor.pause(paused));
        }
    }

    /** Accepts what is queued and no more, lets connections finish, then ends. Returns at once. */
    void drain(Duration atMost) {
        drainAsked.set(atMost);
        reactor.wakeup();
    }

    /** Whether a drain has begun. */
    boolean draining() {
        return draining;
    }

    private void turning() {
        role.turning();
        heedPause();
        beginDrain();
    }

    private void beginDrain() {
        Duration atMost = drainAsked.get() == null ? null : drainAsked.getAndSet(null);
        if (atMost == null) {
            return;
        }
        for (Acceptor acceptor : acceptors) {
            // Whoever has reached our queue was promised service.
            acceptor.drain();
        }
        role.drains(atMost);
        draining = true;
        reactor.nextTurn(this::tellConnections);
        reactor.schedule(drainEnd, reactor.nowNs() + atMost.toNanos());
    }

    /** After another poll: a request that had come before the drain began is read by now. */
    private void tellConnections() {
        drainTold = true;
        loop.forEachConnection(StreamConnection::drain);
    }

    private void cut() {
        acceptors.forEach(Acceptor::close);
        role.drainEnds();
        loop.forEachConnection(StreamConnection::cut);
    }

    // ---- the end

    /** Lets the loop end after the turn in progress. Returns at once. */
    void stop() {
        reactor.stop();
    }

    /** Whether the caller is turning this loop. */
    boolean current() {
        return carrier.current();
    }

    /** Waits until the loop has ended. An interrupt does not end the wait; it is kept. */
    void awaitEnd() {
        Threads.uninterruptibly(ended::await);
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
                counters.dismissed.get(),
                counters.exhausted.get(),
                counters.starved.get(),
                counters.overflows.get(),
                counters.bytesIn.get(),
                counters.bytesOut.get(),
                reactor.stalls(),
                counters.wakeups.get(),
                counters.emptyWakeups.get(),
                counters.accepts.get(),
                counters.emptyAccepts.get());
    }
}

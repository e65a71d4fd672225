// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.reactor.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * One loop accepts; every open connection has a thread of its own with a small loop of its own.
 *
 * <p>A loop whose connection has closed is kept for a moment, with its thread: making both anew
 * costs several times what a short connection does. Buffers are leased from one pool. The loop that
 * accepts is the last to end.
 */
final class ThreadPerConnectionServer implements Server {
    /**
     * Threads if nobody says how many: beyond hundreds their switches cost more than they serve.
     */
    static final int MAX_THREADS = 512;

    /** How long a thread waits for its next connection before it ends. */
    private static final long IDLE_NS = 1_000_000_000L;

    private final ServerPlan plan;
    private final int maxThreads;
    private final ThreadFactory threads;
    private final SharedBuffers buffers;
    private final LoopThread accepting;
    private final List<Address> addresses;
    private long drainEndNs;
    private boolean draining;
    private volatile @Nullable Throwable workerFailure;

    // What follows is guarded by this lock.
    private final Object lock = new Object();
    private final Set<Worker> workers = new HashSet<>();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private ServerStatistics retired = ServerStatistics.NONE;
    private boolean awaited;

    private ThreadPerConnectionServer(
            ServerPlan plan, int maxThreads, ThreadFactory threads, List<Listener> listeners) {
        this.plan = plan;
        this.maxThreads = maxThreads;
        this.threads = threads;
        this.buffers = new SharedBuffers(plan.pool());
        this.addresses = listeners.stream().map(Listener::address).toList();
        this.accepting =
                LoopThread.open(
                        plan,
                        Thread.ofPlatform().name("acceptor").factory(),
                        plan.settings().stallThreshold().toNanos(),
                        buffers::share);
    }

    /**
     * Decides how many threads there may be.
     *
     * @param asked null for {@value #MAX_THREADS}
     * @throws IllegalArgumentException if there cannot be so many
     */
    static int threads(@Nullable Integer asked) {
        if (asked != null && asked < 1) {
            throw new IllegalArgumentException(asked + " threads: allow at least 1");
        }
        return asked == null ? MAX_THREADS : asked;
    }

    /** Binds, listens and starts; threads for connections come from the factory. */
    static Server start(ServerPlan plan, int maxThreads, ThreadFactory threads) {
        List<Listener> listeners = plan.listen();
        LoopThread accepting = null;
        try {
            ThreadPerConnectionServer server =
                    new ThreadPerConnectionServer(plan, maxThreads, threads, listeners);
            accepting = server.accepting;
            server.listen(listeners);
            accepting.start();
            return server;
        } catch (RuntimeException e) {
            if (accepting != null) {
                accepting.abandon();
            }
            listeners.forEach(Listener::close);
            throw e;
        }
    }

    private void listen(List<Listener> listeners) {
        Reception reception = new Reception(accepting, new Workers());
        accepting.role(new Accepting(reception));
        listeners.forEach(listener -> accepting.listen(listener, reception));
    }

    // ---- who serves

    /** Confined to the accepting thread. */
    private final class Workers implements Intake {
        @Override
        public boolean free() {
            synchronized (lock) {
                boolean free = !idle.isEmpty() || workers.size() < maxThreads;
                awaited = !free;
                return free;
            }
        }

        @Override
        public void take(int fd) {
            // Held over the offer: until it is offered something, a worker takes itself for idle.
            synchronized (lock) {
                Worker worker = idle.isEmpty() ? hire() : idle.pop();
                if (worker == null || !worker.thread.offer(fd)) {
                    accepting.report("connections were closed unserved: no thread for them");
                    accepting.loop.turnAway(fd);
                }
            }
        }

        private @Nullable Worker hire() {
            Worker worker;
            try {
                worker = new Worker();
            } catch (SyscallException | IllegalStateException | OutOfMemoryError e) {
                accepting.report(
                        "loop", "a loop for a connection cannot be made: " + Failures.describe(e));
                return null;
            }
            try {
                worker.thread.start();
            } catch (OutOfMemoryError e) {
                accepting.report(
                        "thread",
                        "a thread for a connection cannot be started (%s): lower --max-threads or raise ulimit -u"
                                .formatted(e.getMessage()));
                worker.thread.abandon();
                return null;
            }
            workers.add(worker);
            if (draining) {
                worker.thread.drain(Duration.ofNanos(drainEndNs - accepting.reactor.nowNs()));
            }
            return worker;
        }
    }

    /** What the loop of one connection does beside serving it. */
    private final class Worker implements LoopThread.Role {
        private final LoopThread thread;
        private final Timer idleEnd = new Timer(this::idleEnded);

        Worker() {
            thread = LoopThread.open(plan, threads, LoopThread.MAY_BLOCK, buffers::share);
            thread.role(this);
        }

        @Override
        public boolean turned() {
            if (thread.empty()) {
                becomeIdle();
            }
            return true;
        }

        private void becomeIdle() {
            synchronized (lock) {
                if (!thread.empty() || idle.contains(this)) {
                    return;
                }
                if (!thread.draining()) {
                    idle.push(this);
                    thread.reactor.schedule(idleEnd, thread.reactor.nowNs() + IDLE_NS);
                }
                if (awaited) {
                    accepting.reactor.wakeup();
                }
            }
        }

        private void idleEnded() {
            synchronized (lock) {
                if (idle.remove(this)) {
                    thread.stop();
                }
            }
        }

        @Override
        public void drains(Duration atMost) {
            notIdle();
        }

        @Override
        public void stopped() {
            notIdle();
        }

        private void notIdle() {
            synchronized (lock) {
                idle.remove(this);
            }
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            if (failure != null) {
                workerFailure = failure;
                accepting.stop();
            }
            synchronized (lock) {
                workers.remove(this);
                retired = retired.plus(thread.statistics());
            }
            accepting.reactor.wakeup();
        }
    }

    /** What the loop that accepts does for the others. */
    private final class Accepting implements LoopThread.Role {
        private final Reception reception;

        Accepting(Reception reception) {
            this.reception = reception;
        }

        @Override
        public void drains(Duration atMost) {
            draining = true;
            drainEndNs = accepting.reactor.nowNs() + atMost.toNanos();
            synchronized (lock) {
                workers.forEach(worker -> worker.thread.drain(atMost));
            }
        }

        @Override
        public void drainEnds() {
            reception.drainEnds();
        }

        @Override
        public boolean turned() {
            boolean served = reception.turned();
            synchronized (lock) {
                return served && workers.isEmpty();
            }
        }

        @Override
        public void stopped() {
            reception.stopped();
            List<Worker> last;
            synchronized (lock) {
                last = List.copyOf(workers);
            }
            last.forEach(worker -> worker.thread.stop());
            // Outside of the lock, which they need to end.
            last.forEach(worker -> worker.thread.awaitEnd());
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            buffers.close();
        }
    }

    // ---- Server

    @Override
    public List<Address> addresses() {
        return addresses;
    }

    @Override
    public String description() {
        return "%s (at most %d), %s"
                .formatted(
                        Names.of(Architecture.THREAD_PER_CONNECTION),
                        maxThreads,
                        plan.engine().description());
    }

    @Override
    public ServerStatistics statistics() {
        synchronized (lock) {
            ServerStatistics sum = retired.plus(accepting.statistics());
            for (Worker worker : workers) {
                sum = sum.plus(worker.thread.statistics());
            }
            return sum;
        }
    }

    @Override
    public void drain(Duration atMost) {
        accepting.drain(atMost);
    }

    @Override
    public void stop() {
        accepting.stop();
        // A loop that waited for the others would be waited for by them.
        if (!current()) {
            accepting.awaitEnd();
        }
    }

    private boolean current() {
        synchronized (lock) {
            return accepting.current()
                    || workers.stream().anyMatch(worker -> worker.thread.current());
        }
    }

    @Override
    public void awaitStop() throws InterruptedException {
        Throwable failure = accepting.awaitFailure();
        Throwable first = failure == null ? workerFailure : failure;
        if (first != null) {
            throw new IllegalStateException("a loop of the server failed", first);
        }
    }
}

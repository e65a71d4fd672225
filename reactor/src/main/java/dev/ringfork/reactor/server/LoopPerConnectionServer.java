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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One loop accepts; every open connection has a small loop of its own, which a {@link Crew} turns.
 *
 * <p>A loop whose connection has closed is kept for a moment, with its thread if it has one: making
 * both anew costs several times what a short connection does. Buffers are leased from one pool. The
 * loop that accepts is the last to end.
 */
final class LoopPerConnectionServer implements Server {
    /** How long a loop waits for its next connection before it ends. */
    private static final long IDLE_NS = 1_000_000_000L;

    private final ServerPlan plan;
    private final Crew crew;
    private final SharedBuffers buffers;
    private final LoopThread accepting;
    private final List<Address> addresses;
    private long drainEndNs;
    private boolean draining;
    private volatile @Nullable Throwable otherFailure;

    // What follows is guarded by this lock.
    private final Object lock = new Object();
    private final Set<Worker> workers = new HashSet<>();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    // Accepted, and waiting for a loop.
    private final ArrayDeque<Integer> queue = new ArrayDeque<>();
    private ServerStatistics retired = ServerStatistics.NONE;
    private boolean awaited;
    // Those of the workers that end because they have found nothing to do.
    private int leaving;

    private LoopPerConnectionServer(ServerPlan plan, Crew crew, List<Listener> listeners) {
        this.plan = plan;
        this.crew = crew;
        this.buffers = new SharedBuffers(plan.pool());
        this.addresses = listeners.stream().map(Listener::address).toList();
        this.accepting =
                LoopThread.open(
                        plan,
                        OwnThread.of(Thread.ofPlatform().name("acceptor")),
                        plan.reactor(
                                plan.demultiplexer(), plan.settings().stallThreshold().toNanos()),
                        buffers::share);
    }

    /**
     * Binds, listens and starts.
     *
     * @param crews makes what turns the connections' loops
     */
    static Server start(ServerPlan plan, Function<ServerPlan, Crew> crews) {
        List<Listener> listeners = plan.listen();
        Crew crew = null;
        LoopThread accepting = null;
        try {
            crew = crews.apply(plan);
            LoopPerConnectionServer server = new LoopPerConnectionServer(plan, crew, listeners);
            accepting = server.accepting;
            server.listen(listeners);
            crew.start(server::failed);
            accepting.start();
            return server;
        } catch (RuntimeException e) {
            if (accepting != null) {
                accepting.abandon();
            }
            if (crew != null) {
                crew.close();
            }
            listeners.forEach(Listener::close);
            throw e;
        }
    }

    private void failed(Throwable failure) {
        plan.settings().report().accept("the loop failed: " + Failures.describe(failure));
        otherFailure = failure;
        accepting.stop();
    }

    private void listen(List<Listener> listeners) {
        Workers desk = new Workers();
        Reception reception = new Reception(accepting, desk);
        accepting.role(new Accepting(reception, desk));
        accepting.guests(reception);
        listeners.forEach(listener -> accepting.listen(listener, reception));
    }

    // ---- who serves

    /** Confined to the accepting thread. */
    private final class Workers implements Intake {
        @Override
        public boolean free() {
            synchronized (lock) {
                boolean free = mayServe() || queue.size() < crew.queueMax();
                awaited = !free;
                return free;
            }
        }

        private boolean mayServe() {
            return !idle.isEmpty() || workers.size() < crew.loopsMax();
        }

        @Override
        public void take(int fd) {
            // Held over the offer: until it is offered something, a worker takes itself for idle.
            synchronized (lock) {
                if (!mayServe()) {
                    queue.add(fd);
                    return;
                }
                Worker worker = idle.isEmpty() ? hire() : recall();
                if (worker == null || !worker.thread.offer(fd)) {
                    accepting.report("connections were closed unserved: no loop for them");
                    accepting.loop.turnAway(fd);
                }
            }
        }

        private Worker recall() {
            Worker worker = idle.pop();
            worker.resting = false;
            return worker;
        }

        /** Serves who is queued, should a loop have ended just when they were. */
        void serveQueue() {
            synchronized (lock) {
                while (!queue.isEmpty() && mayServe()) {
                    take(queue.remove());
                }
            }
        }

        /** Closes those who are queued, unserved and counted. */
        void turnQueueAway() {
            synchronized (lock) {
                while (!queue.isEmpty()) {
                    accepting.loop.turnAway(queue.remove());
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

    /** A loop for one connection, and what it does beside serving it. */
    private final class Worker implements LoopThread.Role {
        private final LoopThread thread;
        private final Timer idleEnd = new Timer(this::idleEnded);
        // Guarded by the lock.
        private boolean resting;
        private boolean leaves;

        Worker() {
            thread = crew.open(plan, buffers::share);
            thread.role(this);
            thread.loop.alone();
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
                if (!thread.empty() || resting) {
                    return;
                }
                Integer next = queue.poll();
                if (next != null) {
                    thread.serve(next);
                    // What this did to the loop is settled at the start of a turn.
                    thread.reactor.wakeup();
                } else if (!thread.draining()) {
                    rest();
                }
                if (awaited) {
                    accepting.reactor.wakeup();
                }
            }
        }

        private void rest() {
            resting = true;
            idle.push(this);
            if (workers.size() > crew.loopsKept()) {
                thread.reactor.schedule(idleEnd, thread.reactor.nowNs() + IDLE_NS);
            }
        }

        private void idleEnded() {
            synchronized (lock) {
                if (resting && workers.size() - leaving > crew.loopsKept()) {
                    notIdle();
                    leaves = true;
                    leaving++;
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
                resting = false;
                idle.remove(this);
            }
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            if (failure != null) {
                otherFailure = failure;
                accepting.stop();
            }
            synchronized (lock) {
                workers.remove(this);
                leaving -= leaves ? 1 : 0;
                retired = retired.plus(thread.statistics());
            }
            accepting.reactor.wakeup();
        }
    }

    /** What the loop that accepts does for the others. */
    private final class Accepting implements LoopThread.Role {
        private final Reception reception;
        private final Workers desk;

        Accepting(Reception reception, Workers desk) {
            this.reception = reception;
            this.desk = desk;
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
            desk.turnQueueAway();
            reception.drainEnds();
        }

        @Override
        public boolean turned() {
            desk.serveQueue();
            boolean served = reception.turned();
            synchronized (lock) {
                return served && queue.isEmpty() && workers.isEmpty();
            }
        }

        @Override
        public void stopped() {
            desk.turnQueueAway();
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
            crew.close();
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
        return crew.description() + ", " + plan.engine().description();
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
    public boolean adopt(int fd) {
        return accepting.adopt(fd);
    }

    @Override
    public void pause() {
        accepting.pause(true);
    }

    @Override
    public void resume() {
        accepting.pause(false);
    }

    @Override
    public int onEachLoop(Runnable task) {
        return accepting.execute(task) ? 1 : 0;
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
        Throwable first = failure == null ? otherFailure : failure;
        if (first != null) {
            throw new IllegalStateException("a loop of the server failed", first);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.offload.Host;
import dev.ringfork.reactor.offload.Limits;
import dev.ringfork.reactor.offload.Offload;
import dev.ringfork.reactor.offload.PooledWorkers;
import dev.ringfork.reactor.offload.SyncWorkers;
import dev.ringfork.reactor.offload.WorkerPool;
import dev.ringfork.reactor.protocol.Protocol;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One loop that does all I/O, and threads that run the sessions.
 *
 * <p>When it drains, the loop goes on until the last session has ended. When it stops, sessions end
 * after the call that is running: nothing is interrupted. The loop is the last to end, except for a
 * thread that does not come back in time, which is reported.
 */
final class OffloadServer implements LoopThread.Role, Host {
    /** How long a thread that is not needed waits before it ends. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    /** How long the end waits for sessions that are being run. */
    private static final Duration END = Duration.ofSeconds(5);

    /** Sessions at most, whatever the limit of connections says: each has its place in a queue. */
    private static final int SESSIONS_MAX = 1 << 20;

    private final ServerPlan plan;
    private final SharedBuffers buffers;
    private final WorkerPool pool;
    private final Offload offload;
    private final LoopThread loop;
    private boolean cut;

    private OffloadServer(ServerPlan plan, Architecture architecture, ThreadChoice choice) {
        this.plan = plan;
        ServerSettings settings = plan.settings();
        // A session may outlive its connection, but not without bound.
        int sessions = (int) Math.min(2L * settings.maxConnections(), SESSIONS_MAX);
        this.buffers = new SharedBuffers(plan.pool());
        // The backlog's worth of connections comes at once when a drain begins.
        this.pool =
                new WorkerPool(
                        choice.min(),
                        choice.max(),
                        IDLE,
                        sessions + (settings.backlog() + 1) * plan.addresses().size(),
                        settings.report());
        this.offload =
                new Offload(
                        plan.protocol(),
                        architecture == Architecture.BUFFERED_POOL,
                        new Limits(
                                settings.highWaterBytes(),
                                settings.lowWaterBytes(),
                                settings.maxQueuedBytes(),
                                sessions),
                        architecture == Architecture.HALF_SYNC_HALF_ASYNC
                                ? new SyncWorkers(pool, choice.max())
                                : new PooledWorkers(pool),
                        this);
        this.loop = openLoop(settings.stallThreshold().toNanos());
        loop.role(this);
    }

    private LoopThread openLoop(long stallNs) {
        try {
            return LoopThread.open(
                    plan.with(offload),
                    OwnThread.of(Thread.ofPlatform().name("ringfork-loop")),
                    plan.reactor(plan.demultiplexer(), stallNs),
                    buffers::share);
        } catch (RuntimeException e) {
            pool.shutdown();
            throw e;
        }
    }

    /** Binds, listens and starts. */
    static Server start(ServerPlan plan, Architecture architecture, ThreadChoice choice) {
        List<Listener> listeners = plan.listen();
        OffloadServer server = null;
        try {
            server = new OffloadServer(plan, architecture, choice);
            server.loop.guests(server.new GuestDoor());
            for (Listener listener : listeners) {
                server.loop.listen(listener, server.new Door());
            }
            List<Address> bound = listeners.stream().map(Listener::address).toList();
            String description =
                    "%s (%s), %s"
                            .formatted(
                                    Names.of(architecture),
                                    choice.range(),
                                    plan.engine().description());
            Server started =
                    new ReactorServer(server.loop, bound, description, server.pool::current);
            server.loop.start();
            return started;
        } catch (RuntimeException e) {
            if (server != null) {
                server.loop.abandon();
                server.ended(e);
            }
            listeners.forEach(Listener::close);
            throw e;
        }
    }

    /** Lets in who finds a place for a session. */
    private final class Door implements Intake {
        @Override
        public boolean free() {
            return offload.free();
        }

        @Override
        public boolean bounded() {
            return true;
        }

        @Override
        public void take(int fd) {
            loop.serve(fd);
        }
    }

    /** Turns away who does not: nobody can be left to a backlog who was accepted elsewhere. */
    private final class GuestDoor implements Intake {
        @Override
        public void take(int fd) {
            if (offload.free()) {
                loop.serve(fd);
            } else {
                loop.report("connections were closed unserved: too many sessions are still ending");
                loop.loop.turnAway(fd);
            }
        }
    }

    // ---- what the loop does for the threads

    @Override
    public void turning() {
        offload.apply();
    }

    @Override
    public boolean turned() {
        return cut || offload.idle();
    }

    @Override
    public void drainEnds() {
        cut = true;
    }

    @Override
    public void stopped() {
        offload.stop();
    }

    @Override
    public void ended(@Nullable Throwable failure) {
        offload.end();
        pool.shutdown();
        if (pool.awaitEnd(END)) {
            buffers.close();
        }
    }

    // ---- Host

    @Override
    public BufferSource buffers(Runnable fed) {
        return buffers.share(fed);
    }

    @Override
    public void connect(Address address, long timeoutNs, Protocol protocol) {
        loop.loop.connect(address, timeoutNs, protocol);
    }

    @Override
    public void closeFile(int fd) {
        plan.syscalls().descriptors().close(fd);
    }

    @Override
    public void wakeup() {
        loop.reactor.wakeup();
    }

    @Override
    public void sessionFailed(Throwable thrown) {
        plan.settings().report().accept("a session failed: " + Failures.describe(thrown));
    }

    @Override
    public void taskFailed(Throwable thrown) {
        plan.settings().report().accept("a task failed: " + thrown);
    }

    @Override
    public void note(String sentence) {
        plan.reports().report(sentence, Clock.nowNs());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One thread, one loop: it accepts, reads, runs the protocol and writes, for all connections at
 * once or for one after the other.
 */
final class ReactorServer implements Server {
    private final LoopThread loop;
    private final List<Address> addresses;
    private final String description;
    private final BooleanSupplier worker;

    /** A server that one loop is. */
    ReactorServer(LoopThread loop, List<Address> addresses, String description) {
        this(loop, addresses, description, () -> false);
    }

    /**
     * What a server of one loop is to its owner.
     *
     * @param worker whether the caller is a thread that the loop waits for at its end
     */
    ReactorServer(
            LoopThread loop, List<Address> addresses, String description, BooleanSupplier worker) {
        this.loop = loop;
        this.addresses = addresses;
        this.description = description;
        this.worker = worker;
    }

    /** Binds, listens and starts: all connections at once, so that nothing may block. */
    static Server reactor(ServerPlan plan) {
        // Which of the two it is depends on what its loop waits with.
        boolean ring = plan.engine().engine() == Engine.IO_URING;
        Architecture architecture = ring ? Architecture.PROACTOR : Architecture.REACTOR;
        return start(plan, architecture, plan.settings().stallThreshold().toNanos());
    }

    /** The same for one connection at a time: it has the thread for itself and may block it. */
    static Server serial(ServerPlan plan) {
        return start(plan, Architecture.SERIAL, LoopThread.MAY_BLOCK);
    }

    private static Server start(ServerPlan plan, Architecture architecture, long stallNs) {
        String name = Names.of(architecture);
        List<Listener> listeners = plan.listen();
        LoopThread loop = null;
        try {
            loop = LoopThread.open(plan, "ringfork-" + name, stallNs);
            listen(loop, listeners, architecture == Architecture.SERIAL);
            List<Address> bound = listeners.stream().map(Listener::address).toList();
            Server server =
                    new ReactorServer(loop, bound, name + ", " + plan.engine().description());
            loop.start();
            return server;
        } catch (RuntimeException e) {
            if (loop != null) {
                loop.abandon();
            }
            listeners.forEach(Listener::close);
            throw e;
        }
    }

    private static void listen(LoopThread loop, List<Listener> listeners, boolean oneAtATime) {
        if (!oneAtATime) {
            listeners.forEach(loop::listen);
            return;
        }
        Reception reception = new Reception(loop, new OneAtATime(loop));
        loop.role(reception);
        loop.guests(reception);
        listeners.forEach(listener -> loop.listen(listener, reception));
    }

    /** Serves when nobody else is served. */
    private record OneAtATime(LoopThread loop) implements Intake {
        @Override
        public boolean free() {
            return loop.empty();
        }

        @Override
        public void take(int fd) {
            loop.serve(fd);
        }
    }

    @Override
    public List<Address> addresses() {
        return addresses;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public ServerStatistics statistics() {
        return loop.statistics();
    }

    @Override
    public boolean adopt(int fd) {
        return loop.adopt(fd);
    }

    @Override
    public void pause() {
        loop.pause(true);
    }

    @Override
    public void resume() {
        loop.pause(false);
    }

    @Override
    public int onEachLoop(Runnable task) {
        return loop.execute(task) ? 1 : 0;
    }

    @Override
    public void drain(Duration atMost) {
        loop.drain(atMost);
    }

    @Override
    public void stop() {
        loop.stop();
        if (!loop.current() && !worker.getAsBoolean()) {
            loop.awaitEnd();
        }
    }

    @Override
    public void awaitStop() throws InterruptedException {
        Throwable failure = loop.awaitFailure();
        if (failure != null) {
            throw new IllegalStateException("the server's loop failed", failure);
        }
    }
}

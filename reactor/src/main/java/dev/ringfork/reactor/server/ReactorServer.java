// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One thread, one loop: it accepts, reads, runs the protocol and writes.
 *
 * <p>When to use it: handlers that never block, and one core is enough. It is the cheapest way to
 * hold many connections: nothing is shared, nothing is locked. What it costs: one handler that
 * blocks stops every connection.
 */
final class ReactorServer implements Server {
    private final LoopThread loop;
    private final List<Address> addresses;
    private final String description;

    private ReactorServer(LoopThread loop, List<Address> addresses, String description) {
        this.loop = loop;
        this.addresses = addresses;
        this.description = description;
    }

    /** Binds, listens and starts the loop's thread. */
    static Server start(
            Protocol protocol,
            List<Address> addresses,
            EngineChoice choice,
            ServerSettings settings,
            Syscalls syscalls) {
        List<Listener> listeners = new ArrayList<>();
        LoopThread loop = null;
        try {
            for (Address address : addresses) {
                listeners.add(Listener.open(syscalls, address, settings.backlog(), 1));
            }
            ConnectionLimit limit = new ConnectionLimit(settings.maxConnections());
            loop = LoopThread.open("ringfork-reactor", protocol, choice, settings, limit, syscalls);
            listeners.forEach(loop::listen);
            List<Address> bound = listeners.stream().map(Listener::address).toList();
            Server server = new ReactorServer(loop, bound, "reactor, " + choice.description());
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
    public void drain(Duration atMost) {
        loop.drain(atMost);
    }

    @Override
    public void stop() {
        loop.stop();
        if (!loop.current()) {
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

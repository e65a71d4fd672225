// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.BufferPool;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.SharedDemultiplexer;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.protocol.Protocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server is to be, whatever its architecture, and what all its loops have in common. For one
 * server: the places for connections are its own.
 *
 * @param protocol what it does with bytes
 * @param addresses where it listens, and for what
 * @param engine what its loops wait with
 * @param settings limits, time-outs and sizes
 * @param syscalls the way to the kernel
 * @param limit the places for connections
 * @param reports where its loops say what may happen often
 * @param gate whom its listeners are watched by turns with, if anybody
 */
record ServerPlan(
        Protocol protocol,
        List<ListenAddress> addresses,
        EngineChoice engine,
        ServerSettings settings,
        Syscalls syscalls,
        ConnectionLimit limit,
        RateLimitedReport reports,
        @Nullable GateChoice gate) {

    ServerPlan(
            Protocol protocol,
            List<ListenAddress> addresses,
            EngineChoice engine,
            ServerSettings settings,
            Syscalls syscalls) {
        this(
                protocol,
                List.copyOf(addresses),
                engine,
                settings,
                syscalls,
                new ConnectionLimit(settings, () -> {}, null),
                new RateLimitedReport(settings.report()),
                null);
    }

    /** The same with a gate before its listeners, if there is one. */
    ServerPlan behind(@Nullable GateChoice before) {
        return new ServerPlan(
                protocol, addresses, engine, settings, syscalls, limit, reports, before);
    }

    /**
     * The same that tells each time when its last connection has closed.
     *
     * @param shared counts the connections of other processes too, if there are any
     */
    ServerPlan counting(Runnable vacant, @Nullable SharedPlaces shared) {
        ConnectionLimit places = new ConnectionLimit(settings, vacant, shared);
        return new ServerPlan(
                protocol, addresses, engine, settings, syscalls, places, reports, gate);
    }

    /** The same with another protocol, which stands before this one's for instance. */
    ServerPlan with(Protocol other) {
        return new ServerPlan(other, addresses, engine, settings, syscalls, limit, reports, gate);
    }

    /** Whether connections may carry packets. */
    boolean listensForPackets() {
        return addresses.stream().anyMatch(ListenAddress::packets);
    }

    /** Binds all addresses, or none; one loop will accept from each. */
    List<Listener> listen() {
        List<Listener> listeners = new ArrayList<>();
        try {
            for (ListenAddress address : addresses) {
                listeners.add(Listener.open(syscalls, address, settings, 1));
            }
            return listeners;
        } catch (RuntimeException e) {
            listeners.forEach(Listener::close);
            throw e;
        }
    }

    /** What small loops wait with together. */
    SharedDemultiplexer shared() {
        Demultiplexer demultiplexer = demultiplexer();
        try {
            return new SharedDemultiplexer(syscalls, demultiplexer);
        } catch (RuntimeException e) {
            demultiplexer.close();
            throw e;
        }
    }

    /** What a loop waits with. */
    Demultiplexer demultiplexer() {
        return engine.open(syscalls, settings.ring());
    }

    /** A reactor that takes over a demultiplexer; if it cannot be had nothing is left open. */
    Reactor reactor(Demultiplexer demultiplexer, long stallNs) {
        try {
            return new Reactor(syscalls, demultiplexer, stallNs, settings.report());
        } catch (RuntimeException e) {
            demultiplexer.close();
            throw e;
        }
    }

    /** An empty pool of the size that was asked for. */
    BufferPool pool() {
        // With a ring the kernel keeps one at least; another must be left to send with.
        long least = engine.engine() == Engine.IO_URING ? 2L * settings.bufferBytes() : 0;
        return new BufferPool(settings.bufferBytes(), Math.max(settings.poolBytes(), least));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.protocol.DatagramProtocol;
import dev.ringfork.reactor.protocol.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Describes a server of datagrams (UDP) and starts it: one thread, one loop, one socket for each
 * address.
 *
 * <p>Confined to one thread. What is not set has the default named at the setter.
 */
public final class DatagramServerBuilder {
    private static final Protocol NO_STREAMS =
            connection -> {
                throw new IllegalStateException("nothing is accepted here");
            };

    private final DatagramProtocol protocol;
    private final List<Address> addresses = new ArrayList<>();
    private Engine engine = Engine.AUTO;
    private Trigger trigger = Trigger.LEVEL;
    private ServerSettings settings = ServerSettings.DEFAULT;
    private Syscalls syscalls = Syscalls.get();

    DatagramServerBuilder(DatagramProtocol protocol) {
        this.protocol = Objects.requireNonNull(protocol);
    }

    /** Adds an address to receive at; at least one. Port 0 lets the kernel choose. */
    public DatagramServerBuilder listen(Address address) {
        addresses.add(address);
        return this;
    }

    /**
     * What the loop waits with; {@link Engine#AUTO} by default. An explicit choice never changes.
     */
    public DatagramServerBuilder engine(Engine engine) {
        this.engine = engine;
        return this;
    }

    /** When descriptors are reported; {@link Trigger#LEVEL} by default. */
    public DatagramServerBuilder trigger(Trigger trigger) {
        this.trigger = trigger;
        return this;
    }

    /**
     * Sizes and socket options; {@link ServerSettings#DEFAULT} by default. {@link
     * ServerSettings#bufferBytes} is the longest datagram that is received whole; what is about
     * connections has no effect.
     */
    public DatagramServerBuilder settings(ServerSettings settings) {
        this.settings = settings;
        return this;
    }

    /** The way to the kernel; {@link Syscalls#get} by default. Tests inject faults here. */
    public DatagramServerBuilder syscalls(Syscalls syscalls) {
        this.syscalls = syscalls;
        return this;
    }

    /**
     * Binds and starts.
     *
     * @throws dev.ringfork.bindings.SyscallException if an address cannot be had: the message names
     *     call, errno and address
     * @throws IllegalStateException if the engine cannot watch a socket, or the kernel refuses a
     *     socket option: the message says why and what helps
     * @throws IllegalArgumentException if the choices cannot work together or not on this system:
     *     the message says why and what to choose instead
     */
    public Server start() {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address to receive at: call listen(address)");
        }
        for (Address address : addresses) {
            if (!(address instanceof Address.Inet4 || address instanceof Address.Inet6)) {
                throw new IllegalArgumentException(
                        "datagrams are received at an address and a port, not at " + address);
            }
        }
        settings.socketOptions().checkDatagrams(addresses);
        EngineChoice choice = EngineChoice.of(engine, trigger, syscalls);
        ServerPlan plan = new ServerPlan(NO_STREAMS, List.of(), choice, settings, syscalls);
        LoopThread loop =
                LoopThread.open(plan, "ringfork-datagrams", settings.stallThreshold().toNanos());
        List<UdpEndpoint> endpoints = new ArrayList<>();
        loop.role(new Receiving(endpoints));
        loop.guests(null);
        try {
            for (Address address : addresses) {
                endpoints.add(UdpEndpoint.open(loop.loop, address, protocol));
            }
            List<Address> bound = endpoints.stream().map(UdpEndpoint::localAddress).toList();
            Server server = new ReactorServer(loop, bound, "datagrams, " + choice.description());
            loop.start();
            return server;
        } catch (RuntimeException e) {
            loop.abandon();
            throw e;
        }
    }

    /** What the loop does: its sockets are no connections. */
    private record Receiving(List<UdpEndpoint> endpoints) implements LoopThread.Role {
        @Override
        public void drains(Duration atMost) {
            endpoints.forEach(UdpEndpoint::drain);
        }

        @Override
        public boolean turned() {
            // By index: this is done in every turn, and an iterator is garbage.
            for (int i = 0; i < endpoints.size(); i++) {
                if (!endpoints.get(i).closed()) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void drainEnds() {
            endpoints.forEach(UdpEndpoint::cut);
        }

        @Override
        public void stopped() {
            endpoints.forEach(UdpEndpoint::abort);
        }
    }
}

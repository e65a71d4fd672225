// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.proxy;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * Opens a connection to another server for each client, and hands everything on in both directions:
 * bytes, the end of one direction, a reset. Who does not read in time slows down who sends.
 * Immutable.
 */
public final class ProxyProtocol implements Protocol {
    private final Address server;
    private final Duration connectTimeout;
    private final long idleTimeoutNs;
    private final IntConsumer unreachable;

    /**
     * Hands clients on to one server.
     *
     * @param connectTimeout how long the server may take to accept
     * @param idleTimeout after this time without a byte in either direction both are closed; zero:
     *     never
     * @param unreachable is told the errno of every connection that did not come about; called on
     *     the loops' threads
     */
    public ProxyProtocol(
            Address server,
            Duration connectTimeout,
            Duration idleTimeout,
            IntConsumer unreachable) {
        this.server = server;
        this.connectTimeout = connectTimeout;
        this.idleTimeoutNs = idleTimeout.toNanos();
        this.unreachable = unreachable;
    }

    @Override
    public Session open(Connection client) {
        Side near = new Side(client, client);
        boolean begun =
                client.connect(
                        server,
                        connectTimeout,
                        connection -> {
                            near.other = connection;
                            return new ServerSide(connection, client);
                        });
        if (!begun) {
            client.abort();
        }
        client.expireAfter(idleTimeoutNs);
        return near;
    }

    /** What one side says goes to the other. */
    private class Side implements Session {
        private final Connection client;
        private final Connection own;
        Connection other;

        Side(Connection own, Connection client) {
            this.own = own;
            this.client = client;
            // On the near side only until the far one is there, which is before anybody speaks.
            this.other = client;
        }

        @Override
        public void received(Buffer in) {
            // What does not fit stays, and comes again with resume.
            if (!other.write(in) || other.congested()) {
                own.pause();
            }
            client.expireAfter(idleTimeoutNs);
        }

        /** What was queued for this side is sent: the other may go on. */
        @Override
        public void writable(Connection connection) {
            other.resume();
        }

        /** This side has said all: so the other hears the end, behind what is queued for it. */
        @Override
        public void endOfInput(Connection connection) {
            other.shutdownOutput();
        }

        /** Nobody here knows where what is said ends: it may go on until the time is over. */
        @Override
        public void draining(Connection connection) {}

        @Override
        public void closed(Connection connection, int errno) {
            if (errno == 0) {
                other.close();
            } else if (!other.closing()) {
                // An end would look like the end of what was said: a reset goes on as a reset.
                SocketOption.SO_LINGER.set(Syscalls.get().sockets(), other.fd(), 0);
                other.abort();
            }
        }
    }

    /** The side that has to be connected first. */
    private final class ServerSide extends Side {
        private boolean connected;

        ServerSide(Connection own, Connection client) {
            super(own, client);
        }

        @Override
        public void connected(Connection connection) {
            connected = true;
        }

        @Override
        public void closed(Connection connection, int errno) {
            if (!connected && errno != 0) {
                unreachable.accept(errno);
            }
            super.closed(connection, errno);
        }
    }
}

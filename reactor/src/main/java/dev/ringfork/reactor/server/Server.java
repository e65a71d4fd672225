// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.DatagramProtocol;
import dev.ringfork.reactor.protocol.Protocol;
import java.time.Duration;
import java.util.List;

/**
 * A running server, whatever its architecture.
 *
 * <p>Safe for use by many threads.
 *
 * <pre>{@code
 * try (Server server = Server.builder(connection -> connection::write)
 *         .listen(Address.parse("127.0.0.1:7000"))
 *         .start()) {
 *     server.awaitStop();
 * }
 * }</pre>
 */
public interface Server extends AutoCloseable {

    /** Begins the description of a server for a protocol. */
    static ServerBuilder builder(Protocol protocol) {
        return new ServerBuilder(protocol);
    }

    /** Begins the description of a server of datagrams. */
    static DatagramServerBuilder datagrams(DatagramProtocol protocol) {
        return new DatagramServerBuilder(protocol);
    }

    /** The addresses it listens on, with the ports that the kernel chose for port 0. */
    List<Address> addresses();

    /** What it runs on, in one line: {@code reactor, epoll, level}. */
    String description();

    /** What it has counted so far. */
    ServerStatistics statistics();

    /**
     * Stops accepting, lets every session finish what it has begun, then ends. Returns at once;
     * {@link #awaitStop} waits. What is not finished after the time is cut and counted.
     */
    void drain(Duration atMost);

    /** Ends at once: connections are closed, what is queued is lost. Returns when all has ended. */
    void stop();

    /**
     * Waits until the server has ended, by {@link #drain}, {@link #stop} or a failure.
     *
     * @throws IllegalStateException if it ended by a failure, which is the cause
     */
    void awaitStop() throws InterruptedException;

    /** Does what {@link #stop} does. */
    @Override
    default void close() {
        stop();
    }
}

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
     * Serves a connection that was accepted elsewhere, by another process for instance, as if it
     * had been accepted here: it counts, and beyond {@link ServerSettings#maxConnections} it is
     * closed. It becomes close-on-exec and non-blocking, the latter for whoever else has the socket
     * too; it has the options that its own listener gave it. Returns at once.
     *
     * @param fd a connected socket of a stream; of packets only if the server listens for such
     * @return whether the server takes over the descriptor; false when it has ended, or when its
     *     queue of what other threads ask is full, and then trying again later may help
     * @throws dev.ringfork.bindings.SyscallException if this process has no such descriptor
     * @throws IllegalStateException if this is a server of datagrams
     */
    boolean adopt(int fd);

    /**
     * Accepts no more from its listeners, which stay open: who comes waits in the backlog, or is
     * accepted by another process that shares the listener. Open connections are served on, and
     * {@link #adopt} goes on too. Returns at once; a connection that is just being accepted is
     * served. Without effect on datagrams.
     */
    void pause();

    /** Accepts again after a {@link #pause}. Returns at once. */
    void resume();

    /**
     * Runs a task on the thread of each loop, soon; one that does not turn, because a session
     * blocks it, does not come to it. Where connections have threads of their own, it is the loop
     * that accepts. Returns at once.
     *
     * @return how many loops will run it; those that have ended do not
     */
    int onEachLoop(Runnable task);

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

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has of its loop and of its socket, whatever state it is in.
 *
 * <p>Confined to the loop's thread, {@link #execute} aside.
 */
abstract class LoopConnection implements Connection {
    final Loop loop;

    /** Negative if none could be had: {@code -errno}. */
    final int fd;

    final SocketNames names;

    /**
     * Of a loop, with a socket of its own.
     *
     * @param remote the peer's address where it is known
     */
    LoopConnection(Loop loop, int fd, @Nullable Address remote) {
        this.loop = loop;
        this.fd = fd;
        this.names = new SocketNames(loop.sockets, fd, remote);
    }

    @Override
    public final boolean connect(Address address, Duration timeout, Protocol protocol) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a time-out of " + timeout + " to connect");
        }
        if (closed() || loop.ending) {
            return false;
        }
        StreamConnection.connect(loop, address, timeout.toNanos(), protocol);
        return true;
    }

    /** Whether it has ended. */
    abstract boolean closed();

    @Override
    public final int bufferBytes() {
        return loop.pool.slotBytes();
    }

    @Override
    public final boolean execute(Runnable task) {
        return loop.reactor.execute(task);
    }

    @Override
    public final long nowNs() {
        return loop.reactor.nowNs();
    }

    @Override
    public final Address remoteAddress() {
        return names.remote();
    }

    @Override
    public final Address localAddress() {
        return names.local();
    }

    @Override
    public final int fd() {
        return fd;
    }
}

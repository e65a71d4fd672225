// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Sockets;
import org.jspecify.annotations.Nullable;

/**
 * A connection's two addresses, asked of the kernel when first wanted and kept beyond its end.
 *
 * <p>Confined to the loop's thread.
 */
final class SocketNames {
    private final Sockets sockets;
    private int fd;
    private @Nullable Address remote;
    private @Nullable Address local;

    /**
     * Asks about a socket.
     *
     * @param remote the peer's address where it is known, as the one that was connected to is
     */
    SocketNames(Sockets sockets, int fd, @Nullable Address remote) {
        this.sockets = sockets;
        this.fd = fd;
        this.remote = remote;
    }

    Address remote() {
        if (remote == null) {
            remote = SocketQueries.peer(sockets, fd);
        }
        return remote;
    }

    Address local() {
        if (local == null) {
            local = SocketQueries.own(sockets, fd);
        }
        return local;
    }

    /** The descriptor is closed: from now on its number may be another's. */
    void closed() {
        fd = -1;
    }
}

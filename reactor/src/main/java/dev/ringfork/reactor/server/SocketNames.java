// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Sockets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection's two addresses, asked of the kernel when first wanted and kept beyond its end.
 *
 * <p>Confined to the loop's thread.
 */
final class SocketNames {
    private final Sockets sockets;
    private final List<ListenAddress> listening;
    private int fd;
    private @Nullable Address remote;
    private @Nullable Address local;

    /**
     * Asks about a socket.
     *
     * @param listening where its server listens
     * @param remote the peer's address where it is known, as the one that was connected to is
     */
    SocketNames(Sockets sockets, List<ListenAddress> listening, int fd, @Nullable Address remote) {
        this.sockets = sockets;
        this.listening = listening;
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
            local = ListenAddress.published(SocketQueries.own(sockets, fd), listening);
        }
        return local;
    }

    /** The descriptor is closed: from now on its number may be another's. */
    void closed() {
        fd = -1;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A bound, listening socket: non-blocking, close-on-exec, and for a unix path its owner too.
 *
 * <p>Immutable but for {@link #close}. Owns its descriptor.
 */
final class Listener implements AutoCloseable {
    private final Syscalls syscalls;
    private final int fd;
    private final Address address;
    private final @Nullable UnixPath path;
    private boolean closed;

    private Listener(Syscalls syscalls, int fd, Address address, @Nullable UnixPath path) {
        this.syscalls = syscalls;
        this.fd = fd;
        this.address = address;
        this.path = path;
    }

    /**
     * Binds and listens.
     *
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     */
    static Listener open(Syscalls syscalls, Address address, int backlog) {
        Sockets sockets = syscalls.sockets();
        int fd = sockets.socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        Errno.check("socket", fd, address);
        try {
            setOptions(sockets, fd, address);
            if (address instanceof Address.Unix unix) {
                return new Listener(syscalls, fd, address, listen(syscalls, fd, unix, backlog));
            }
            bind(sockets, fd, address, address);
            Errno.check("listen", sockets.listen(fd, backlog), address);
            return new Listener(syscalls, fd, SocketQueries.own(sockets, fd), null);
        } catch (RuntimeException e) {
            syscalls.descriptors().close(fd);
            throw e;
        }
    }

    private static UnixPath listen(Syscalls syscalls, int fd, Address.Unix address, int backlog) {
        UnixPath path = UnixPath.claim(syscalls, address);
        bind(syscalls.sockets(), fd, path.bound(), address);
        try {
            Errno.check("listen", syscalls.sockets().listen(fd, backlog), address);
            path.publish();
            return path;
        } catch (RuntimeException e) {
            path.abandon();
            throw e;
        }
    }

    private static void bind(Sockets sockets, int fd, Address bound, Address asked) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(Address.BYTES_MAX, 8);
            int length = bound.encode(name);
            Errno.check("bind", sockets.bind(fd, name, length), asked);
        }
    }

    private static void setOptions(Sockets sockets, int fd, Address address) {
        if (address instanceof Address.Inet4 || address instanceof Address.Inet6) {
            // Connections in TIME_WAIT must not keep a restarted server from its port.
            Errno.check("SO_REUSEADDR", SocketOption.SO_REUSEADDR.set(sockets, fd, true), address);
            // Accepted sockets inherit it: one call a listener instead of one a connection.
            Errno.check("TCP_NODELAY", SocketOption.TCP_NODELAY.set(sockets, fd, true), address);
        }
        if (address instanceof Address.Inet6) {
            // The same meaning on every system: listen on 0.0.0.0 too for IPv4.
            Errno.check("IPV6_V6ONLY", SocketOption.IPV6_V6ONLY.set(sockets, fd, true), address);
        }
    }

    int fd() {
        return fd;
    }

    /** The address with the port that the kernel chose. */
    Address address() {
        return address;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            syscalls.descriptors().close(fd);
            if (path != null) {
                path.unlink();
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.Fcntl.F_DUPFD_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Waiting;

/**
 * The master's part of a listener: it has bound it, hands out copies, and may accept itself.
 *
 * <p>Confined to one thread, but for {@link #accept}. Owns its own descriptor.
 */
final class BoundElsewhere implements AutoCloseable {
    private final Syscalls syscalls = Syscalls.get();
    private final Listener listener;

    BoundElsewhere(Address address) {
        listener =
                Listener.open(
                        syscalls, new ListenAddress(address, false), ServerSettings.DEFAULT, 1);
    }

    Address address() {
        return listener.address();
    }

    /** Another descriptor of the same socket, as a worker inherits. */
    InheritedListener copy() {
        int copy = syscalls.descriptors().fcntl(listener.fd(), F_DUPFD_CLOEXEC, 0);
        return InheritedListener.of(Errno.check("fcntl", copy, address())).named(address());
    }

    /** The next connection: a blocking descriptor, as some masters hand over. */
    int accept() {
        int[] fd = {-1};
        Waiting.until(() -> (fd[0] = tryAccept()) >= 0, "a connection in the queue");
        return fd[0];
    }

    /** The next connection, or {@code -EAGAIN}. */
    int tryAccept() {
        return syscalls.sockets().accept4(listener.fd(), 0, 0, SOCK_CLOEXEC);
    }

    /** Accepts the next connection and has it served, while the caller connects. */
    Thread passNextTo(Server server) {
        return Thread.startVirtualThread(() -> {
            int fd = accept();
            if (!server.adopt(fd)) {
                syscalls.descriptors().close(fd);
            }
        });
    }

    @Override
    public void close() {
        listener.close();
    }
}

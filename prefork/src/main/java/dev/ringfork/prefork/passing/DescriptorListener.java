// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A listening Unix socket whose connections pass descriptors, open to this user alone.
 *
 * <p>Confined to one thread at a time. It owns the socket and its path.
 */
public final class DescriptorListener implements AutoCloseable {
    private static final int BACKLOG = 128;

    private final Syscalls syscalls;
    private final Framing framing;
    private final Path path;
    private final int fd;
    private boolean closed;

    private DescriptorListener(Syscalls syscalls, Framing framing, Path path, int fd) {
        this.syscalls = syscalls;
        this.framing = framing;
        this.path = path;
        this.fd = fd;
    }

    /**
     * Binds and listens. Nobody can connect before the path has the mode 0600: the socket listens
     * only then.
     *
     * @param path a name that nothing has; keep it in a directory of mode 0700
     * @throws dev.ringfork.bindings.SyscallException {@code EADDRINUSE} if something has the name
     * @throws UnsupportedOperationException on macOS with {@link Framing#SOCKET}
     */
    public static DescriptorListener listen(Path path, Framing framing) {
        Syscalls syscalls = Syscalls.get();
        Address address = new Address.Unix(path.toString());
        int type =
                framing.connectionType()
                        | SocketConstants.SOCK_CLOEXEC
                        | SocketConstants.SOCK_NONBLOCK;
        int made = syscalls.sockets().socket(address.family(), type, 0);
        PassedDescriptor socket = PassedDescriptor.own(Errno.check("socket", made, address));
        try (socket;
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Address.BYTES_MAX, Long.BYTES);
            int bound = syscalls.sockets().bind(socket.fd(), memory, address.encode(memory));
            Errno.check("bind", bound, address);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            Errno.check("listen", syscalls.sockets().listen(socket.fd(), BACKLOG), address);
            return new DescriptorListener(syscalls, framing, path, socket.take());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The socket, for a loop to watch; it stays this object's. */
    public int fd() {
        return fd;
    }

    /** The next connection, or null when the time is over. */
    public @Nullable DescriptorSocket accept(Duration timeout) {
        Deadline deadline = new Deadline(timeout);
        while (true) {
            int accepted = syscalls.sockets().accept4(fd, 0, 0, SocketConstants.SOCK_CLOEXEC);
            if (accepted >= 0) {
                return DescriptorSocket.adopt(accepted, framing);
            }
            if (accepted == -Errno.EAGAIN) {
                if (!deadline.await(syscalls.polling(), fd, PollConstants.POLLIN)) {
                    return null;
                }
            } else if (accepted != -Errno.EINTR && accepted != -Errno.ECONNABORTED) {
                Errno.check("accept4", accepted, path);
            }
        }
    }

    /** Closes the socket and removes its path. Connections stay. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        syscalls.descriptors().close(fd);
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file name of a listening unix socket.
 *
 * <p>The socket is bound under a name of its own and renamed once it listens: a stale name left by
 * a crash is replaced without a moment at which clients are refused, and two servers that start at
 * once do not undo each other. The name is removed only while it is still this socket's.
 *
 * <p>Confined to one thread.
 */
final class UnixPath {
    // The type bits of st_mode, inode(7), the same on every platform.
    private static final int FILE_TYPE = 0xf000;
    private static final int SOCKET_TYPE = 0xc000;

    private final Path path;
    private final Path bound;
    private @Nullable Object fileKey;

    private UnixPath(Path path, Path bound) {
        this.path = path;
        this.bound = bound;
    }

    /**
     * Finds a name to bind to.
     *
     * @throws SyscallException with {@code EADDRINUSE} if a server answers at the path, or
     *     something other than a socket is there
     */
    static UnixPath claim(Syscalls syscalls, Address.Unix address) {
        Path path = Path.of(address.path());
        if (attributes(path) != null && (!isSocket(path) || answers(syscalls, address))) {
            throw new SyscallException("bind", Errno.EADDRINUSE, address);
        }
        return new UnixPath(path, Path.of(interim(address).path()));
    }

    /** Finds a name to bind to, whoever answers at the path: he gives it away. */
    static UnixPath inPlace(Address.Unix address) {
        return new UnixPath(Path.of(address.path()), Path.of(interim(address).path()));
    }

    /** The name of a socket that another process has bound, and whose removal is left to this. */
    static UnixPath adopt(Address.Unix address) {
        UnixPath adopted = inPlace(address);
        adopted.recognize();
        return adopted;
    }

    /** The name that the socket of an address is bound under; short, since paths are bounded. */
    static Address.Unix interim(Address.Unix address) {
        // Of this process and this path alone.
        int own = 31 * (int) ProcessHandle.current().pid() + address.path().hashCode();
        String name = "." + Integer.toUnsignedString(own, Character.MAX_RADIX);
        return new Address.Unix(Path.of(address.path()).resolveSibling(name).toString());
    }

    private static boolean isSocket(Path path) {
        try {
            Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return ((Integer) mode & FILE_TYPE) == SOCKET_TYPE;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean answers(Syscalls syscalls, Address.Unix address) {
        // Non-blocking: a server whose queue is full would hold a blocking connect.
        int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
        int fd = syscalls.sockets().socket(address.family(), type, 0);
        Errno.check("socket", fd, address);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(Address.BYTES_MAX, 8);
            int length = address.encode(name);
            return syscalls.sockets().connect(fd, name, length) != -Errno.ECONNREFUSED;
        } finally {
            syscalls.descriptors().close(fd);
        }
    }

    /** The address to bind to. */
    Address.Unix bound() {
        return new Address.Unix(bound.toString());
    }

    /** Gives the listening socket its real name. */
    void publish() {
        try {
            Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot name the socket " + path, e);
        }
        recognize();
    }

    private void recognize() {
        BasicFileAttributes now = attributes(path);
        fileKey = now == null ? null : now.fileKey();
    }

    /** Leaves the name to another process that has the socket, too. */
    void leave() {
        fileKey = null;
    }

    /** Removes the name it was bound to, when it does not come to listening. */
    void abandon() {
        delete(bound);
    }

    /** Whether the name is still this socket's. */
    boolean inPlace() {
        BasicFileAttributes now = attributes(path);
        return now != null && fileKey != null && Objects.equals(now.fileKey(), fileKey);
    }

    /** Removes the name, unless another server has taken it. */
    void unlink() {
        if (inPlace()) {
            delete(path);
        }
    }

    private static void delete(Path name) {
        try {
            Files.deleteIfExists(name);
        } catch (IOException e) {
            // It stays behind as a stale name, which the next server replaces.
            return;
        }
    }

    private static @Nullable BasicFileAttributes attributes(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return null;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One end of the socket pair between the master and a worker: orders go one way, notices the other,
 * each a packet of one byte.
 *
 * <p>Confined to its loop's thread; owns its descriptor, which is non-blocking and close-on-exec.
 * Of type {@code SOCK_SEQPACKET}, and of datagrams on macOS, which lacks that for unix(7).
 */
public final class Channel implements AutoCloseable {
    /** Packets, in both directions. */
    static final int TYPE =
            Platform.current().linux()
                    ? SocketConstants.SOCK_SEQPACKET
                    : SocketConstants.SOCK_DGRAM;

    private final Syscalls syscalls;
    private final int fd;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment packet = arena.allocate(1);
    private boolean closed;

    private Channel(Syscalls syscalls, int fd) {
        this.syscalls = syscalls;
        this.fd = fd;
    }

    /**
     * Both ends.
     *
     * @param here the master's
     * @param there the worker's descriptor, which is the caller's to hand over and to close
     */
    public record Pair(Channel here, int there) {}

    /**
     * Makes a pair.
     *
     * @throws dev.ringfork.bindings.SyscallException if there are no descriptors for it
     */
    public static Pair open(Syscalls syscalls) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment fds = call.allocate(JAVA_INT, 2);
            int type = TYPE | SocketConstants.SOCK_CLOEXEC | SocketConstants.SOCK_NONBLOCK;
            int result = syscalls.sockets().socketpair(SocketConstants.AF_UNIX, type, 0, fds);
            Errno.check("socketpair", result, "a worker's channel");
            return new Pair(
                    new Channel(syscalls, fds.getAtIndex(JAVA_INT, 0)),
                    fds.getAtIndex(JAVA_INT, 1));
        }
    }

    /**
     * Takes over the end that a worker was handed, and keeps it from the programs that the worker
     * starts. Called on the thread that uses it.
     *
     * @throws dev.ringfork.bindings.SyscallException if there is no such descriptor
     */
    public static Channel adopt(Syscalls syscalls, int fd) {
        int result = syscalls.descriptors().fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        Errno.check("fcntl", result, "the channel to the master");
        return new Channel(syscalls, fd);
    }

    /** Whether a descriptor may be the end of a channel. */
    public static boolean isChannel(Syscalls syscalls, int fd) {
        try {
            return SocketOption.SO_TYPE.get(syscalls.sockets(), fd) == TYPE;
        } catch (SyscallException e) {
            return false;
        }
    }

    /**
     * Whether a process was handed a channel by its master. A program that it starts inherits the
     * variables and not the descriptors; when its master has died it has another parent, and the
     * descriptors none the less.
     */
    static boolean isHandedOver(Syscalls syscalls, int fd, int masterPid) {
        return syscalls.processes().getppid() == masterPid || isChannel(syscalls, fd);
    }

    /** The descriptor, to be watched for reading. */
    public int fd() {
        return fd;
    }

    /** Sends an order; {@code -EAGAIN} if the worker reads none, {@code -EPIPE} if it is gone. */
    public int send(Order order) {
        return send(order.code());
    }

    /** Sends a notice; {@code -EPIPE} if the master is gone. */
    public int send(Notice notice) {
        return send(notice.code());
    }

    private int send(byte code) {
        packet.set(JAVA_BYTE, 0, code);
        long result;
        do {
            result = syscalls.sockets().send(fd, packet.address(), 1, SocketConstants.MSG_NOSIGNAL);
        } while (result == -Errno.EINTR);
        return (int) result;
    }

    /**
     * Receives a packet, which {@link #order} or {@link #notice} tells the meaning of.
     *
     * @return its code, 0 when the other side is gone, or {@code -EAGAIN}, {@code -ECONNRESET}
     */
    public int receive() {
        long result;
        do {
            result = syscalls.sockets().recv(fd, packet.address(), 1, 0);
        } while (result == -Errno.EINTR);
        return result == 1 ? packet.get(JAVA_BYTE, 0) : (int) result;
    }

    /** The order with a code, or null for what a newer master may say. */
    public static @Nullable Order order(int code) {
        for (Order order : Order.values()) {
            if (order.code() == code) {
                return order;
            }
        }
        return null;
    }

    /** The notice with a code, or null for what a newer worker may say. */
    public static @Nullable Notice notice(int code) {
        for (Notice notice : Notice.values()) {
            if (notice.code() == code) {
                return notice;
            }
        }
        return null;
    }

    /** Closes it but for the descriptor, which is the caller's from here on. */
    public int release() {
        closed = true;
        arena.close();
        return fd;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            syscalls.descriptors().close(fd);
            arena.close();
        }
    }
}

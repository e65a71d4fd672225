// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Einhorn's acknowledgement: with {@code --ack-mode manual} it takes a process for one that serves
 * when that has written a line to the command socket. Immutable.
 */
final class EinhornAck {
    private static final String PATH = "EINHORN_SOCK_PATH";

    private final @Nullable Address socket;

    private EinhornAck(@Nullable Address socket) {
        this.socket = socket;
    }

    /** The command socket that an environment names for a child of this process's parent. */
    static EinhornAck of(Map<String, String> environment, int parent) {
        String path = environment.getOrDefault(PATH, "");
        String master = environment.get(HandedOver.EINHORN);
        boolean own = master != null && master.equals(Integer.toString(parent));
        return new EinhornAck(own && path.startsWith("/") ? new Address.Unix(path) : null);
    }

    boolean wanted() {
        return socket != null;
    }

    /**
     * Acknowledges this process. Blocks while the queue of the command socket is full.
     *
     * @throws dev.ringfork.bindings.SyscallException if the socket cannot be had
     */
    void send() {
        if (socket == null) {
            return;
        }
        Syscalls syscalls = Syscalls.get();
        int type = SocketConstants.SOCK_STREAM | SocketConstants.SOCK_CLOEXEC;
        int fd = syscalls.sockets().socket(SocketConstants.AF_UNIX, type, 0);
        Errno.check("socket", fd, socket);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(Address.BYTES_MAX, Long.BYTES);
            int length = socket.encode(address);
            Errno.check("connect", syscalls.sockets().connect(fd, address, length), socket);
            int pid = syscalls.processes().getpid();
            byte[] text =
                    "{\"command\":\"worker:ack\", \"pid\":%d}\n"
                            .formatted(pid)
                            .getBytes(StandardCharsets.US_ASCII);
            MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, text);
            // So short a line goes whole: the queue of a new connection is empty.
            long sent =
                    syscalls.sockets()
                            .send(fd, bytes.address(), text.length, SocketConstants.MSG_NOSIGNAL);
            Errno.check("send", sent, socket);
        } finally {
            syscalls.descriptors().close(fd);
        }
    }
}

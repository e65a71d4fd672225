// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SocketSetting;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sockets that connect instead of being accepted. */
final class Outgoing {
    private Outgoing() {}

    /**
     * Makes a socket that connects without blocking. It is there when it can be written to and has
     * no error pending, connect(2).
     *
     * @return the descriptor, or {@code -errno} if it has failed already: then nothing is open
     */
    static int connect(Loop loop, Address address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(Address.BYTES_MAX, 8);
            int length = address.encode(name);
            int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
            int fd = loop.sockets.socket(address.family(), type, 0);
            if (fd < 0) {
                loop.reports.report(
                        "connections to other servers fail, no socket can be had (%s): raise ulimit -n or lower --max-connections"
                                .formatted(Errno.name(-fd)),
                        loop.reactor.nowNs());
                return fd;
            }
            for (SocketSetting<?> setting : loop.settings.socketOptions().outgoing(address)) {
                // It connects without an option that the kernel refuses, too.
                setting.set(loop.sockets, fd);
            }
            int result = loop.sockets.connect(fd, name, length);
            // Interrupted it goes on all the same; called again it would fail.
            if (result < 0 && result != -Errno.EINPROGRESS && result != -Errno.EINTR) {
                loop.descriptors.close(fd);
                return result;
            }
            return fd;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What a socket is asked about itself. Safe for use by many threads. */
final class SocketQueries {
    private SocketQueries() {}

    /** The address it is bound to; unnamed if there is none. */
    static Address own(Sockets sockets, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(Address.BYTES_MAX, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
            return decode(sockets.getsockname(fd, address, length), address, length);
        }
    }

    /** The address it is connected to; unnamed if the peer has gone. */
    static Address peer(Sockets sockets, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(Address.BYTES_MAX, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
            return decode(sockets.getpeername(fd, address, length), address, length);
        }
    }

    private static Address decode(int result, MemorySegment address, MemorySegment length) {
        return result < 0
                ? new Address.Unnamed()
                : Address.decode(address, length.get(JAVA_INT, 0));
    }

    /** The error that is pending on it, as a positive errno, or 0. */
    static int pendingError(Sockets sockets, int fd) {
        return SocketOption.SO_ERROR.get(sockets, fd);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Descriptors of every kind, as a supervisor might hand them over; closes them. */
final class Handed implements AutoCloseable {
    private final Syscalls syscalls = Syscalls.get();
    private final List<Integer> open = new ArrayList<>();

    private int opened(int fd) {
        open.add(Errno.check("open", fd, null));
        return fd;
    }

    /** A socket that is bound, without close-on-exec as a child would get it. */
    int bound(Address address, int type) {
        int fd = opened(syscalls.sockets().socket(address.family(), type, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Address.BYTES_MAX, Long.BYTES);
            int length = address.encode(memory);
            Errno.check("bind", syscalls.sockets().bind(fd, memory, length), address);
        }
        return fd;
    }

    int listener(Address address, int type) {
        int fd = bound(address, type);
        Errno.check("listen", syscalls.sockets().listen(fd, 1), address);
        return fd;
    }

    int connection() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(JAVA_INT, 2);
            int type = SocketConstants.SOCK_STREAM;
            syscalls.sockets().socketpair(SocketConstants.AF_UNIX, type, 0, fds);
            opened(fds.getAtIndex(JAVA_INT, 1));
            return opened(fds.getAtIndex(JAVA_INT, 0));
        }
    }

    int pipe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(JAVA_INT, 2);
            syscalls.descriptors().pipe2(fds, 0);
            opened(fds.getAtIndex(JAVA_INT, 1));
            return opened(fds.getAtIndex(JAVA_INT, 0));
        }
    }

    @Override
    public void close() {
        open.forEach(syscalls.descriptors()::close);
    }
}

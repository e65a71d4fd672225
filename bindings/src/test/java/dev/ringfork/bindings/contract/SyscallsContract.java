// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;

/**
 * What every provider has to keep, family by family: a provider runs them all by a subclass each
 * that names it. Here is what the families' tests share: memory, and descriptors that are closed
 * afterwards.
 */
public abstract class SyscallsContract {

    static final int DEADLINE_MS = 10_000;
    static final int POLLFD_BYTES = 8;

    /** Memory until the end of the test. */
    protected final Arena arena = Arena.ofShared();

    private final Deque<Integer> open = new ArrayDeque<>();

    /** The provider to test. */
    protected abstract Syscalls syscalls();

    @AfterEach
    void closeWhatIsOpen() {
        while (!open.isEmpty()) {
            syscalls().descriptors().close(open.pop());
        }
        arena.close();
    }

    /** A descriptor that a call returned, closed after the test. */
    protected final int opened(int fd) {
        if (fd < 0) {
            fail("no descriptor but " + Errno.name(-fd));
        }
        open.push(fd);
        return fd;
    }

    /** Closes a descriptor before the test ends. */
    protected final void closeNow(int fd) {
        assertTrue(open.remove(fd), "descriptor " + fd + " is not one of the test's");
        assertOk(syscalls().descriptors().close(fd));
    }

    protected static void assertOk(long result) {
        if (result < 0) {
            fail("failed with " + Errno.name((int) -result));
        }
    }

    protected static void assertErrno(int errno, long result) {
        if (result != -errno) {
            String got = result < 0 ? Errno.name((int) -result) : Long.toString(result);
            fail("expected %s, got %s".formatted(Errno.name(errno), got));
        }
    }

    protected final int[] pipe(int flags) {
        MemorySegment fds = arena.allocate(JAVA_INT, 2);
        assertOk(syscalls().descriptors().pipe2(fds, flags | Fcntl.O_CLOEXEC));
        return openedPair(fds);
    }

    protected final int[] socketpair(int type) {
        MemorySegment fds = arena.allocate(JAVA_INT, 2);
        int flags = type | SocketConstants.SOCK_CLOEXEC;
        assertOk(syscalls().sockets().socketpair(SocketConstants.AF_UNIX, flags, 0, fds));
        return openedPair(fds);
    }

    private int[] openedPair(MemorySegment fds) {
        return new int[] {opened(fds.getAtIndex(JAVA_INT, 0)), opened(fds.getAtIndex(JAVA_INT, 1))};
    }

    protected final int socket(int domain, int type) {
        return opened(syscalls().sockets().socket(domain, type | SocketConstants.SOCK_CLOEXEC, 0));
    }

    /** A listener on a free port of the loopback. */
    protected final int listener(int flags) {
        return listener(Address.parse("127.0.0.1:0"), flags);
    }

    protected final int listener(Address address, int flags) {
        int fd = socket(address.family(), SocketConstants.SOCK_STREAM | flags);
        assertOk(bind(fd, address));
        assertOk(syscalls().sockets().listen(fd, 16));
        return fd;
    }

    /** A connected pair of TCP sockets: the client's and the accepted one. */
    protected final int[] connection(int listener) {
        Address address = nameOf(listener);
        int client = socket(address.family(), SocketConstants.SOCK_STREAM);
        assertOk(connect(client, address));
        int flags = SocketConstants.SOCK_CLOEXEC;
        return new int[] {client, opened(syscalls().sockets().accept4(listener, 0, 0, flags))};
    }

    protected final int bind(int fd, Address address) {
        MemorySegment memory = arena.allocate(Address.BYTES_MAX, Long.BYTES);
        return syscalls().sockets().bind(fd, memory, address.encode(memory));
    }

    protected final int connect(int fd, Address address) {
        MemorySegment memory = arena.allocate(Address.BYTES_MAX, Long.BYTES);
        return syscalls().sockets().connect(fd, memory, address.encode(memory));
    }

    protected final Address nameOf(int fd) {
        MemorySegment memory = arena.allocate(Address.BYTES_MAX, Long.BYTES);
        MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
        assertOk(syscalls().sockets().getsockname(fd, memory, length));
        return Address.decode(memory, length.get(JAVA_INT, 0));
    }

    protected final MemorySegment bytes(String text) {
        return arena.allocateFrom(JAVA_BYTE, text.getBytes(StandardCharsets.US_ASCII));
    }

    protected final MemorySegment bytes(int count) {
        return arena.allocate(count, Long.BYTES);
    }

    protected static String text(MemorySegment bytes, long count) {
        return new String(bytes.asSlice(0, count).toArray(JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    protected final void write(int fd, String text) {
        MemorySegment bytes = bytes(text);
        assertEquals(
                text.length(), syscalls().descriptors().write(fd, bytes.address(), text.length()));
    }

    protected final String read(int fd) {
        MemorySegment bytes = bytes(64);
        long count = syscalls().descriptors().read(fd, bytes.address(), 64);
        assertOk(count);
        return text(bytes, count);
    }

    /** Waits until a descriptor has events, and fails at the deadline. */
    protected final int awaitEvents(int fd, int events) {
        MemorySegment pollfd = bytes(POLLFD_BYTES);
        pollfd.setAtIndex(JAVA_INT, 0, fd);
        pollfd.setAtIndex(JAVA_INT, 1, events);
        assertEquals(1, syscalls().polling().poll(pollfd.address(), 1, DEADLINE_MS));
        return pollfd.getAtIndex(JAVA_INT, 1) >>> Short.SIZE;
    }

    protected final void awaitReadable(int fd) {
        awaitEvents(fd, PollConstants.POLLIN);
    }

    protected final boolean cloexec(int fd) {
        int flags = syscalls().descriptors().fcntl(fd, Fcntl.F_GETFD, 0);
        assertOk(flags);
        return (flags & Fcntl.FD_CLOEXEC) != 0;
    }

    protected final boolean nonblocking(int fd) {
        int flags = syscalls().descriptors().fcntl(fd, Fcntl.F_GETFL, 0);
        assertOk(flags);
        return (flags & Fcntl.O_NONBLOCK) != 0;
    }
}

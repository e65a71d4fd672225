// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.Fcntl.O_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.AF_UNIX;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a trial works with: rings, sockets, pipes and memory, all of which are gone when it is
 * closed.
 *
 * <p>Confined to one thread.
 */
final class TrialBench implements AutoCloseable {
    private static final int BACKLOG = 4;
    private static final int DRAIN_BYTES = 65_536;

    private final Syscalls syscalls;
    private final Arena arena = Arena.ofConfined();
    private final Deque<Integer> descriptors = new ArrayDeque<>();
    private final Deque<TrialRing> rings = new ArrayDeque<>();

    TrialBench(Syscalls syscalls) {
        this.syscalls = syscalls;
    }

    /**
     * Two connected ends.
     *
     * @param ours given to the ring; it blocks, for a ring does not wait for one that does not
     * @param peer the other one
     */
    record Ends(int ours, int peer) {}

    Syscalls syscalls() {
        return syscalls;
    }

    static void expect(boolean truth, String came) {
        if (!truth) {
            throw new IllegalStateException(came);
        }
    }

    // ---- rings

    TrialRing ring() {
        return ring(RingSettings.DEFAULT);
    }

    TrialRing ring(RingSettings settings) {
        TrialRing ring = new TrialRing(syscalls, settings.withSubmissions(8).withCompletions(16));
        rings.push(ring);
        ring.enable();
        return ring;
    }

    // ---- memory

    MemorySegment bytes(long count) {
        return arena.allocate(count, Long.BYTES);
    }

    MemorySegment struct(String name) {
        return bytes(Layouts.current().size(name));
    }

    /** A msghdr of one piece of memory, or of none. */
    MemorySegment message(MemorySegment piece) {
        Layouts layouts = Layouts.current();
        MemorySegment message = struct("msghdr");
        if (piece.byteSize() > 0) {
            message.set(JAVA_LONG, layouts.offset("msghdr", "msg_iov"), iovec(piece).address());
            message.set(JAVA_LONG, layouts.offset("msghdr", "msg_iovlen"), 1);
        }
        return message;
    }

    MemorySegment iovec(MemorySegment piece) {
        MemorySegment iovec = bytes(2L * Long.BYTES);
        iovec.setAtIndex(JAVA_LONG, 0, piece.address());
        iovec.setAtIndex(JAVA_LONG, 1, piece.byteSize());
        return iovec;
    }

    MemorySegment timespec(long ns) {
        MemorySegment timespec = bytes(2L * Long.BYTES);
        timespec.setAtIndex(JAVA_LONG, 1, ns);
        return timespec;
    }

    // ---- descriptors

    int opened(String call, int fd) {
        descriptors.push(Errno.check(call, fd, null));
        return fd;
    }

    private Ends opened(String call, int result, MemorySegment fds, int ours) {
        Errno.check(call, result, null);
        int first = opened(call, fds.getAtIndex(JAVA_INT, 0));
        int second = opened(call, fds.getAtIndex(JAVA_INT, 1));
        return ours == 0 ? new Ends(first, second) : new Ends(second, first);
    }

    /** Ours reads what the peer writes. */
    Ends pipe() {
        MemorySegment fds = bytes(2L * Integer.BYTES);
        return opened("pipe2", syscalls.descriptors().pipe2(fds, O_CLOEXEC), fds, 0);
    }

    Ends socketpair() {
        MemorySegment fds = bytes(2L * Integer.BYTES);
        int type = SOCK_STREAM | SOCK_CLOEXEC;
        return opened("socketpair", syscalls.sockets().socketpair(AF_UNIX, type, 0, fds), fds, 0);
    }

    int listener() {
        Address any = Address.parse("127.0.0.1:0");
        int type = SOCK_STREAM | SOCK_CLOEXEC;
        int fd = opened("socket", syscalls.sockets().socket(any.family(), type, 0));
        MemorySegment name = bytes(Address.BYTES_MAX);
        Errno.check("bind", syscalls.sockets().bind(fd, name, any.encode(name)), null);
        Errno.check("listen", syscalls.sockets().listen(fd, BACKLOG), null);
        return fd;
    }

    /** Begins to connect to a listener of ours. */
    int connect(int listener) {
        MemorySegment name = bytes(Address.BYTES_MAX);
        MemorySegment length = bytes(Integer.BYTES);
        length.set(JAVA_INT, 0, Address.BYTES_MAX);
        Errno.check("getsockname", syscalls.sockets().getsockname(listener, name, length), null);
        int family = Address.decode(name, length.get(JAVA_INT, 0)).family();
        int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
        int fd = opened("socket", syscalls.sockets().socket(family, type, 0));
        int result = syscalls.sockets().connect(fd, name, length.get(JAVA_INT, 0));
        if (result != -Errno.EINPROGRESS) {
            Errno.check("connect", result, null);
        }
        return fd;
    }

    /** A TCP connection over loopback; the peer does not block. */
    Ends connection(TrialRing ring) {
        int listener = listener();
        int peer = connect(listener);
        ring.next().prepAccept(listener, 0, 0, SOCK_CLOEXEC);
        return new Ends(opened("accept", ring.done("accept").result()), peer);
    }

    void write(int fd, int count) {
        write(fd, bytes(count).fill((byte) 'x'));
    }

    void write(int fd, MemorySegment data) {
        long written = syscalls.descriptors().write(fd, data.address(), data.byteSize());
        expect(Errno.check("write", written, null) == data.byteSize(), "a short write");
    }

    /** Takes off a non-blocking socket what it has received. */
    void drain(int fd) {
        MemorySegment room = bytes(DRAIN_BYTES);
        long got;
        do {
            got = syscalls.sockets().recv(fd, room.address(), DRAIN_BYTES, 0);
        } while (got > 0);
    }

    static int count(MemorySegment memory, char what) {
        int count = 0;
        for (long i = 0; i < memory.byteSize(); i++) {
            count += memory.get(JAVA_BYTE, i) == what ? 1 : 0;
        }
        return count;
    }

    @Override
    public void close() {
        boolean idle = true;
        while (!rings.isEmpty()) {
            idle &= rings.pop().finish();
        }
        while (!descriptors.isEmpty()) {
            syscalls.descriptors().close(descriptors.pop());
        }
        if (idle) {
            // Otherwise the kernel may still write there: a few bytes are lost for safety.
            arena.close();
        }
    }
}

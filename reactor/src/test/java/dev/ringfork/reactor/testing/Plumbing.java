// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import static dev.ringfork.bindings.abi.Fcntl.F_DUPFD_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.O_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.O_NONBLOCK;
import static dev.ringfork.bindings.abi.Fcntl.O_RDONLY;
import static dev.ringfork.bindings.abi.SocketConstants.AF_UNIX;
import static dev.ringfork.bindings.abi.SocketConstants.SHUT_WR;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Pipes and sockets to watch, and their other ends.
 *
 * <p>Confined to one thread. Owns all that it opened.
 */
public final class Plumbing implements AutoCloseable {
    private final Descriptors descriptors = Syscalls.get().descriptors();
    private final Sockets sockets = Syscalls.get().sockets();
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(4096, 8);
    private final Set<Integer> open = new TreeSet<>();

    /**
     * Two ends.
     *
     * @param near the end to watch: it reads
     * @param far the test's end: it writes
     */
    public record Pair(int near, int far) {}

    /** A pipe: near reads, far writes. */
    public Pair pipe() {
        Errno.check("pipe2", descriptors.pipe2(memory, O_CLOEXEC | O_NONBLOCK), null);
        return pair();
    }

    /** Two connected sockets. */
    public Pair socketpair() {
        int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
        Errno.check("socketpair", sockets.socketpair(AF_UNIX, type, 0, memory), null);
        return pair();
    }

    private Pair pair() {
        return new Pair(
                opened(memory.getAtIndex(JAVA_INT, 0)), opened(memory.getAtIndex(JAVA_INT, 1)));
    }

    /** Another descriptor of the same, the lowest free number that is not below. */
    public int duplicate(int fd, int atLeast) {
        return opened(Errno.check("fcntl", descriptors.fcntl(fd, F_DUPFD_CLOEXEC, atLeast), fd));
    }

    /**
     * Takes all numbers below a limit, so that what is opened next is beyond it. Skips the test
     * where so many are not allowed.
     *
     * @return the highest of them that was free
     */
    public int fillBelow(int limit) {
        Pair pipe = pipe();
        int last = -1;
        while (true) {
            int fd = descriptors.fcntl(pipe.near(), F_DUPFD_CLOEXEC, 0);
            assumeTrue(fd != -Errno.EMFILE, "ulimit -n does not allow " + limit + " descriptors");
            opened(Errno.check("fcntl", fd, pipe.near()));
            if (fd >= limit) {
                return last;
            }
            last = fd;
        }
    }

    /** A regular file, open for reading. */
    public int file(Path path) {
        int fd = descriptors.open(arena.allocateFrom(path.toString()), O_RDONLY | O_CLOEXEC, 0);
        return opened(Errno.check("open", fd, path));
    }

    private int opened(int fd) {
        open.add(fd);
        return fd;
    }

    /** Writes text that fits. */
    public void write(int fd, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, bytes.length);
        long written = descriptors.write(fd, memory.address(), bytes.length);
        if (Errno.check("write", written, fd) != bytes.length) {
            throw new AssertionError("short write of " + text);
        }
    }

    /** Reads at most so many bytes; nothing when there are none. */
    public String read(int fd, int atMost) {
        long count = descriptors.read(fd, memory.address(), atMost);
        if (count == -Errno.EAGAIN) {
            return "";
        }
        byte[] bytes = new byte[(int) Errno.check("read", count, fd)];
        MemorySegment.copy(memory, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
        return new String(bytes, US_ASCII);
    }

    /** Writes until the descriptor takes no more. */
    public void fill(int fd) {
        long written;
        do {
            written = descriptors.write(fd, memory.address(), memory.byteSize());
        } while (written > 0);
        if (written != -Errno.EAGAIN) {
            throw new AssertionError("write: " + Errno.name((int) -written));
        }
    }

    /** Closes a socket's sending direction. */
    public void shutdownOutput(int fd) {
        Errno.check("shutdown", sockets.shutdown(fd, SHUT_WR), fd);
    }

    /** Whether this number is open. */
    public boolean isOpen(int fd) {
        return descriptors.fcntl(fd, dev.ringfork.bindings.abi.Fcntl.F_GETFD, 0) >= 0;
    }

    /** Closes one end now. */
    public void close(int fd) {
        open.remove(fd);
        Errno.check("close", descriptors.close(fd), fd);
    }

    @Override
    public void close() {
        open.forEach(descriptors::close);
        open.clear();
        arena.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.PollConstants.POLLOUT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What a check works with: the calls, memory, expectations, and the descriptors and children that
 * are gone when it is closed. Confined to the thread of the check.
 */
final class Bench implements AutoCloseable {
    /** How long anything may take that is local to this machine. */
    static final int WAIT_MS = 5_000;

    private static final int POLLFD_BYTES = 8;
    private static final int ROOM = 4096;
    private static final int BACKLOG = 16;

    private final Syscalls syscalls;
    private final Path folder;
    private final Arena arena = Arena.ofShared();
    private final Deque<Integer> descriptors = new ArrayDeque<>();
    private final Deque<Integer> children = new ArrayDeque<>();

    /**
     * A bench.
     *
     * @param folder for files; somebody else deletes it
     */
    Bench(Syscalls syscalls, Path folder) {
        this.syscalls = syscalls;
        this.folder = folder;
    }

    Syscalls syscalls() {
        return syscalls;
    }

    /** A path for a file that does not exist yet. */
    Path file(String name) {
        return folder.resolve(name);
    }

    Arena arena() {
        return arena;
    }

    // Expectations.

    /** Expects a call to succeed, and returns its result. */
    static long done(String call, long result) {
        if (result < 0 && result >= -Errno.MAX) {
            throw new Mismatch(returned(call, result), "success");
        }
        return result;
    }

    /** {@link #done(String, long)} for calls that return an int. */
    static int done(String call, int result) {
        return (int) done(call, (long) result);
    }

    /** Expects a call to fail with one error. */
    static void fails(String call, int errno, long result) {
        if (result != -errno) {
            throw new Mismatch(returned(call, result), Errno.name(errno));
        }
    }

    /** Expects two values to be the same. */
    static void equal(String what, Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new Mismatch("%s is %s".formatted(what, actual), String.valueOf(expected));
        }
    }

    /** Expects something to be true. */
    static void holds(boolean truth, String came, String expected) {
        if (!truth) {
            throw new Mismatch(came, expected);
        }
    }

    private static String returned(String call, long result) {
        return result < 0 && result >= -Errno.MAX
                ? "%s: %s (%s)"
                        .formatted(call, Errno.name((int) -result), Errno.text((int) -result))
                : "%s returned %d".formatted(call, result);
    }

    // Things that are closed afterwards.

    /** Expects a descriptor, and keeps it until the check is over. */
    int opened(String call, int fd) {
        descriptors.push(done(call, fd));
        return fd;
    }

    /** Closes a descriptor of the bench before the check is over. */
    void close(int fd) {
        descriptors.remove(fd);
        done("close", syscalls.descriptors().close(fd));
    }

    /** Expects a child's pid; kills it if the check does not wait for it. */
    int spawned(String call, int pid) {
        children.push(done(call, pid));
        return pid;
    }

    /** Waits for a child and returns its status. */
    int reap(int pid) {
        MemorySegment status = arena.allocate(JAVA_INT);
        long deadlineNs = deadlineNs();
        int result;
        do {
            result = syscalls.processes().waitpid(pid, status, ProcessConstants.WNOHANG);
            holds(
                    System.nanoTime() - deadlineNs < 0,
                    "the child %d still runs after %d ms".formatted(pid, WAIT_MS),
                    "its end");
            Thread.onSpinWait();
        } while (result == 0 || result == -Errno.EINTR);
        equal("what waitpid returned", pid, done("waitpid", result));
        children.remove(pid);
        return status.get(JAVA_INT, 0);
    }

    // Descriptors of the usual kinds.

    /** A pipe: what to read from, what to write to. Close-on-exec. */
    int[] pipe(int flags) {
        MemorySegment fds = arena.allocate(JAVA_INT, 2);
        done("pipe2", syscalls.descriptors().pipe2(fds, flags | Fcntl.O_CLOEXEC));
        return pair("pipe2", fds);
    }

    /** Two connected Unix sockets. Close-on-exec. */
    int[] socketpair(int type) {
        MemorySegment fds = arena.allocate(JAVA_INT, 2);
        int flags = type | SocketConstants.SOCK_CLOEXEC;
        done("socketpair", syscalls.sockets().socketpair(SocketConstants.AF_UNIX, flags, 0, fds));
        return pair("socketpair", fds);
    }

    private int[] pair(String call, MemorySegment fds) {
        return new int[] {
            opened(call, fds.getAtIndex(JAVA_INT, 0)), opened(call, fds.getAtIndex(JAVA_INT, 1))
        };
    }

    /** A socket for an address. Close-on-exec, non-blocking. */
    int socket(Address address, int type) {
        int flags = type | SocketConstants.SOCK_CLOEXEC | SocketConstants.SOCK_NONBLOCK;
        return opened("socket", syscalls.sockets().socket(address.family(), flags, 0));
    }

    int bind(int fd, Address address) {
        MemorySegment memory = bytes(Address.BYTES_MAX);
        return syscalls.sockets().bind(fd, memory, address.encode(memory));
    }

    /** A non-blocking listener. */
    int listener(Address address) {
        int fd = socket(address, SocketConstants.SOCK_STREAM);
        done("bind " + address, bind(fd, address));
        done("listen " + address, syscalls.sockets().listen(fd, BACKLOG));
        return fd;
    }

    /** The address that a socket has. */
    Address nameOf(int fd) {
        MemorySegment memory = bytes(Address.BYTES_MAX);
        MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
        done("getsockname", syscalls.sockets().getsockname(fd, memory, length));
        return Address.decode(memory, length.get(JAVA_INT, 0));
    }

    /** Begins to connect: 0 or an error, {@code -EINPROGRESS} for one. */
    int beginConnect(int fd, Address address) {
        MemorySegment memory = bytes(Address.BYTES_MAX);
        return syscalls.sockets().connect(fd, memory, address.encode(memory));
    }

    /** A stream socket that is connected. */
    int connect(Address address) {
        int fd = socket(address, SocketConstants.SOCK_STREAM);
        int result = beginConnect(fd, address);
        if (result != -Errno.EINPROGRESS) {
            done("connect " + address, result);
        }
        await(fd, POLLOUT);
        return fd;
    }

    /** Accepts the connection that is on its way. */
    int accept(int listener, int flags) {
        await(listener, POLLIN);
        return opened("accept4", syscalls.sockets().accept4(listener, 0, 0, flags));
    }

    // Bytes.

    MemorySegment bytes(int count) {
        return arena.allocate(count, Long.BYTES);
    }

    MemorySegment bytes(String text) {
        return arena.allocateFrom(JAVA_BYTE, text.getBytes(US_ASCII));
    }

    static String text(MemorySegment bytes, long count) {
        return new String(bytes.asSlice(0, count).toArray(JAVA_BYTE), US_ASCII);
    }

    /** Writes a few bytes, all at once. */
    void write(int fd, String text) {
        long written = syscalls.descriptors().write(fd, bytes(text).address(), text.length());
        equal("what write returned", (long) text.length(), done("write", written));
    }

    /** Fills a non-blocking pipe with zeros, and returns how many it took. */
    long fill(int fd) {
        MemorySegment zeros = bytes(ROOM);
        long written = 0;
        for (int size = ROOM; size > 0; size = size == 1 ? 0 : 1) {
            long result = 0;
            while (result >= 0) {
                result = syscalls.descriptors().write(fd, zeros.address(), size);
                written += Math.max(result, 0);
            }
            fails("write to a full pipe", Errno.EAGAIN, result);
        }
        return written;
    }

    /** Waits for bytes, or for the end, and returns what one read brings. */
    String read(int fd) {
        await(fd, POLLIN);
        MemorySegment room = bytes(ROOM);
        return text(room, done("read", syscalls.descriptors().read(fd, room.address(), ROOM)));
    }

    /** Reads until there is no more to come. */
    String readToEnd(int fd) {
        StringBuilder all = new StringBuilder();
        for (String part = read(fd); !part.isEmpty(); part = read(fd)) {
            all.append(part);
        }
        return all.toString();
    }

    // Time.

    /** Waits until a descriptor has one of some events, and returns those it has. */
    int await(int fd, int events) {
        int ready = poll(fd, events, WAIT_MS);
        holds(
                ready != 0,
                "poll sees none of the events 0x%x of descriptor %d in %d ms"
                        .formatted(events, fd, WAIT_MS),
                "some");
        return ready;
    }

    /** What events a descriptor has now, or after a time at the latest. */
    int poll(int fd, int events, int timeoutMs) {
        MemorySegment pollfd = bytes(POLLFD_BYTES);
        pollfd.setAtIndex(JAVA_INT, 0, fd);
        pollfd.setAtIndex(JAVA_INT, 1, events);
        int result;
        do {
            result = syscalls.polling().poll(pollfd.address(), 1, timeoutMs);
        } while (result == -Errno.EINTR);
        return done("poll", result) == 0 ? 0 : pollfd.getAtIndex(JAVA_INT, 1) >>> Short.SIZE;
    }

    /** When it has taken too long, on the clock of {@link System#nanoTime}. */
    static long deadlineNs() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MS);
    }

    /** Closes descriptors and ends children that are left. */
    @Override
    public void close() {
        while (!children.isEmpty()) {
            int pid = children.pop();
            syscalls.processes().kill(pid, ProcessConstants.SIGKILL);
            syscalls.processes().waitpid(pid, arena.allocate(JAVA_INT), 0);
        }
        while (!descriptors.isEmpty()) {
            syscalls.descriptors().close(descriptors.pop());
        }
        arena.close();
    }
}

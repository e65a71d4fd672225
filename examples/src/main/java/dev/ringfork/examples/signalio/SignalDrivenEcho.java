// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.signalio;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.examples.signals.SignalPipe;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.demux.PollDemultiplexer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * An echo server by signal-driven I/O, the fourth of the classical five models: nobody asks which
 * descriptor is ready, the kernel says so by signal.
 *
 * <p>Each descriptor is set to {@code O_ASYNC} and told, by {@code F_SETOWN_EX} and {@code
 * F_SETSIG} of fcntl(2), which thread to signal with which real-time signal. The {@code siginfo_t}
 * of a real-time signal names the descriptor; a handler in C hands it on through a pipe. The thread
 * signalled is the server's own, so no other thread of the JVM is disturbed.
 *
 * <p>A signal is a hint where to look and no more than that:
 *
 * <ul>
 *   <li>It comes at a change, so one reads and writes until {@code EAGAIN}, also right after the
 *       descriptor was armed, for what came before.
 *   <li>It may be old. It stays queued when its descriptor is closed, and the next connection may
 *       have that number. So nothing is concluded from what it says of readiness: the descriptor is
 *       tried, and {@code EAGAIN} is the answer.
 *   <li>It may be missing. The kernel queues at most {@code RLIMIT_SIGPENDING} signals for a user,
 *       then it sends a plain SIGIO, which names nothing; the pipe may be full as well. Then one
 *       poll(2) over all descriptors finds what was missed.
 * </ul>
 *
 * <p>Where it loses against epoll: every segment that arrives is a signal, with a frame built on
 * the stack, a handler, a write and a return into the kernel, also for a descriptor that is known
 * to be ready, where epoll tells of a hundred descriptors in one call and coalesces what is not
 * fetched. Arming takes three calls a descriptor. And under the load that it was made for, its
 * queue overflows and it becomes poll. It was used before there was epoll (Linux 2.4), and is worth
 * reading, not using. A program that may block the signal in all its threads, which a JVM is not,
 * does better with sigtimedwait(2) in the place of the handler.
 *
 * <p>Plain, as on macOS, where it was never executed: SIGIO without {@code F_SETSIG} says only that
 * something is ready, so each one leads to a poll(2).
 *
 * <p>Threads: {@link #run} has one, a platform thread; {@link #stop} is for any, the others for
 * before and after the run. Owns its descriptors.
 */
public final class SignalDrivenEcho implements AutoCloseable {

    /** Bounds the buffers, 16 MB; more wait in the backlog. */
    static final int MAX_CONNECTIONS = 1024;

    private static final int BACKLOG = 511;

    /** How soon the backlog is tried again when there was no descriptor for a connection. */
    private static final int RETRY_MS = 100;

    /** Reads of the pipe before those who are ready are served, in a storm that does not end. */
    private static final int READS_PER_TURN = 16;

    private static final int NONBLOCK = SOCK_NONBLOCK | SOCK_CLOEXEC;

    private static final int OWNER_BYTES = 2 * Integer.BYTES;
    private static final int OWNER_TYPE = 0;
    private static final int OWNER_PID = Integer.BYTES;

    private final Syscalls syscalls;
    private final Descriptors descriptors;
    private final Arena memory = Arena.ofShared();
    // struct f_owner_ex { int type; pid_t pid; }, which only Linux has.
    private final MemorySegment owner = memory.allocate(OWNER_BYTES, Integer.BYTES);
    private final boolean plain;
    private final SignalPipe signals;
    private final PollDemultiplexer fallback;
    private final int listener;
    private final Address address;
    private final Deque<EchoConnection> ready = new ArrayDeque<>();
    private @Nullable EchoConnection[] connections = new EchoConnection[64];
    private int open;
    private boolean backlogToTry = true;
    private volatile boolean stopped;

    private long accepted;
    private long received;
    private long stale;
    private long overflows;
    private long crowded;
    private long polls;

    /**
     * Listens; nobody is served before {@link #run}.
     *
     * @param plain whether to do with plain SIGIO, as systems without {@code F_SETSIG} have to
     * @throws IllegalStateException if the signals cannot be had
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     */
    public SignalDrivenEcho(Syscalls syscalls, Address address, boolean plain) {
        this.syscalls = syscalls;
        this.descriptors = syscalls.descriptors();
        this.plain = plain || Platform.current().macos();
        // SIGIO in any case, and before anything is armed: unhandled, it ends the process.
        this.signals =
                this.plain
                        ? SignalPipe.open(syscalls, ProcessConstants.SIGIO)
                        : SignalPipe.open(syscalls, SignalPipe.EVENT, ProcessConstants.SIGIO);
        this.fallback = new PollDemultiplexer(syscalls);
        try {
            listener = listen(address);
            this.address = nameOf(listener);
        } catch (RuntimeException e) {
            fallback.close();
            signals.close();
            memory.close();
            throw e;
        }
        fallback.add(listener, Interest.READ, listener);
    }

    private int listen(Address wanted) {
        int fd = syscalls.sockets().socket(wanted.family(), SOCK_STREAM | NONBLOCK, 0);
        Errno.check("socket", fd, wanted);
        try (Arena arena = Arena.ofConfined()) {
            SocketOption.SO_REUSEADDR.set(syscalls.sockets(), fd, true);
            MemorySegment name = arena.allocate(Address.BYTES_MAX, Long.BYTES);
            int bound = syscalls.sockets().bind(fd, name, wanted.encode(name));
            Errno.check("bind", bound, wanted);
            Errno.check("listen", syscalls.sockets().listen(fd, BACKLOG), wanted);
            return fd;
        } catch (RuntimeException e) {
            descriptors.close(fd);
            throw e;
        }
    }

    private Address nameOf(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(Address.BYTES_MAX, Long.BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
            Errno.check("getsockname", syscalls.sockets().getsockname(fd, name, length), null);
            return Address.decode(name, length.get(JAVA_INT, 0));
        }
    }

    /** Where it listens, with the port that the kernel chose. */
    public Address address() {
        return address;
    }

    /** Serves on this thread until {@link #stop}, and then closes the connections. */
    public void run() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("signals go to one thread: run on a platform thread");
        }
        owner.set(JAVA_INT, OWNER_TYPE, Fcntl.F_OWNER_TID);
        owner.set(JAVA_INT, OWNER_PID, syscalls.processes().gettid());
        try {
            arm(listener);
            while (!stopped) {
                if (backlogToTry) {
                    acceptAll();
                }
                signals.await(timeoutMs());
                takeSignals();
                serveReady();
            }
        } finally {
            closeConnections();
        }
    }

    /** Only a backlog that could not be emptied for want of something is tried again unasked. */
    private int timeoutMs() {
        if (!ready.isEmpty()) {
            return 0;
        }
        return backlogToTry && open < MAX_CONNECTIONS ? RETRY_MS : -1;
    }

    /** Asks for signals about a descriptor. From here on, about what changes from here on. */
    private void arm(int fd) {
        if (plain) {
            control(fd, Fcntl.F_SETOWN, syscalls.processes().getpid());
        } else {
            control(fd, Fcntl.F_SETOWN_EX, owner.address());
            control(fd, Fcntl.F_SETSIG, SignalPipe.EVENT);
        }
        control(fd, Fcntl.F_SETFL, Fcntl.O_NONBLOCK | Fcntl.O_ASYNC);
    }

    private void control(int fd, int command, long argument) {
        Errno.check("fcntl", descriptors.fcntl(fd, command, argument), "descriptor " + fd);
    }

    private void takeSignals() {
        boolean missed = false;
        for (int reads = 0; reads < READS_PER_TURN; reads++) {
            int count = signals.read();
            for (int i = 0; i < count; i++) {
                missed |= !take(i);
            }
            if (count == 0) {
                break;
            }
        }
        int lost = signals.crowded();
        crowded += lost;
        if (missed || lost > 0) {
            pollAll();
        }
    }

    /** Follows one hint; false if it does not say where to look. */
    private boolean take(int index) {
        int signo = signals.signo(index);
        if (signo == 0) {
            return true;
        }
        received++;
        int fd = signals.fd(index);
        if (fd >= 0) {
            lookAt(fd);
            return true;
        }
        boolean unnamed = signo == ProcessConstants.SIGIO;
        overflows += unnamed && !plain ? 1 : 0;
        return !unnamed;
    }

    private void lookAt(int fd) {
        @Nullable EchoConnection connection = fd < connections.length ? connections[fd] : null;
        if (fd == listener) {
            backlogToTry = true;
        } else if (connection == null) {
            stale++;
        } else if (!connection.queued) {
            connection.queued = true;
            ready.add(connection);
        }
    }

    /** What signals have failed to say. It sees all that happened before it: nothing is missed. */
    private void pollAll() {
        for (@Nullable EchoConnection connection : connections) {
            if (connection != null) {
                int interest = connection.sending() ? Interest.WRITE : Interest.READ;
                fallback.modify(connection.fd(), interest, connection.fd());
            }
        }
        int count = fallback.poll(0);
        if (count != -Errno.EINTR) {
            // A signal cuts it short only where it has looked at all and found nothing.
            Errno.check("poll", count, null);
        }
        for (int i = 0; i < count; i++) {
            lookAt((int) fallback.token(i));
        }
        polls++;
    }

    /** Accepts until EAGAIN. What is left for want of room or descriptors no signal tells of. */
    private void acceptAll() {
        while (open < MAX_CONNECTIONS) {
            int fd = syscalls.sockets().accept4(listener, 0, 0, NONBLOCK);
            if (fd == -Errno.EAGAIN) {
                backlogToTry = false;
                return;
            }
            if (fd == -Errno.EMFILE
                    || fd == -Errno.ENFILE
                    || fd == -Errno.ENOBUFS
                    || fd == -Errno.ENOMEM) {
                return;
            }
            if (fd != -Errno.ECONNABORTED && fd != -Errno.EINTR) {
                begin(Errno.check("accept4", fd, address));
            }
        }
    }

    private void begin(int fd) {
        EchoConnection connection = new EchoConnection(descriptors, fd);
        if (fd >= connections.length) {
            connections = Arrays.copyOf(connections, Math.max(fd + 1, 2 * connections.length));
        }
        connections[fd] = connection;
        fallback.add(fd, Interest.READ, fd);
        open++;
        accepted++;
        arm(fd);
        lookAt(fd);
    }

    private void serveReady() {
        for (int turns = ready.size(); turns > 0; turns--) {
            EchoConnection connection = ready.remove();
            connection.queued = false;
            switch (connection.serve()) {
                case WAITS -> {}
                case GOES_ON -> lookAt(connection.fd());
                case ENDED -> end(connection);
            }
        }
    }

    private void end(EchoConnection connection) {
        connections[connection.fd()] = null;
        fallback.remove(connection.fd());
        connection.close();
        open--;
    }

    /** Ends the run. Safe for use by many threads, until {@link #close}. */
    public void stop() {
        stopped = true;
        signals.wake();
    }

    /** What happened, to be asked after the run. */
    public Statistics statistics() {
        return new Statistics(accepted, received, stale, overflows, crowded, polls);
    }

    /**
     * What happened.
     *
     * @param accepted connections
     * @param received signals
     * @param stale signals whose descriptor was closed already
     * @param overflows SIGIOs in the place of signals that the kernel had no room for
     * @param crowded signals that found the pipe full
     * @param polls how often everything had to be looked at
     */
    public record Statistics(
            long accepted, long received, long stale, long overflows, long crowded, long polls) {}

    private void closeConnections() {
        for (@Nullable EchoConnection connection : connections) {
            if (connection != null) {
                end(connection);
            }
        }
        ready.clear();
    }

    /** Stops listening. Not before the run has ended. */
    @Override
    public void close() {
        descriptors.close(listener);
        fallback.close();
        signals.close();
        memory.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SpawnActions;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process that forks workers when it is asked to, a child of this one: ringfork-launcher, or a
 * template. Confined to the thread that starts it; closing it ends and reaps it, and leaves its
 * workers.
 *
 * <p>Orders and answers are packets, laid out as {@code native/launcher/order.h} has them. Nothing
 * here blocks but what says so.
 */
final class Launcher implements AutoCloseable {
    /** The descriptor of the socket in the launcher. */
    static final int POST_FD = 3;

    static final int MAGIC = 0x314f4652;
    static final int SPAWN = 1;
    private static final int REAP = 2;
    static final int HEAD_BYTES = 24;
    static final int ORDER_BYTES = 32768;
    static final int ORDER_FDS = 250;
    static final int ANSWER_BYTES = 256;
    static final int ANSWER_TEXT = 12;

    private final Syscalls syscalls;
    private final int fd;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment order = arena.allocate(ORDER_BYTES, Long.BYTES);
    private final MemorySegment answer = arena.allocate(ANSWER_BYTES, Long.BYTES);
    private final MemorySegment poll = arena.allocate(8, Long.BYTES);
    private final Message message;
    private int pid = -1;
    private int number;
    private boolean reaped;

    private Launcher(Syscalls syscalls, int fd) {
        this.syscalls = syscalls;
        this.fd = fd;
        this.message = new Message(arena.allocate(Message.bytes(1, ORDER_FDS), 8), 1, ORDER_FDS);
    }

    /**
     * What to start as a launcher. Immutable.
     *
     * @param path of the executable
     * @param arguments all of them, the program's name first
     * @param environment all of it
     */
    record Program(String path, List<String> arguments, Map<String, String> environment) {
        Program {
            arguments = List.copyOf(arguments);
            environment = Map.copyOf(environment);
        }
    }

    /**
     * Starts a launcher, whose first answer is {@link Answer#ready}.
     *
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another process
     */
    static Launcher start(Syscalls syscalls, Program program) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment fds = call.allocate(JAVA_INT, 2);
            int type = Channel.TYPE | SocketConstants.SOCK_CLOEXEC;
            int result = syscalls.sockets().socketpair(SocketConstants.AF_UNIX, type, 0, fds);
            Errno.check("socketpair", result, "the launcher");
            int there = fds.getAtIndex(JAVA_INT, 1);
            Launcher launcher = new Launcher(syscalls, fds.getAtIndex(JAVA_INT, 0));
            try {
                launcher.makeRoom(there);
                launcher.begin(program, there);
            } catch (RuntimeException e) {
                launcher.close();
                throw e;
            } finally {
                syscalls.descriptors().close(there);
            }
            return launcher;
        }
    }

    /** One that runs already and is ready: takes its socket over. */
    static Launcher adopt(Syscalls syscalls, int pid, int fd) {
        Launcher launcher = new Launcher(syscalls, fd);
        launcher.pid = pid;
        return launcher;
    }

    /** The datagrams of macOS are 2 KB at most unless there is room for larger ones. */
    private void makeRoom(int there) {
        if (Platform.current().macos()) {
            SocketOption.SO_SNDBUF.set(syscalls.sockets(), fd, 2 * ORDER_BYTES);
            SocketOption.SO_RCVBUF.set(syscalls.sockets(), there, 2 * ORDER_BYTES);
        }
    }

    private void begin(Program program, int there) {
        try (SpawnActions actions = new SpawnActions()) {
            // What a terminal sends to its group is for the master alone.
            actions.handOver(there, POST_FD).processGroup(0);
            int result =
                    actions.start(
                            syscalls.processes(),
                            program.path(),
                            program.arguments(),
                            program.environment());
            pid = Errno.check("posix_spawn", result, program.path());
        }
    }

    /**
     * Waits until it is ready to fork. Blocks.
     *
     * @throws Gone if it has not: the message says why
     */
    void awaitReady(Duration patience) {
        Answer first = await(patience);
        if (first.result() < 0) {
            throw new Gone(first.text());
        }
    }

    /** Its process. */
    int pid() {
        return pid;
    }

    /** The socket, to be watched for reading. */
    int fd() {
        return fd;
    }

    /**
     * Asks it to fork a worker, which answers with its pid; if there is none, the launcher answers
     * with {@code -errno}.
     *
     * @param fds to be numbered from {@link Manifest#FIRST_FD} in the worker; they stay the
     *     caller's
     * @param variables beside those that the launcher was started with
     * @return the number of the answer
     * @throws Gone if the launcher takes no orders
     * @throws SyscallException if this one cannot be sent now
     * @throws IllegalStateException if it is too much for one order
     */
    int spawn(List<Integer> fds, Map<String, String> variables) {
        if (fds.size() > ORDER_FDS) {
            throw new IllegalStateException(
                    "a worker is handed at most %d descriptors".formatted(ORDER_FDS));
        }
        long length = HEAD_BYTES;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            byte[] text = (variable.getKey() + "=" + variable.getValue() + "\0").getBytes(UTF_8);
            if (length + text.length > ORDER_BYTES) {
                throw new IllegalStateException(
                        "the addresses of the listeners are too long for the launcher: %d bytes at most"
                                .formatted(ORDER_BYTES));
            }
            MemorySegment.copy(text, 0, order, JAVA_BYTE, length, text.length);
            length += text.length;
        }
        message.clear().buffer(order.address(), length);
        fds.forEach(message::putRight);
        return ask(SPAWN, fds.size(), variables.size(), 0);
    }

    /**
     * Asks it to reap a worker that has ended, where the worker is its child; the answer's result
     * is the worker's pid, or {@code -errno}.
     *
     * @return the number of the answer
     * @throws Gone if the launcher takes no orders
     * @throws SyscallException if this one cannot be sent now
     */
    int reap(int worker) {
        message.clear().buffer(order.address(), HEAD_BYTES);
        return ask(REAP, 0, 0, worker);
    }

    private int ask(int kind, int fds, int variables, int worker) {
        int[] head = {MAGIC, ++number, kind, fds, variables, worker};
        MemorySegment.copy(head, 0, order, JAVA_INT, 0, head.length);
        int flags = SocketConstants.MSG_NOSIGNAL | SocketConstants.MSG_DONTWAIT;
        long sent;
        do {
            sent = syscalls.sockets().sendmsg(fd, message.header(), flags);
        } while (sent == -Errno.EINTR);
        int errno = (int) Math.max(0, -sent);
        if (errno == Errno.EPIPE || errno == Errno.ECONNRESET || errno == Errno.ENOTCONN) {
            throw new Gone("it takes no orders: " + Errno.name(errno));
        }
        if (errno > 0) {
            // Want of memory, or too many descriptors on their way: no fault of the launcher's.
            throw new SyscallException("sendmsg", errno, "the launcher");
        }
        return number;
    }

    /**
     * What it says to an order. Immutable.
     *
     * @param number the order's, 0 for the first answer
     * @param result what came of it, or {@code -errno}
     * @param status of a worker that was reaped, as waitpid(2) has it
     * @param text what has failed
     */
    record Answer(int number, int result, int status, String text) {
        /** Whether it tells of the launcher itself: a result of 0 that it can fork workers. */
        boolean ready() {
            return number == 0;
        }
    }

    /**
     * Takes the next answer, null if there is none yet.
     *
     * @throws Gone if there will be no more
     */
    @Nullable Answer receive() {
        long length;
        do {
            length =
                    syscalls.sockets()
                            .recv(fd, answer.address(), ANSWER_BYTES, SocketConstants.MSG_DONTWAIT);
        } while (length == -Errno.EINTR);
        if (length == -Errno.EAGAIN) {
            return null;
        }
        if (length != ANSWER_BYTES) {
            throw new Gone("it has ended");
        }
        return new Answer(
                answer.get(JAVA_INT, 0),
                answer.get(JAVA_INT, 4),
                answer.get(JAVA_INT, 8),
                answer.getString(ANSWER_TEXT));
    }

    /**
     * Takes the next answer. Blocks until it comes.
     *
     * @throws Gone if it does not
     */
    Answer await(Duration patience) {
        poll.set(JAVA_INT, 0, fd);
        poll.set(JAVA_SHORT, 4, (short) PollConstants.POLLIN);
        int ready;
        do {
            ready = syscalls.polling().poll(poll.address(), 1, (int) patience.toMillis());
        } while (ready == -Errno.EINTR);
        Answer next = ready > 0 ? receive() : null;
        if (next == null) {
            throw new Gone("it has not answered for %d ms".formatted(patience.toMillis()));
        }
        return next;
    }

    /**
     * Ends it, and who was forked and has not left its group yet: those have not told their pids.
     * One that has ended ignores it.
     */
    void kill() {
        if (pid > 0 && !reaped) {
            syscalls.processes().kill(-pid, ProcessConstants.SIGKILL);
        }
    }

    /**
     * Reaps it, and who has ended in its group: nobody else knows them. Blocks until it has ended.
     */
    WaitStatus reap() {
        int status = 0;
        if (pid > 0 && !reaped) {
            reaped = true;
            MemorySegment word = arena.allocate(JAVA_INT);
            int result;
            do {
                result = syscalls.processes().waitpid(-pid, word, 0);
                if (result == pid) {
                    status = word.get(JAVA_INT, 0);
                }
            } while (result > 0 || result == -Errno.EINTR);
        }
        return WaitStatus.of(status);
    }

    /** Whether it has been. */
    boolean closed() {
        return !arena.scope().isAlive();
    }

    /** Ends it, if it has not ended yet, and waits for its end. */
    @Override
    public void close() {
        if (!closed()) {
            kill();
            reap();
            syscalls.descriptors().close(fd);
            arena.close();
        }
    }

    /** The launcher has died or is stuck. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(String message) {
            super(message);
        }
    }
}

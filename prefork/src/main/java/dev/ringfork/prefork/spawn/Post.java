// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a {@link Launcher}'s socket, in a virtual machine: orders in, answers out.
 * Confined to the thread that makes it; owns its descriptor.
 */
public final class Post implements AutoCloseable {
    private static final int FAILURE_TEXT = Launcher.ANSWER_BYTES - Launcher.ANSWER_TEXT - 1;

    private final Syscalls syscalls;
    private final int fd;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment packet = arena.allocate(Launcher.ORDER_BYTES, Long.BYTES);
    private final MemorySegment answer = arena.allocate(Launcher.ANSWER_BYTES, Long.BYTES);
    private final Message message;

    private Post(Syscalls syscalls, int fd) {
        this.syscalls = syscalls;
        this.fd = fd;
        int rights = Launcher.ORDER_FDS;
        this.message = new Message(arena.allocate(Message.bytes(1, rights), 8), 1, rights);
    }

    /**
     * Takes over the end that this process was handed if it is a template.
     *
     * @return null if it is none
     * @throws IllegalArgumentException if the environment makes no sense
     */
    public static @Nullable Post of(Syscalls syscalls, Map<String, String> environment) {
        int fd = WarmSpawner.post(syscalls, environment);
        return fd < 0 ? null : adopt(syscalls, fd);
    }

    /**
     * Takes over the end that this process was handed, and keeps it from programs that it starts.
     *
     * @throws dev.ringfork.bindings.SyscallException if there is no such descriptor
     */
    public static Post adopt(Syscalls syscalls, int fd) {
        int result = syscalls.descriptors().fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        Errno.check("fcntl", result, "the socket of orders");
        // A worker's channel does not block, and orders are waited for.
        Errno.check(
                "fcntl",
                syscalls.descriptors().fcntl(fd, Fcntl.F_SETFL, 0),
                "the socket of orders");
        return new Post(syscalls, fd);
    }

    /**
     * A worker that is wanted. Immutable.
     *
     * @param number of the order
     * @param variables that make a process this worker
     * @param fds what it is handed, close-on-exec, the receiver's to close
     */
    public record Wanted(int number, Map<String, String> variables, List<Integer> fds) {
        /** Keeps copies. */
        public Wanted {
            variables = Map.copyOf(variables);
            fds = List.copyOf(fds);
        }

        /**
         * What the worker is assigned, with the numbers that its descriptors have here.
         *
         * @throws IllegalArgumentException if the variables make no sense
         */
        public Assignment assignment() {
            Assignment there = Assignment.parse(variables);
            return there.with(there.manifest().with(fds.iterator()));
        }

        /** Closes the descriptors. */
        public void close(Descriptors table) {
            fds.forEach(table::close);
        }
    }

    /** The descriptor. */
    public int fd() {
        return fd;
    }

    /**
     * Waits for the next order; what makes no sense is answered so and passed over. Blocks.
     *
     * @return null when there will be no more
     */
    public @Nullable Wanted await() {
        while (true) {
            message.clear().buffer(packet.address(), packet.byteSize()).expectRights();
            long length;
            do {
                length =
                        syscalls.sockets()
                                .recvmsg(fd, message.header(), SocketConstants.MSG_CMSG_CLOEXEC);
            } while (length == -Errno.EINTR);
            if (length <= 0) {
                return null;
            }
            Wanted wanted = read((int) length);
            if (wanted != null) {
                return wanted;
            }
            message.closeRights(syscalls.descriptors());
        }
    }

    private @Nullable Wanted read(int length) {
        if (length < Launcher.HEAD_BYTES || message.truncated() || message.controlTruncated()) {
            return null;
        }
        int number = packet.get(JAVA_INT, 4);
        if (packet.get(JAVA_INT, 0) != Launcher.MAGIC
                || packet.get(JAVA_INT, 8) != Launcher.SPAWN
                || packet.get(JAVA_INT, 12) != message.rightsCount()) {
            refuse(number, Errno.EBADMSG, "the order makes no sense");
            return null;
        }
        List<Integer> fds = new ArrayList<>();
        for (int i = 0; i < message.rightsCount(); i++) {
            fds.add(message.right(i));
        }
        return new Wanted(number, variables(length), fds);
    }

    /** Each ends with a NUL. */
    private Map<String, String> variables(int length) {
        byte[] text =
                packet.asSlice(Launcher.HEAD_BYTES, length - Launcher.HEAD_BYTES)
                        .toArray(JAVA_BYTE);
        Map<String, String> variables = new HashMap<>();
        for (String variable : new String(text, UTF_8).split("\0", -1)) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return variables;
    }

    /** Says that this worker has become a template. */
    public void promoted() {
        answer.set(JAVA_BYTE, 0, Notice.PROMOTED.code());
        syscalls.sockets().send(fd, answer.address(), 1, SocketConstants.MSG_NOSIGNAL);
    }

    /** Says that this process can be forked, or is the worker of an order. */
    public void answer(int number, int result) {
        send(number, result, "");
    }

    /**
     * Says that nothing came of an order, or that this process cannot be forked.
     *
     * @param errno the error, positive
     */
    public void refuse(int number, int errno, String why) {
        send(number, -errno, why);
    }

    private void send(int number, int result, String text) {
        answer.fill((byte) 0);
        answer.set(JAVA_INT, 0, number);
        answer.set(JAVA_INT, 4, result);
        byte[] bytes = Arrays.copyOf(text.getBytes(UTF_8), FAILURE_TEXT);
        MemorySegment.copy(bytes, 0, answer, JAVA_BYTE, Launcher.ANSWER_TEXT, bytes.length);
        // Nobody to answer is heard of when the next order is waited for.
        syscalls.sockets()
                .send(fd, answer.address(), answer.byteSize(), SocketConstants.MSG_NOSIGNAL);
    }

    /** Closes the descriptor: in a worker, which gets no orders of this kind. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            syscalls.descriptors().close(fd);
            arena.close();
        }
    }
}

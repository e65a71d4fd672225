// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.PeerCredentials;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connected Unix socket that passes descriptors, sendmsg(2), recvmsg(2), SCM_RIGHTS.
 *
 * <p>Confined to one thread at a time. It owns its socket, never what it is given to send. The
 * {@code try…} methods do not block and the others block up to a time-out, whatever mode the socket
 * is in: the mode is not changed, as another process may share it.
 *
 * <pre>{@code
 * DescriptorSocket.Pair pair = DescriptorSocket.pair(Framing.SOCKET);
 * pair.first().send(new byte[] {1}, Duration.ofSeconds(1), fd);
 * try (ReceivedDescriptors received = pair.second().receive(1, Duration.ofSeconds(1))) {
 *     int copy = received.take(0);
 * }
 * }</pre>
 *
 * <p>Descriptors in flight keep what they refer to open until they are received or the socket is
 * closed at both ends: a listener among them goes on listening. {@link PassingWindow} bounds them.
 */
public final class DescriptorSocket implements AutoCloseable {

    /** The most descriptors that one message carries. */
    public static final int DESCRIPTORS_MAX = Message.RIGHTS_MAX;

    /** The longest payload, unless said otherwise. */
    public static final int PAYLOAD_BYTES = 16 * 1024;

    private static final int CLOSED = -1;

    private final Syscalls syscalls;
    private final Outgoing outgoing;
    private final Incoming incoming;
    private int fd;

    /** Two sockets connected to each other; each owns its end. */
    public record Pair(DescriptorSocket first, DescriptorSocket second) {}

    DescriptorSocket(Syscalls syscalls, int fd, Outgoing outgoing, Incoming incoming) {
        this.syscalls = syscalls;
        this.fd = fd;
        this.outgoing = outgoing;
        this.incoming = incoming;
    }

    /** Makes two connected sockets, socketpair(2), close-on-exec. */
    public static Pair pair(Framing framing) {
        Syscalls syscalls = Syscalls.get();
        int type = framing.pairType() | SocketConstants.SOCK_CLOEXEC;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(JAVA_INT, 2);
            int made = syscalls.sockets().socketpair(SocketConstants.AF_UNIX, type, 0, fds);
            Errno.check("socketpair", made, null);
            return new Pair(
                    adopt(fds.getAtIndex(JAVA_INT, 0), framing),
                    adopt(fds.getAtIndex(JAVA_INT, 1), framing));
        }
    }

    /**
     * Connects to a Unix socket, to a {@link DescriptorListener} for instance. Blocks while the
     * listener's queue is full.
     *
     * @throws dev.ringfork.bindings.SyscallException if nobody listens there, and so on
     * @throws UnsupportedOperationException on macOS with {@link Framing#SOCKET}
     */
    public static DescriptorSocket connect(Address address, Framing framing) {
        Syscalls syscalls = Syscalls.get();
        int type = framing.connectionType() | SocketConstants.SOCK_CLOEXEC;
        int fd = syscalls.sockets().socket(SocketConstants.AF_UNIX, type, 0);
        PassedDescriptor socket = PassedDescriptor.own(Errno.check("socket", fd, address));
        try (socket;
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Address.BYTES_MAX, Long.BYTES);
            int length = address.encode(memory);
            int connected;
            do {
                // Interrupted, a Unix socket has not begun to connect.
                connected = syscalls.sockets().connect(fd, memory, length);
            } while (connected == -Errno.EINTR);
            Errno.check("connect", connected, address);
            return adopt(socket.take(), framing);
        }
    }

    /** Takes over a connected Unix socket, with payloads up to {@link #PAYLOAD_BYTES}. */
    public static DescriptorSocket adopt(int fd, Framing framing) {
        return adopt(fd, framing, PAYLOAD_BYTES);
    }

    /**
     * Takes over a connected Unix socket, once it has proved to be of the right type.
     *
     * @param payloadBytes the longest payload, to send and to receive
     * @throws IllegalArgumentException if the framing is for streams and the socket is none
     * @throws dev.ringfork.bindings.SyscallException if it is no socket
     */
    public static DescriptorSocket adopt(int fd, Framing framing, int payloadBytes) {
        return adopt(Syscalls.get(), fd, framing, payloadBytes, DESCRIPTORS_MAX);
    }

    /** The same with room for so many descriptors to come. */
    static DescriptorSocket adopt(
            Syscalls syscalls, int fd, Framing framing, int payloadBytes, int rights) {
        int type = SocketOption.SO_TYPE.get(syscalls.sockets(), fd);
        if (framing == Framing.HEADER && type != SocketConstants.SOCK_STREAM) {
            throw new IllegalArgumentException(
                    "descriptor %d is no stream socket, and keeps boundaries itself: use SOCKET"
                            .formatted(fd));
        }
        boolean datagrams = type == SocketConstants.SOCK_DGRAM;
        return new DescriptorSocket(
                syscalls,
                fd,
                new Outgoing(syscalls.sockets(), framing, payloadBytes),
                new Incoming(syscalls, framing, datagrams, payloadBytes, rights));
    }

    /** The socket, for a loop to watch; it stays this object's. Negative when closed. */
    public int fd() {
        return fd;
    }

    /**
     * Sends copies of descriptors, which stay the caller's, along with a payload. Does not block.
     *
     * <p>What a stream does not take at once goes with the next call of {@code trySend}, {@link
     * #flush} or {@link #send}; the descriptors are on their way all the same.
     *
     * @param payload at least one byte with {@link Framing#SOCKET}
     * @param fds up to {@link #DESCRIPTORS_MAX}
     * @return {@code SENT}, or why nothing was sent
     * @throws dev.ringfork.bindings.SyscallException for {@code EBADF}, {@code EMSGSIZE} (a longer
     *     payload than the socket's send buffer) and so on
     */
    public Sending trySend(byte[] payload, int... fds) {
        return outgoing.send(fd, payload, fds);
    }

    /** Sends as {@link #trySend} does, and blocks until all is sent or the time is over. */
    public Sending send(byte[] payload, Duration timeout, int... fds) {
        Deadline deadline = new Deadline(timeout);
        Sending sending = trySend(payload, fds);
        while (undecided(sending) && waitForRoom(sending, deadline)) {
            sending = trySend(payload, fds);
        }
        if (sending != Sending.SENT) {
            return sending;
        }
        Sending rest = flush();
        while (undecided(rest) && waitForRoom(rest, deadline)) {
            rest = flush();
        }
        return sending;
    }

    /**
     * Sends what a stream did not take of the message before. Does not block.
     *
     * @return {@code SENT} when nothing is left
     */
    public Sending flush() {
        return outgoing.flush(fd);
    }

    /** Whether there is something to {@link #flush} when the socket is writable. */
    public boolean wantsWrite() {
        return outgoing.remaining();
    }

    private static boolean undecided(Sending sending) {
        return sending == Sending.FULL || sending == Sending.TOO_MANY_IN_FLIGHT;
    }

    private boolean waitForRoom(Sending sending, Deadline deadline) {
        // No event tells of the limit; and a socket of macOS is writable while its peer's queue of
        // datagrams is full, one of Linux while there is room for less than this message.
        if (sending == Sending.TOO_MANY_IN_FLIGHT) {
            return deadline.pause();
        }
        return deadline.await(syscalls.polling(), fd, PollConstants.POLLOUT) && deadline.pause();
    }

    /**
     * Sends nothing after what was sent: the peer finds the end when it has received all. Receiving
     * goes on.
     */
    public void finish() {
        // It fails where the peer is gone, which is heard of by receiving.
        syscalls.sockets().shutdown(fd, SocketConstants.SHUT_WR);
    }

    /**
     * Receives a message. Does not block.
     *
     * @param expected the most descriptors that may come with it
     * @return the message, whose descriptors are the caller's to take or close; null when there is
     *     none yet, or the peer has {@link #ended}
     * @throws PassingException if the message is not as expected; its descriptors are closed
     */
    public @Nullable ReceivedDescriptors tryReceive(int expected) {
        return incoming.ended() ? null : incoming.receive(fd, expected);
    }

    /** Receives as {@link #tryReceive} does, and blocks until the time is over. */
    public @Nullable ReceivedDescriptors receive(int expected, Duration timeout) {
        Deadline deadline = new Deadline(timeout);
        ReceivedDescriptors received = tryReceive(expected);
        while (received == null
                && !ended()
                && deadline.await(syscalls.polling(), fd, PollConstants.POLLIN)) {
            received = tryReceive(expected);
        }
        return received;
    }

    /** Whether the peer is gone and everything it sent was received. */
    public boolean ended() {
        return incoming.ended();
    }

    /**
     * Who was at the other end when the socket was connected, which need not be who sends now.
     *
     * @see #tellSenders
     */
    public PeerCredentials peer() {
        return SocketOption.SO_PEERCRED.get(syscalls.sockets(), fd);
    }

    /**
     * Has each message from now on tell who sent it, {@link ReceivedDescriptors#sender}; a message
     * that is already in the queue tells it if the sender's socket has the option.
     *
     * @throws dev.ringfork.bindings.SyscallException where messages do not tell (macOS)
     */
    public void tellSenders() {
        Errno.check(
                "setsockopt",
                SocketOption.SO_PASSCRED.set(syscalls.sockets(), fd, true),
                SocketOption.SO_PASSCRED.supported()
                        ? "SO_PASSCRED"
                        : SocketOption.SO_PASSCRED.absence());
    }

    /** Gives the socket to the caller, who closes it. What was not sent or received yet is lost. */
    public int release() {
        int released = fd;
        incoming.close();
        fd = CLOSED;
        return released;
    }

    /** Closes the socket; what was not sent is lost. */
    @Override
    public void close() {
        int closing = release();
        if (closing != CLOSED) {
            syscalls.descriptors().close(closing);
        }
    }
}

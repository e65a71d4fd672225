// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.abi.Constants;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.bindings.calls.Native;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A {@code msghdr} in the caller's memory: buffers to gather or scatter, and descriptors passed
 * along (SCM_RIGHTS, unix(7)).
 *
 * <p>Made once and used again: no method allocates. Confined to one thread at a time. The memory
 * must outlive the message. Descriptors that were received belong to the caller: take each with
 * {@link #right}, or drop them all with {@link #closeRights}.
 *
 * <pre>{@code
 * Message message = new Message(arena.allocate(Message.bytes(1, 1), 8), 1, 1);
 * message.clear().buffer(word.address(), 1).putRight(fd);
 * sockets.sendmsg(channel, message.header(), MSG_NOSIGNAL);
 *
 * message.clear().buffer(word.address(), 1).expectRights();
 * sockets.recvmsg(channel, message.header(), MSG_CMSG_CLOEXEC);
 * if (message.controlTruncated()) {
 *     message.closeRights(descriptors);
 * }
 * }</pre>
 *
 * <p>At least one byte of data must travel with descriptors, and on a stream a plain read of that
 * byte discards them.
 */
public final class Message {

    /** The size of a {@code msghdr} on this platform. */
    public static final int HEADER_BYTES = Layouts.current().size("msghdr");

    /** The most descriptors that Linux takes in one message (SCM_MAX_FD). */
    public static final int RIGHTS_MAX = 253;

    /**
     * The room for what a kernel adds to a message on its own: who sent it, a pidfd and a security
     * label. Memory of so much more than {@link #bytes} takes it along with the descriptors.
     */
    public static final int ATTACHED_BYTES = 512;

    private static final int IOVEC_BYTES = 2 * Long.BYTES;
    private static final int ALIGNMENT = Long.BYTES;
    private static final int UCRED_BYTES = 3 * Integer.BYTES;
    private static final Shape HERE = Shape.of(Platform.current());

    private final Shape shape;
    private final MemorySegment header;
    private final MemorySegment control;
    private final int buffersCapacity;
    private final int rightsCapacity;
    private int bufferCount;
    private int rightsPut;

    /**
     * A message in the given memory.
     *
     * @param memory native, aligned to 8, of at least {@link #bytes} for the same capacities; what
     *     is beyond is room for other ancillary data, {@link #ATTACHED_BYTES} for instance
     * @param buffers the most buffers of one message
     * @param rights the most descriptors of one message, up to {@link #RIGHTS_MAX}
     */
    public Message(MemorySegment memory, int buffers, int rights) {
        this(HERE, memory, buffers, rights);
    }

    /** The same with the layout of any platform. */
    Message(Shape shape, MemorySegment memory, int buffers, int rights) {
        if (rights > RIGHTS_MAX) {
            throw new IllegalArgumentException("the kernel takes %d at once".formatted(RIGHTS_MAX));
        }
        this.shape = shape;
        int iovecs = align(shape.bytes, ALIGNMENT);
        int controlAt = iovecs + buffers * IOVEC_BYTES;
        header = memory.asSlice(0, controlAt);
        control = memory.asSlice(controlAt);
        buffersCapacity = buffers;
        rightsCapacity = rights;
        clear();
    }

    private Message(MemorySegment received) {
        shape = HERE;
        header = received;
        control =
                Native.memory(
                        received.get(JAVA_LONG, shape.control),
                        received.get(JAVA_INT, shape.controlLength));
        buffersCapacity = 0;
        rightsCapacity = 0;
    }

    /** A view of a header that was built elsewhere and that recvmsg(2) has filled. */
    public static Message received(MemorySegment msghdr) {
        return new Message(msghdr);
    }

    /** The memory that a message of so many buffers and descriptors needs. */
    public static int bytes(int buffers, int rights) {
        return bytes(HERE, buffers, rights);
    }

    static int bytes(Shape shape, int buffers, int rights) {
        int iovecs = align(shape.bytes, ALIGNMENT);
        return iovecs + buffers * IOVEC_BYTES + (rights == 0 ? 0 : shape.space(rights));
    }

    /** Empties the message. */
    public Message clear() {
        bufferCount = 0;
        rightsPut = 0;
        header.fill((byte) 0);
        header.set(JAVA_LONG, shape.iov, header.address() + align(shape.bytes, ALIGNMENT));
        return this;
    }

    /** Appends a buffer to send from or receive into. */
    public Message buffer(long address, long bytes) {
        if (bufferCount == buffersCapacity) {
            throw new IllegalStateException("the message holds %d".formatted(buffersCapacity));
        }
        int at = align(shape.bytes, ALIGNMENT) + bufferCount * IOVEC_BYTES;
        header.set(JAVA_LONG, at, address);
        header.set(JAVA_LONG, at + Long.BYTES, bytes);
        // A size_t on Linux, an int on macOS: little-endian and zeroed, so writing an int serves.
        header.set(JAVA_INT, shape.iovLength, ++bufferCount);
        return this;
    }

    /**
     * Says where a datagram goes, or where the sender's address is to be stored.
     *
     * @param length the address's length, or the room for it
     */
    public Message peer(MemorySegment address, int length) {
        header.set(JAVA_LONG, shape.name, address.address());
        header.set(JAVA_INT, shape.nameLength, length);
        return this;
    }

    /** Appends a descriptor to send. It stays the caller's, who closes it when the send is done. */
    public Message putRight(int fd) {
        if (rightsPut == rightsCapacity) {
            throw new IllegalStateException("the message holds %d".formatted(rightsCapacity));
        }
        control.set(JAVA_INT, shape.data + (long) rightsPut * Integer.BYTES, fd);
        rightsPut++;
        // A size_t on Linux; on macOS an int, and the level, which is written next.
        control.set(JAVA_LONG, 0, shape.data + (long) rightsPut * Integer.BYTES);
        control.set(JAVA_INT, shape.level, shape.solSocket);
        control.set(JAVA_INT, shape.type, shape.scmRights);
        return control(shape.space(rightsPut));
    }

    /** Opens the whole room for descriptors, and what else is attached, to be received. */
    public Message expectRights() {
        return control((int) control.byteSize());
    }

    private Message control(int bytes) {
        header.set(JAVA_LONG, shape.control, control.address());
        header.set(JAVA_INT, shape.controlLength, bytes);
        return this;
    }

    /** The {@code msghdr} for sendmsg(2) and recvmsg(2). */
    public MemorySegment header() {
        return header;
    }

    /** The flags of the message that was received. */
    public int flags() {
        return header.get(JAVA_INT, shape.flags);
    }

    /** The length of the sender's address. */
    public int peerLength() {
        return header.get(JAVA_INT, shape.nameLength);
    }

    /** Whether a datagram was longer than the buffers: the rest is lost. */
    public boolean truncated() {
        return (flags() & SocketConstants.MSG_TRUNC) != 0;
    }

    /**
     * Whether there were more descriptors than room: those beyond are lost, those that fitted are
     * open in this process.
     */
    public boolean controlTruncated() {
        return (flags() & SocketConstants.MSG_CTRUNC) != 0;
    }

    /** How many descriptors were received. */
    public int rightsCount() {
        int count = 0;
        for (int at = first(); at >= 0; at = next(at)) {
            count += rightsAt(at);
        }
        return count;
    }

    /** One of the descriptors that were received. */
    public int right(int index) {
        int before = 0;
        for (int at = first(); at >= 0; at = next(at)) {
            int here = rightsAt(at);
            if (index - before < here) {
                return control.get(
                        JAVA_INT, at + shape.data + (long) (index - before) * Integer.BYTES);
            }
            before += here;
        }
        throw new IndexOutOfBoundsException(index);
    }

    /**
     * Closes every descriptor that was received, the {@link #pidfd} too.
     *
     * @return how many were passed by the sender
     */
    public int closeRights(Descriptors descriptors) {
        int count = rightsCount();
        for (int i = 0; i < count; i++) {
            descriptors.close(right(i));
        }
        int pidfd = pidfd();
        if (pidfd >= 0) {
            descriptors.close(pidfd);
        }
        return count;
    }

    /**
     * Who sent the message, when the receiving socket asks for it with {@code SO_PASSCRED}; null
     * otherwise, and on macOS.
     */
    public @Nullable PeerCredentials credentials() {
        int at = find(SocketConstants.SCM_CREDENTIALS);
        if (at < 0) {
            return null;
        }
        int[] ucred = control.asSlice(at + (long) shape.data, UCRED_BYTES).toArray(JAVA_INT);
        return new PeerCredentials(ucred[0], ucred[1], ucred[2]);
    }

    /**
     * A descriptor of the sending process, which the kernel opens in this one when the receiving
     * socket has {@code SO_PASSPIDFD}; it is the caller's. A negative number otherwise.
     */
    public int pidfd() {
        int at = find(SocketConstants.SCM_PIDFD);
        return at < 0 ? -1 : control.get(JAVA_INT, at + (long) shape.data);
    }

    /** Where the header of a kind of ancillary data is, or -1. */
    private int find(int kind) {
        for (int at = first(); at >= 0; at = next(at)) {
            if (control.get(JAVA_INT, at + (long) shape.level) == shape.solSocket
                    && control.get(JAVA_INT, at + (long) shape.type) == kind) {
                return at;
            }
        }
        return -1;
    }

    private int first() {
        return fits(0) ? 0 : -1;
    }

    private int next(int at) {
        int after = at + align(length(at), shape.alignment);
        return fits(after) ? after : -1;
    }

    private boolean fits(int at) {
        return at + shape.data <= received();
    }

    /** The length of a header and its data, kept within what was received. */
    private int length(int at) {
        return Math.clamp(control.get(JAVA_INT, at), shape.data, received() - at);
    }

    private int received() {
        return header.get(JAVA_INT, shape.controlLength);
    }

    private int rightsAt(int at) {
        boolean rights =
                control.get(JAVA_INT, at + (long) shape.level) == shape.solSocket
                        && control.get(JAVA_INT, at + (long) shape.type) == shape.scmRights;
        return rights ? (length(at) - shape.data) / Integer.BYTES : 0;
    }

    private static int align(int bytes, int unit) {
        return (bytes + unit - 1) & -unit;
    }

    /** Where the fields of {@code msghdr} and {@code cmsghdr} are, in bytes. */
    static final class Shape {

        private final int bytes;
        private final int name;
        private final int nameLength;
        private final int iov;
        private final int iovLength;
        private final int control;
        private final int controlLength;
        private final int flags;
        private final int level;
        private final int type;
        private final int data;
        private final int alignment;
        private final int solSocket;
        private final int scmRights;

        private Shape(Layouts layouts, Constants constants) {
            bytes = layouts.size("msghdr");
            name = layouts.offset("msghdr", "msg_name");
            nameLength = layouts.offset("msghdr", "msg_namelen");
            iov = layouts.offset("msghdr", "msg_iov");
            iovLength = layouts.offset("msghdr", "msg_iovlen");
            control = layouts.offset("msghdr", "msg_control");
            controlLength = layouts.offset("msghdr", "msg_controllen");
            flags = layouts.offset("msghdr", "msg_flags");
            level = layouts.offset("cmsghdr", "cmsg_level");
            type = layouts.offset("cmsghdr", "cmsg_type");
            data = layouts.cmsgLength(0);
            alignment = layouts.align("cmsghdr");
            solSocket = (int) constants.value("SOL_SOCKET");
            scmRights = (int) constants.value("SCM_RIGHTS");
        }

        static Shape of(Platform platform) {
            return new Shape(Layouts.of(platform), Constants.of(platform));
        }

        /** What {@code CMSG_SPACE} gives for so many descriptors. */
        private int space(int rights) {
            return data + align(rights * Integer.BYTES, alignment);
        }
    }
}

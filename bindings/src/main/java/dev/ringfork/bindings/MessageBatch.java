// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.MemorySegment;

/**
 * Datagrams that are received or sent together: by one call, recvmmsg(2) and sendmmsg(2), or by one
 * call each where the kernel has no such thing.
 *
 * <p>Made once and used again: no method allocates. Confined to one thread at a time. The memory,
 * and that of the datagrams, must outlive it. A slot has a datagram's place, {@link #datagram}, and
 * the address of its sender or receiver, {@link #peer}.
 *
 * <pre>{@code
 * MessageBatch batch = new MessageBatch(arena.allocate(MessageBatch.bytes(16), 8), 16);
 * batch.datagram(0, memory.address(), 2048);
 * int came = batch.receive(sockets, fd, 16, 0);
 * }</pre>
 */
public final class MessageBatch {
    private static final Layouts LAYOUTS = Layouts.current();
    private static final int NAME = LAYOUTS.offset("msghdr", "msg_name");
    private static final int NAME_LENGTH = LAYOUTS.offset("msghdr", "msg_namelen");
    private static final int IOV = LAYOUTS.offset("msghdr", "msg_iov");
    private static final int IOV_LENGTH = LAYOUTS.offset("msghdr", "msg_iovlen");
    private static final int FLAGS = LAYOUTS.offset("msghdr", "msg_flags");

    // struct mmsghdr: a msghdr, and behind it the bytes that came or went. Where the kernel does
    // not have it the place is the same, and is filled here.
    private static final int LENGTH = LAYOUTS.size("msghdr");
    private static final int HEADER_BYTES = (LENGTH + Integer.BYTES + 7) & -8;

    private static final int IOVEC_BYTES = 2 * Long.BYTES;

    private final int count;
    private final MemorySegment headers;
    private final MemorySegment iovecs;
    private final MemorySegment[] messages;
    private final MemorySegment[] peers;
    private boolean together = true;

    /**
     * A batch in the given memory.
     *
     * @param memory native, aligned to 8, of at least {@link #bytes}
     * @param count how many slots
     */
    public MessageBatch(MemorySegment memory, int count) {
        this.count = count;
        long iovecsAt = (long) count * HEADER_BYTES;
        long peersAt = iovecsAt + (long) count * IOVEC_BYTES;
        headers = memory.asSlice(0, iovecsAt);
        iovecs = memory.asSlice(iovecsAt, peersAt - iovecsAt);
        messages = new MemorySegment[count];
        peers = new MemorySegment[count];
        headers.fill((byte) 0);
        for (int i = 0; i < count; i++) {
            messages[i] = headers.asSlice(at(i), HEADER_BYTES);
            peers[i] = memory.asSlice(peersAt + (long) i * Address.BYTES_MAX, Address.BYTES_MAX);
            headers.set(JAVA_LONG, at(i) + NAME, peers[i].address());
            headers.set(JAVA_LONG, at(i) + IOV, iovecs.address() + (long) i * IOVEC_BYTES);
            headers.set(JAVA_INT, at(i) + IOV_LENGTH, 1);
        }
    }

    /** The memory that so many slots need. */
    public static long bytes(int count) {
        return (long) count * (HEADER_BYTES + IOVEC_BYTES + Address.BYTES_MAX);
    }

    private static long at(int slot) {
        return (long) slot * HEADER_BYTES;
    }

    /** How many slots there are. */
    public int count() {
        return count;
    }

    /** Says where a slot's datagram is, or where one has room. */
    public void datagram(int slot, long address, long length) {
        iovecs.setAtIndex(JAVA_LONG, 2L * slot, address);
        iovecs.setAtIndex(JAVA_LONG, 2L * slot + 1, length);
    }

    /** The memory of a slot's address: {@link Address#BYTES_MAX} bytes. */
    public MemorySegment peer(int slot) {
        return peers[slot];
    }

    /** How many bytes of it are the sender's address. */
    public int peerLength(int slot) {
        return headers.get(JAVA_INT, at(slot) + NAME_LENGTH);
    }

    /** Says how many bytes of it are the receiver's address; 0 for a connected socket. */
    public void peerLength(int slot, int length) {
        headers.set(JAVA_INT, at(slot) + NAME_LENGTH, length);
    }

    /** How many bytes have come or gone. */
    public int length(int slot) {
        return headers.get(JAVA_INT, at(slot) + LENGTH);
    }

    /** Whether the datagram was longer than its room: the rest is lost. */
    public boolean truncated(int slot) {
        return (headers.get(JAVA_INT, at(slot) + FLAGS) & SocketConstants.MSG_TRUNC) != 0;
    }

    /**
     * Receives into the first slots.
     *
     * @param atMost how many, up to {@link #count}
     * @return how many have come, or what recvmsg(2) gives for the first
     */
    public int receive(Sockets sockets, int fd, int atMost, int flags) {
        for (int i = 0; i < atMost; i++) {
            peerLength(i, Address.BYTES_MAX);
        }
        if (together) {
            int received = sockets.recvmmsg(fd, headers.address(), atMost, flags);
            if (received != -Errno.ENOSYS) {
                return received;
            }
            together = false;
        }
        for (int i = 0; i < atMost; i++) {
            long received = sockets.recvmsg(fd, messages[i], flags);
            if (received < 0) {
                return i > 0 ? i : (int) received;
            }
            headers.set(JAVA_INT, at(i) + LENGTH, (int) received);
        }
        return atMost;
    }

    /**
     * Sends from some slots.
     *
     * @param first the first of them
     * @param atMost how many, up to the last slot
     * @return how many have gone, or what sendmsg(2) gives for the first
     */
    public int send(Sockets sockets, int fd, int first, int atMost, int flags) {
        if (together) {
            int sent = sockets.sendmmsg(fd, headers.address() + at(first), atMost, flags);
            if (sent != -Errno.ENOSYS) {
                return sent;
            }
            together = false;
        }
        for (int i = 0; i < atMost; i++) {
            long sent = sockets.sendmsg(fd, messages[first + i], flags);
            if (sent < 0) {
                return i > 0 ? i : (int) sent;
            }
            headers.set(JAVA_INT, at(first + i) + LENGTH, (int) sent);
        }
        return atMost;
    }
}

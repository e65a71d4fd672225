// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The sending half of a {@link DescriptorSocket}: one message in native memory, and how much of it
 * a stream has not taken yet.
 */
final class Outgoing {
    /** The bytes of a header of {@link Framing#HEADER}. */
    static final int HEADER_BYTES = 2 * Integer.BYTES;

    static final ValueLayout.OfInt HEADER_INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    // The mode of the descriptor may be shared with other processes: each call says for itself.
    private static final int FLAGS = SocketConstants.MSG_DONTWAIT | SocketConstants.MSG_NOSIGNAL;

    private final Sockets sockets;
    private final Framing framing;
    private final MemorySegment bytes;
    private final Message message;
    private int sent;
    private int length;

    Outgoing(Sockets sockets, Framing framing, int payloadBytes) {
        this.sockets = sockets;
        this.framing = framing;
        Arena arena = Arena.ofAuto();
        bytes = arena.allocate(HEADER_BYTES + (long) payloadBytes, Long.BYTES);
        int rights = Message.RIGHTS_MAX;
        message = new Message(arena.allocate(Message.bytes(1, rights), Long.BYTES), 1, rights);
    }

    /** Whether part of a message that counts as sent is still here. */
    boolean remaining() {
        return sent < length;
    }

    /** Sends a message unless the one before it is still here. */
    Sending send(int fd, byte[] payload, int... fds) {
        check(payload, fds);
        Sending before = flush(fd);
        if (before != Sending.SENT) {
            return before;
        }
        int total = write(payload, fds.length);
        message.clear().buffer(bytes.address(), total);
        for (int passed : fds) {
            message.putRight(passed);
        }
        long result = sendmsg(fd);
        if (result >= 0) {
            sent = (int) result;
            length = total;
        }
        return Sending.of(result, fd);
    }

    private void check(byte[] payload, int... fds) {
        int room = (int) bytes.byteSize() - HEADER_BYTES;
        if (payload.length > room) {
            throw new IllegalArgumentException(
                    "a payload has at most %d bytes here, not %d".formatted(room, payload.length));
        }
        if (fds.length > Message.RIGHTS_MAX) {
            throw new IllegalArgumentException(
                    "the kernel passes at most %d descriptors at once, not %d: send several messages"
                            .formatted(Message.RIGHTS_MAX, fds.length));
        }
        if (payload.length == 0 && framing == Framing.SOCKET) {
            throw new IllegalArgumentException("descriptors travel with at least one byte");
        }
    }

    private int write(byte[] payload, int descriptors) {
        int at = 0;
        if (framing == Framing.HEADER) {
            bytes.set(HEADER_INT, 0, payload.length);
            bytes.set(HEADER_INT, Integer.BYTES, descriptors);
            at = HEADER_BYTES;
        }
        MemorySegment.copy(payload, 0, bytes, JAVA_BYTE, at, payload.length);
        return at + payload.length;
    }

    /** Sends what a stream did not take before; the descriptors went with the first byte. */
    Sending flush(int fd) {
        while (remaining()) {
            message.clear().buffer(bytes.address() + sent, length - (long) sent);
            long result = sendmsg(fd);
            if (result < 0) {
                return Sending.of(result, fd);
            }
            sent += (int) result;
        }
        return Sending.SENT;
    }

    private long sendmsg(int fd) {
        long result;
        do {
            result = sockets.sendmsg(fd, message.header(), FLAGS);
        } while (result == -Errno.EINTR);
        return result;
    }
}

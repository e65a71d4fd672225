// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.PeerCredentials;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.prefork.passing.PassingException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a {@link DescriptorSocket}.
 *
 * <p>Every byte is received by recvmsg(2) with room for as many descriptors as the kernel passes at
 * once: a plain read would discard those of the bytes it takes. What is not delivered is closed.
 */
final class Incoming {
    private static final int FLAGS =
            SocketConstants.MSG_DONTWAIT | SocketConstants.MSG_CMSG_CLOEXEC;

    private static final int HEADER = Outgoing.HEADER_BYTES;

    private final Syscalls syscalls;
    private final Framing framing;
    private final boolean datagrams;
    private final MemorySegment bytes;
    private final Message message;

    // What has come of a frame, and what came with its header.
    private int have;
    private int payloadBytes;
    private List<PassedDescriptor> framed = new ArrayList<>();
    private @Nullable PeerCredentials sender;

    private boolean reset;
    private boolean ended;
    private boolean lost;

    /**
     * @param rights room for so many descriptors
     * @param datagrams whether an empty message is a message, rather than the end
     */
    Incoming(Syscalls syscalls, Framing framing, boolean datagrams, int payloadBytes, int rights) {
        this.syscalls = syscalls;
        this.framing = framing;
        this.datagrams = datagrams;
        Arena arena = Arena.ofAuto();
        bytes = arena.allocate(HEADER + (long) payloadBytes, Long.BYTES);
        long room = Message.bytes(1, rights) + (long) Message.ATTACHED_BYTES;
        message = new Message(arena.allocate(room, Long.BYTES), 1, rights);
    }

    /** Whether the peer is gone and all it sent was received. */
    boolean ended() {
        return ended;
    }

    /** The next message, or null: there is none yet, or none any more. */
    @Nullable ReceivedDescriptors receive(int fd, int expected) {
        if (lost) {
            throw new PassingException(Reason.NO_FRAME, "the stream has lost its frames: close it");
        }
        return framing == Framing.HEADER ? frame(fd, expected) : whole(fd, expected);
    }

    private @Nullable ReceivedDescriptors whole(int fd, int expected) {
        long received = recvmsg(fd, 0, bytes.byteSize() - HEADER);
        if (received < 0) {
            return null;
        }
        List<PassedDescriptor> descriptors = takeRights();
        if (received == 0 && descriptors.isEmpty() && !datagrams) {
            ended = true;
            return null;
        }
        if (message.truncated()) {
            descriptors.forEach(PassedDescriptor::close);
            throw new PassingException(
                    Reason.TOO_LONG,
                    "a message had more than the %d bytes there is room for: open the socket with more"
                            .formatted(bytes.byteSize() - HEADER));
        }
        requireExpected(descriptors, expected);
        return new ReceivedDescriptors(copy(0, (int) received), descriptors, sender);
    }

    private @Nullable ReceivedDescriptors frame(int fd, int expected) {
        while (have < HEADER) {
            if (!more(fd, HEADER - (long) have)) {
                return null;
            }
            framed.addAll(takeRights());
            if (have == HEADER) {
                readHeader();
            }
        }
        while (have < HEADER + payloadBytes) {
            if (!more(fd, HEADER + (long) payloadBytes - have)) {
                return null;
            }
            requireNone(takeRights());
        }
        List<PassedDescriptor> descriptors = framed;
        framed = new ArrayList<>();
        have = 0;
        requireExpected(descriptors, expected);
        return new ReceivedDescriptors(copy(HEADER, payloadBytes), descriptors, sender);
    }

    /** Receives more of a frame, never beyond it. */
    private boolean more(int fd, long count) {
        long received = recvmsg(fd, have, count);
        if (received == 0) {
            // Descriptors of a frame that was cut short are of no use to anybody.
            ended = true;
            message.closeRights(syscalls.descriptors());
            close();
        }
        if (received <= 0) {
            return false;
        }
        have += (int) received;
        return true;
    }

    private void readHeader() {
        payloadBytes = bytes.get(Outgoing.HEADER_INT, 0);
        int declared = bytes.get(Outgoing.HEADER_INT, Integer.BYTES);
        if (payloadBytes < 0 || payloadBytes > bytes.byteSize() - HEADER) {
            throw noFrame(
                    "a frame of %s bytes where at most %d have room"
                            .formatted(
                                    Integer.toUnsignedString(payloadBytes),
                                    bytes.byteSize() - HEADER));
        }
        if (declared != framed.size()) {
            throw noFrame(
                    "a frame came with %d descriptors and declares %s"
                            .formatted(framed.size(), Integer.toUnsignedString(declared)));
        }
    }

    private void requireNone(List<PassedDescriptor> descriptors) {
        if (!descriptors.isEmpty()) {
            int count = descriptors.size();
            descriptors.forEach(PassedDescriptor::close);
            throw noFrame("%d descriptors came within a payload".formatted(count));
        }
    }

    private PassingException noFrame(String what) {
        lost = true;
        close();
        return new PassingException(
                Reason.NO_FRAME,
                what + ": both ends have to use the same framing; close the socket");
    }

    private static void requireExpected(List<PassedDescriptor> descriptors, int expected) {
        if (descriptors.size() > expected) {
            int count = descriptors.size();
            descriptors.forEach(PassedDescriptor::close);
            throw new PassingException(
                    Reason.SURPLUS,
                    "%d descriptors came where %d at most were expected: all were closed"
                            .formatted(count, expected));
        }
    }

    /**
     * Receives.
     *
     * @return bytes, 0 at the end, or {@code -EAGAIN}
     */
    private long recvmsg(int fd, long at, long count) {
        Sockets sockets = syscalls.sockets();
        while (true) {
            message.clear().buffer(bytes.address() + at, count).expectRights();
            long result = sockets.recvmsg(fd, message.header(), FLAGS);
            if (result == -Errno.ECONNRESET) {
                // A peer that died without reading: what it sent before may come behind the error.
                if (reset) {
                    message.clear();
                    return 0;
                }
                reset = true;
            } else if (result >= 0 || result == -Errno.EAGAIN) {
                return result;
            } else if (result != -Errno.EINTR) {
                message.clear();
                return Errno.check("recvmsg", result, "descriptor " + fd);
            }
        }
    }

    /** The descriptors of the message that was received, each with an owner. */
    private List<PassedDescriptor> takeRights() {
        if (message.controlTruncated()) {
            int closed = message.closeRights(syscalls.descriptors());
            close();
            lost = framing == Framing.HEADER;
            throw new PassingException(
                    Reason.DESCRIPTORS_DROPPED,
                    ("the kernel dropped descriptors of a message (MSG_CTRUNC), the %d that came"
                                    + " were closed: raise the limit of open files (ulimit -n)")
                            .formatted(closed));
        }
        sender = message.credentials();
        int pidfd = message.pidfd();
        if (pidfd >= 0) {
            // Somebody who shares the socket asked for it.
            syscalls.descriptors().close(pidfd);
        }
        int count = message.rightsCount();
        List<PassedDescriptor> descriptors = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            descriptors.add(PassedDescriptor.own(message.right(i)));
        }
        return descriptors;
    }

    private byte[] copy(int at, int count) {
        byte[] payload = new byte[count];
        MemorySegment.copy(bytes, JAVA_BYTE, at, payload, 0, count);
        return payload;
    }

    /** Closes what came with a frame that is not whole. */
    void close() {
        framed.forEach(PassedDescriptor::close);
        framed.clear();
    }
}

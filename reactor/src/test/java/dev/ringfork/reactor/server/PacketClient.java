// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.AF_UNIX;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.SHUT_WR;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_SEQPACKET;
import static dev.ringfork.bindings.abi.SocketConstants.SOL_SOCKET;
import static dev.ringfork.bindings.abi.SocketConstants.SO_RCVTIMEO;
import static dev.ringfork.bindings.abi.SocketConstants.SO_SNDTIMEO;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Waiting;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A client that sends and receives packets, blocking, with a deadline. The JDK has no such sockets:
 * it makes the calls alone.
 *
 * <p>Confined to one thread, but for one that sends while another receives.
 */
final class PacketClient implements AutoCloseable {
    private static final int LONGEST = 1 << 17;

    private final Sockets sockets = Syscalls.get().sockets();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment outgoing = arena.allocate(LONGEST);
    private final MemorySegment incoming = arena.allocate(LONGEST);
    private final int fd;
    private boolean closed;

    private PacketClient(int fd) {
        this.fd = fd;
    }

    /** Skips a test on a system without such sockets. */
    static void assumeThere() {
        assumeTrue(Platform.current().linux(), "only Linux has packets on Unix sockets");
    }

    static PacketClient connect(Address address) {
        Sockets sockets = Syscalls.get().sockets();
        int fd = sockets.socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        PacketClient client = new PacketClient(Errno.check("socket", fd, address));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment seconds = arena.allocateFrom(JAVA_LONG, Waiting.DEADLINE.toSeconds(), 0L);
            sockets.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, seconds, 16);
            sockets.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, seconds, 16);
            MemorySegment name = arena.allocate(Address.BYTES_MAX, 8);
            int length = address.encode(name);
            Errno.check("connect", sockets.connect(fd, name, length), address);
            return client;
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    PacketClient send(String text) {
        return send(text.getBytes(US_ASCII));
    }

    PacketClient send(byte[] packet) {
        MemorySegment.copy(packet, 0, outgoing, JAVA_BYTE, 0, packet.length);
        long sent = sockets.send(fd, outgoing.address(), packet.length, MSG_NOSIGNAL);
        assertEquals(packet.length, sent, "sending a packet");
        return this;
    }

    /** The next packet; an empty one is the end. */
    byte[] receive() {
        long length = sockets.recv(fd, incoming.address(), LONGEST, 0);
        if (length < 0) {
            throw new AssertionError("receiving a packet: " + Errno.name((int) -length));
        }
        return incoming.asSlice(0, length).toArray(JAVA_BYTE);
    }

    String text() {
        return new String(receive(), US_ASCII);
    }

    /** Expects that nothing more comes, by an end or by a reset. */
    void expectClosed() {
        long length = sockets.recv(fd, incoming.address(), LONGEST, 0);
        assertEquals(0, length == -Errno.ECONNRESET ? 0 : length);
    }

    /** Sends some bytes and expects them back. */
    void ping() {
        send("ping");
        assertEquals("ping", text());
    }

    void shutdownOutput() {
        Errno.check("shutdown", sockets.shutdown(fd, SHUT_WR), fd);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Syscalls.get().descriptors().close(fd);
            arena.close();
        }
    }
}

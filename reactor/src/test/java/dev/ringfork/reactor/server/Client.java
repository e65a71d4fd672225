// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.testing.Waiting;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * A client that is not built on what it tests: the JDK's sockets, blocking, with a deadline.
 *
 * <p>Confined to one thread, but for one that sends while another receives.
 */
final class Client implements AutoCloseable {
    private final Closeable transport;
    private final Closeable socket;
    private final InputStream in;
    private final OutputStream out;
    private boolean closed;

    private Client(Closeable socket, InputStream in, OutputStream out) {
        this(socket, socket, in, out);
    }

    /** With a transport below the socket that is written to. */
    private Client(Closeable transport, Closeable socket, InputStream in, OutputStream out) {
        this.transport = transport;
        this.socket = socket;
        this.in = in;
        this.out = out;
    }

    static Client connect(Address address) throws IOException {
        return connect(address, 0);
    }

    /** The same over TLS; returns when the handshake is done. */
    static Client connect(Address address, int receiveBytes, SSLContext tls) throws IOException {
        Socket below = new Socket();
        if (receiveBytes > 0) {
            below.setReceiveBufferSize(receiveBytes);
        }
        return connect(address, tls, below, socket -> {});
    }

    /** The same with a socket that is not connected yet, and a handshake that is prepared. */
    static Client connect(
            Address address, SSLContext tls, Socket below, Consumer<SSLSocket> preparation)
            throws IOException {
        try {
            connect(below, address);
            SSLSocket socket =
                    (SSLSocket)
                            tls.getSocketFactory()
                                    .createSocket(below, "localhost", below.getPort(), true);
            preparation.accept(socket);
            socket.startHandshake();
            return new Client(below, socket, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException e) {
            below.close();
            throw e;
        }
    }

    @SuppressWarnings("AddressSelection") // The server's own address, not a name.
    private static void connect(Socket socket, Address address) throws IOException {
        InetSocketAddress to =
                switch (address) {
                    case Address.Inet4 inet ->
                            new InetSocketAddress(inetAddress(inet), inet.port());
                    case Address.Inet6 inet ->
                            new InetSocketAddress(Inet6Address.ofLiteral("::1"), inet.port());
                    default -> throw new IllegalArgumentException(address.toString());
                };
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Waiting.DEADLINE.toMillis());
        socket.connect(to, (int) Waiting.DEADLINE.toMillis());
    }

    private static InetAddress inetAddress(Address.Inet4 address) throws IOException {
        return InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(address.host()).array());
    }

    /** With a receive buffer of its own size, so that a slow reader is noticed early. */
    static Client connect(Address address, int receiveBytes) throws IOException {
        return address instanceof Address.Unix unix
                ? connectUnix(unix)
                : connectInet(address, receiveBytes);
    }

    private static Client connectInet(Address address, int receiveBytes) throws IOException {
        Socket socket = new Socket();
        try {
            if (receiveBytes > 0) {
                socket.setReceiveBufferSize(receiveBytes);
            }
            connect(socket, address);
            return new Client(socket, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Client connectUnix(Address.Unix address) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(address.path()));
            return new Client(
                    channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The socket, of a client that speaks TLS. */
    SSLSocket tls() {
        return (SSLSocket) socket;
    }

    Client send(String text) {
        return send(text.getBytes(US_ASCII));
    }

    Client send(byte[] bytes) {
        try {
            out.write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("sending " + bytes.length + " bytes", e);
        }
    }

    /** Sends again and again, until the server has closed. */
    void sendUntilRefused(byte[] bytes) {
        boolean refused = false;
        while (!refused) {
            try {
                out.write(bytes);
            } catch (IOException e) {
                refused = true;
            }
        }
    }

    String read(int count) {
        return new String(readBytes(count), US_ASCII);
    }

    byte[] readBytes(int count) {
        try {
            byte[] bytes = in.readNBytes(count);
            assertEquals(count, bytes.length, "the server closed early");
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + count + " bytes", e);
        }
    }

    /** Reads to the end; fails on a reset. */
    byte[] readToEnd() {
        try {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("reading to the end", e);
        }
    }

    /** Expects the end, and nothing before it. */
    void expectEnd() {
        assertEquals("", new String(readToEnd(), US_ASCII));
    }

    /** Expects that nothing more comes, by an end or by a reset. */
    void expectClosed() {
        try {
            assertEquals(0, in.readAllBytes().length);
        } catch (IOException e) {
            assertReset(e);
        }
    }

    /** Reads what comes until an end or a reset, which may have cost the last of it. */
    void drain() {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            assertReset(e);
        }
    }

    private static void assertReset(IOException e) {
        assertTrue(
                e instanceof SSLException || "Connection reset".equals(e.getMessage()),
                e::toString);
    }

    /** Sends some bytes and expects them back. */
    void ping() {
        send("ping");
        assertEquals("ping", read(4));
    }

    void shutdownOutput() {
        try {
            switch (socket) {
                case Socket inet -> inet.shutdownOutput();
                case SocketChannel unix -> unix.shutdownOutput();
                default -> throw new AssertionError(socket);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it has closed its end. */
    boolean closed() {
        return closed;
    }

    /** Ends the transport's direction without a word of what runs over it. */
    void truncate() {
        try {
            ((Socket) transport).shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends below what runs over the transport. */
    void sendBelow(byte[] bytes) {
        try {
            ((Socket) transport).getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes with a reset; skips the test where there are none. */
    void reset() {
        assumeTrue(transport instanceof Socket, "only TCP has resets");
        try {
            closed = true;
            ((Socket) transport).setSoLinger(true, 0);
            transport.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

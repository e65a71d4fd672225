// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.server.Server;
import dev.ringfork.reactor.testing.Certificates;
import dev.ringfork.reactor.testing.Waiting;
import dev.ringfork.reactor.tls.TlsContext;
import dev.ringfork.reactor.tls.TlsProtocol;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers behind something that sends headers, a real proxy too. */
final class ProxiedProtocolTest {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final int SOON_MS = 20_000;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Says who the client is and what it has connected to, then sends back what it gets. */
    private static final Protocol WHO =
            connection -> {
                String who = connection.remoteAddress() + " " + connection.localAddress() + "\n";
                connection.write(who.getBytes(StandardCharsets.UTF_8));
                return connection::write;
            };

    @TempDir private Path folder;

    private @Nullable Server server;
    private @Nullable Process haproxy;

    @AfterEach
    void stop() throws InterruptedException {
        if (haproxy != null) {
            haproxy.destroyForcibly().waitFor();
        }
        if (server != null) {
            server.close();
        }
    }

    private int start(Protocol protocol) {
        server = Server.builder(protocol).listen(Address.parse("127.0.0.1:0")).start();
        return ((Address.Inet4) server.addresses().getFirst()).port();
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(LOOPBACK, port);
        socket.setSoTimeout(SOON_MS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            assertTrue(b >= 0, () -> "the end after: " + line);
            line.append((char) b);
        }
        return line.toString();
    }

    private static void assertServed(Socket socket, String who) throws IOException {
        assertEquals(who, line(socket.getInputStream()));
        socket.getOutputStream().write(Headers.text("ping\n"));
        assertEquals("ping", line(socket.getInputStream()));
    }

    private static void assertClosed(Socket socket) {
        try {
            assertEquals(-1, socket.getInputStream().read());
        } catch (SocketException reset) {
            assertTrue(String.valueOf(reset.getMessage()).contains("reset"), reset::toString);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldSayWhoTheClientIs() throws IOException {
        int port = start(ProxiedProtocol.around(WHO));
        for (byte[] header :
                List.of(
                        Headers.text("PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n"),
                        Headers.binary(Headers.PROXY, Headers.TCP4, Headers.INET_ADDRESSES))) {
            try (Socket socket = connect(port)) {
                socket.getOutputStream().write(header);
                assertServed(socket, "192.0.2.1:1000 192.0.2.2:443");
            }
        }
    }

    @Test
    void shouldSayWhoTheProxyIsWhenItSpeaksForItself() throws IOException {
        int port = start(ProxiedProtocol.around(WHO));
        for (byte[] header :
                List.of(Headers.text("PROXY UNKNOWN\r\n"), Headers.binary(Headers.LOCAL, 0))) {
            try (Socket socket = connect(port)) {
                socket.getOutputStream().write(header);
                assertServed(
                        socket, "127.0.0.1:%d 127.0.0.1:%d".formatted(socket.getLocalPort(), port));
            }
        }
    }

    @Test
    void shouldServeWhateverPiecesTheHeaderComesIn() throws IOException {
        ProxiedProtocol protocol = ProxiedProtocol.around(WHO, LONG);
        int port = start(protocol);
        byte[] request = Headers.text("first\n");
        List<byte[]> headers =
                List.of(
                        Headers.text("PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n"),
                        Headers.summed(Headers.INET_ADDRESSES));
        int served = 0;
        for (byte[] header : headers) {
            byte[] all = Headers.join(header, request);
            for (int split = 1; split < all.length; split++) {
                try (Socket socket = connect(port)) {
                    socket.getOutputStream().write(all, 0, split);
                    socket.getOutputStream().write(all, split, all.length - split);
                    assertEquals("192.0.2.1:1000 192.0.2.2:443", line(socket.getInputStream()));
                    assertEquals("first", line(socket.getInputStream()));
                }
                served++;
            }
            try (Socket socket = connect(port)) {
                for (byte b : all) {
                    socket.getOutputStream().write(b);
                }
                assertEquals("192.0.2.1:1000 192.0.2.2:443", line(socket.getInputStream()));
                assertEquals("first", line(socket.getInputStream()));
            }
            served++;
        }
        assertEquals(served, protocol.accepted());
        assertEquals(0, protocol.malformed());
    }

    @Test
    void shouldCloseAndCountWhatHasNoGoodHeader() throws IOException {
        ProxiedProtocol protocol = ProxiedProtocol.around(WHO, LONG);
        int port = start(protocol);
        List<byte[]> bad =
                List.of(
                        Headers.text("GET / HTTP/1.1\r\n\r\n"),
                        Headers.text("PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\n"),
                        Headers.text("PROXY UNKNOWN " + "x".repeat(200)),
                        Headers.binary(0x22, 0),
                        Headers.binary(Headers.PROXY, Headers.TCP4),
                        Headers.binary(
                                Headers.PROXY, 0, new byte[ProxiedProtocol.HEADER_BYTES_MAX]));
        for (byte[] header : bad) {
            try (Socket socket = connect(port)) {
                socket.getOutputStream().write(header);
                assertClosed(socket);
            }
        }
        assertEquals(bad.size(), protocol.malformed());
        assertEquals(0, protocol.accepted());
    }

    @Test
    void shouldCountAHeaderThatIsCutShortButNoVisitThatSaysNothing() throws IOException {
        ProxiedProtocol protocol = ProxiedProtocol.around(WHO, LONG);
        int port = start(protocol);
        try (Socket silent = connect(port)) {
            silent.shutdownOutput();
            assertClosed(silent);
        }
        assertEquals(0, protocol.malformed());
        try (Socket cut = connect(port)) {
            cut.getOutputStream().write(Headers.text("PROXY "));
            cut.shutdownOutput();
            assertClosed(cut);
        }
        assertEquals(1, protocol.malformed());
    }

    @Test
    void shouldCloseWhoTakesTooLong() throws IOException {
        ProxiedProtocol protocol = ProxiedProtocol.around(WHO, Duration.ofMillis(50));
        int port = start(protocol);
        try (Socket silent = connect(port);
                Socket slow = connect(port)) {
            slow.getOutputStream().write(Headers.text("PROXY "));
            assertClosed(silent);
            assertClosed(slow);
        }
        assertEquals(2, protocol.late());
        assertThrows(
                IllegalArgumentException.class, () -> ProxiedProtocol.around(WHO, Duration.ZERO));
    }

    @Test
    void shouldLetTheSessionInsideHaveItsOwnTime() throws IOException {
        Protocol patient =
                connection -> {
                    connection.write(Headers.text("open\n"));
                    return connection::write;
                };
        ProxiedProtocol protocol = ProxiedProtocol.around(patient, Duration.ofMillis(100));
        int port = start(protocol);
        try (Socket socket = connect(port);
                Socket late = connect(port)) {
            socket.getOutputStream().write(Headers.text("PROXY UNKNOWN\r\n"));
            assertEquals("open", line(socket.getInputStream()));
            assertClosed(late);
            socket.getOutputStream().write(Headers.text("later\n"));
            assertEquals("later", line(socket.getInputStream()));
        }
        assertEquals(1, protocol.late());
    }

    @Test
    void shouldKeepWhatFollowsTheHeaderFromASessionThatPauses() throws IOException {
        Protocol pausing =
                connection -> {
                    connection.pause();
                    connection.expireAfter(1);
                    return new PausedSession(connection);
                };
        int port = start(ProxiedProtocol.around(pausing));
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(Headers.text("PROXY UNKNOWN\r\nkept\n"));
            assertEquals("resumed", line(socket.getInputStream()));
            assertEquals("kept", line(socket.getInputStream()));
        }
    }

    @Test
    void shouldServeWhoSendsItsHeaderDuringADrain() throws Exception {
        ProxiedProtocol protocol = ProxiedProtocol.around(WHO, LONG);
        int port = start(protocol);
        Server draining = server;
        try (Socket socket = connect(port);
                Socket other = connect(port)) {
            other.getOutputStream().write(Headers.text("PROXY UNKNOWN\r\n"));
            line(other.getInputStream());
            Waiting.until(
                    () -> draining != null && draining.statistics().accepted() == 2, "accepted");
            if (draining != null) {
                draining.drain(LONG);
            }
            assertEquals(-1, other.getInputStream().read());
            socket.getOutputStream().write(Headers.text("PROXY UNKNOWN\r\nfirst\n"));
            line(socket.getInputStream());
            assertEquals("first", line(socket.getInputStream()));
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void shouldComeBeforeTheHandshake() throws Exception {
        Certificates.Pair pair = Certificates.of(Certificates.Kind.EC);
        TlsContext context = TlsContext.load(pair.certificate(), pair.key());
        int port = start(ProxiedProtocol.around(TlsProtocol.around(WHO, context)));
        try (Socket socket = connect(port)) {
            socket.getOutputStream()
                    .write(Headers.text("PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n"));
            Socket encrypted =
                    pair.client().getSocketFactory().createSocket(socket, "localhost", port, true);
            assertServed(encrypted, "192.0.2.1:1000 192.0.2.2:443");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c"})
    void shouldUnderstandHaproxy(String option) throws Exception {
        assumeHaproxy();
        ProxiedProtocol protocol = ProxiedProtocol.around(WHO);
        int port = start(protocol);
        int front = freePort();
        String configuration =
                """
                defaults
                  mode tcp
                  timeout connect 10s
                  timeout client 30s
                  timeout server 30s
                listen front
                  bind 127.0.0.1:%d
                  server back 127.0.0.1:%d %s
                """
                        .formatted(front, port, option);
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), configuration);
        haproxy =
                new ProcessBuilder("haproxy", "-db", "-f", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        try (Socket socket = connectWhenThere(front)) {
            assertServed(
                    socket, "127.0.0.1:%d 127.0.0.1:%d".formatted(socket.getLocalPort(), front));
        }
        assertEquals(1, protocol.accepted());
        assertEquals(0, protocol.malformed());
    }

    private static void assumeHaproxy() {
        boolean found =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "haproxy")));
        assumeTrue(found, "haproxy is not installed: it comes with the package haproxy");
    }

    /** Haproxy does not tell which port the kernel chose. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            return socket.getLocalPort();
        }
    }

    private Socket connectWhenThere(int port) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SOON_MS);
        while (true) {
            try {
                return connect(port);
            } catch (IOException notYet) {
                boolean alive = haproxy != null && haproxy.isAlive();
                String log = Files.readString(folder.resolve("log"));
                assertTrue(alive && System.nanoTime() < end, log);
                // Another program's listen is no event that could be waited for.
                assertTrue(haproxy == null || !haproxy.waitFor(20, TimeUnit.MILLISECONDS), log);
            }
        }
    }
}

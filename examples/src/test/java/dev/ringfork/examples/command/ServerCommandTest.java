// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static dev.ringfork.bindings.abi.SocketConstants.AF_UNIX;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_DONTWAIT;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_SEQPACKET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.uring.RingSupport;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real servers in JVMs of their own: from the first line to the exit code. */
class ServerCommandTest {
    /** Of signal 2, in a mask that begins with signal 1. */
    private static final long SIGINT_BIT = 1 << 1;

    private static final int TIMEOUT_MS = 10_000;

    private static void assumeEpoll() {
        String absence = Syscalls.get().absence("epoll_create1");
        assumeTrue(absence == null, () -> "no epoll: " + absence);
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends a request that ends the connection and returns all that comes back. */
    private static String exchange(int port, String path) throws IOException {
        try (Socket socket = connect(port)) {
            send(
                    socket,
                    "GET %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".formatted(path));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "epoll", "poll", "select", "io_uring"})
    void shouldServeWithEveryEngine(String engine) throws Exception {
        if (engine.equals("epoll")) {
            assumeEpoll();
        }
        if (engine.equals("io_uring")) {
            String absence = RingSupport.absence(Syscalls.get());
            assumeTrue(absence == null, absence);
        }
        try (CommandProcess server =
                CommandProcess.start(
                        "serve", "--port=0", "--engine", engine, "--text=warm words")) {
            String answer = exchange(server.port(), "/");
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            assertTrue(answer.endsWith("warm words"), answer);
        }
    }

    @Test
    void shouldSayWhereItIsAndWhatItRunsOn() throws Exception {
        assumeEpoll();
        try (CommandProcess server =
                CommandProcess.start("serve", "--port=0", "--engine=epoll", "--trigger=edge")) {
            String line = server.nextOut();
            assertTrue(
                    line.matches(
                            "ringfork serve: http://127\\.0\\.0\\.1:\\d+/ \\(reactor, epoll, edge\\)"
                                    + " - Ctrl-C drains"),
                    line);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "acceptor"})
    void shouldServeWithSeveralLoops(String accept) throws Exception {
        try (CommandProcess server =
                CommandProcess.start(
                        "serve",
                        "--port=0",
                        "--architecture=multi-reactor",
                        "--loops=2",
                        "--loop-accept=" + accept)) {
            String line = server.nextOut();
            assertTrue(line.contains("(multi-reactor (2 loops, " + accept + "), "), line);
            String port = line.replaceFirst(".*127\\.0\\.0\\.1:(\\d+).*", "$1");
            String answer = exchange(Integer.parseInt(port), "/");
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldServeOneConnectionAfterTheOther() throws Exception {
        try (CommandProcess server =
                CommandProcess.start("serve", "--port=0", "--architecture=serial")) {
            int port = server.port();
            for (int i = 0; i < 3; i++) {
                String answer = exchange(port, "/");
                assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            }
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldServeBesideAnOpenConnectionWithAThreadForEach() throws Exception {
        try (CommandProcess server =
                CommandProcess.start(
                        "serve",
                        "--port=0",
                        "--architecture=thread-per-connection",
                        "--max-threads=2")) {
            String line = server.nextOut();
            assertTrue(line.contains("(thread-per-connection (at most 2), "), line);
            int port = Integer.parseInt(line.replaceFirst(".*127\\.0\\.0\\.1:(\\d+).*", "$1"));
            try (Socket open = connect(port)) {
                send(open, "GET / HTTP/1.1\r\nHost: te");
                String answer = exchange(port, "/");
                assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            }
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simulated-proactor", "half-sync-half-async", "buffered-pool"})
    void shouldServeWithThreadsBesideTheLoop(String architecture) throws Exception {
        try (CommandProcess server =
                CommandProcess.start(
                        "serve",
                        "--port=0",
                        "--architecture=" + architecture,
                        "--min-threads=2",
                        "--max-threads=3")) {
            String line = server.nextOut();
            assertTrue(line.contains("(" + architecture + " (2 to 3 threads), "), line);
            int port = Integer.parseInt(line.replaceFirst(".*127\\.0\\.0\\.1:(\\d+).*", "$1"));
            try (Socket open = connect(port)) {
                send(open, "GET / HTTP/1.1\r\nHost: te");
                String answer = exchange(port, "/");
                assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            }
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldSendDatagramsBack() throws Exception {
        try (CommandProcess server = CommandProcess.start("echo", "--udp", "--port=0");
                DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(TIMEOUT_MS);
            client.connect(InetAddress.getLoopbackAddress(), server.port());
            client.send(new DatagramPacket("datagram".getBytes(StandardCharsets.US_ASCII), 8));
            DatagramPacket answer = new DatagramPacket(new byte[16], 16);
            client.receive(answer);
            assertEquals(
                    "datagram",
                    new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII));
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldSendPacketsBack(@TempDir Path folder) throws Exception {
        assumeTrue(Platform.current().linux(), "only Linux has packets on Unix sockets");
        Path path = folder.resolve("socket");
        Sockets sockets = Syscalls.get().sockets();
        int fd = sockets.socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        try (Arena arena = Arena.ofConfined();
                CommandProcess server =
                        CommandProcess.start("echo", "--seqpacket", "--unix=" + path)) {
            String line = server.nextOut();
            assertTrue(line.startsWith("ringfork echo: unix:" + path + " ("), line);
            MemorySegment name = arena.allocate(Address.BYTES_MAX, 8);
            int length = new Address.Unix(path.toString()).encode(name);
            assertEquals(0, sockets.connect(fd, name, length));
            MemorySegment packets = arena.allocateFrom("onetwo");
            sockets.send(fd, packets.address(), 3, MSG_NOSIGNAL);
            sockets.send(fd, packets.address() + 3, 3, MSG_NOSIGNAL);

            MemorySegment back = arena.allocate(16);
            assertEquals(3, receive(sockets, fd, back));
            assertEquals("one", back.getString(0));
            assertEquals(3, receive(sockets, fd, back));
            assertEquals("two", back.getString(0));
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        } finally {
            Syscalls.get().descriptors().close(fd);
        }
    }

    /** Waits for a packet, with a deadline. */
    private static long receive(Sockets sockets, int fd, MemorySegment into) {
        long deadline = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
        long received = -Errno.EAGAIN;
        while (received == -Errno.EAGAIN && System.nanoTime() < deadline) {
            received = sockets.recv(fd, into.address(), into.byteSize() - 1, MSG_DONTWAIT);
        }
        return received;
    }

    @Test
    void shouldHandClientsOn() throws Exception {
        try (CommandProcess server = CommandProcess.start("serve", "--port=0", "--text=far");
                CommandProcess proxy =
                        CommandProcess.start(
                                "proxy", "--port=0", "--to=127.0.0.1:" + server.port())) {
            String answer = exchange(proxy.port(), "/");
            assertTrue(answer.endsWith("far"), answer);
            proxy.signal("TERM");
            assertEquals(0, proxy.awaitExit());
        }
    }

    @Test
    void shouldSayWhyClientsCannotBeHandedOn() throws Exception {
        int nobody;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = gone.getLocalPort();
        }
        try (CommandProcess proxy =
                CommandProcess.start("proxy", "--port=0", "--to=127.0.0.1:" + nobody)) {
            assertThrows(IOException.class, () -> exchange(proxy.port(), "/"));
            String line = proxy.nextErr();
            assertTrue(line.contains("127.0.0.1:" + nobody + " cannot be reached"), line);
            assertTrue(line.contains("ECONNREFUSED"), line);
        }
    }

    @Test
    void shouldServeFilesBelowTheRoot(@TempDir Path root) throws Exception {
        Files.writeString(root.resolve("page.txt"), "from a file");
        try (CommandProcess server = CommandProcess.start("serve", "--port=0", "--root=" + root)) {
            String answer = exchange(server.port(), "/files/page.txt");
            assertTrue(answer.endsWith("from a file"), answer);
        }
    }

    @Test
    void shouldWriteTheAccessLogToAFile(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("access.log");
        try (CommandProcess server =
                CommandProcess.start("serve", "--port=0", "--access-log=" + log)) {
            exchange(server.port(), "/");
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
        String line = Files.readString(log);
        assertTrue(line.contains("GET / HTTP/1.1"), line);
    }

    @Test
    void shouldOpenTheAccessLogAgainAtUsr1(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("access.log");
        try (CommandProcess server =
                CommandProcess.start("serve", "--port=0", "--access-log=" + log)) {
            int port = server.port();
            exchange(port, "/hello");
            Files.move(log, folder.resolve("access.log.1"));
            server.signal("USR1");
            // The signal is handled beside the loop: ask until a line shows that it was.
            long deadlineNs = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
            while (Files.notExists(log) && System.nanoTime() < deadlineNs) {
                exchange(port, "/");
            }
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
        assertTrue(Files.readString(log).contains("GET / HTTP/1.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void shouldFinishARequestThatHasBegunWhenItDrains(String signal) throws Exception {
        assumeTrue(
                signal.equals("TERM") || !interruptsAreIgnored(),
                "a shell has started this in the background, where SIGINT is ignored");
        try (CommandProcess server = CommandProcess.start("serve", "--port=0")) {
            int port = server.port();
            try (Socket client = connect(port)) {
                send(client, "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nab");
                // Another request's answer shows that the first one's bytes have been read.
                exchange(port, "/");
                server.signal(signal);
                assertEquals(
                        "ringfork serve: draining for at most 30s, connections: 1; a second signal ends"
                                + " them at once",
                        server.nextErr());
                send(client, "cd");
                String answer =
                        new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(answer.startsWith("HTTP/1.1 "), answer);
            }
            assertEquals(0, server.awaitExit());
            assertEquals("ringfork serve: drained", server.nextErr());
            assertThrows(ConnectException.class, () -> connect(port).close());
        }
    }

    /** Inherited by all that is started from here, and then nobody's to change. */
    private static boolean interruptsAreIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.notExists(status)) {
            return false;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("SigIgn:")) {
                String mask = line.substring(line.indexOf(':') + 1).strip();
                return (Long.parseUnsignedLong(mask, 16) & SIGINT_BIT) != 0;
            }
        }
        return false;
    }

    @Test
    void shouldEndAtOnceAtTheSecondSignal() throws Exception {
        try (CommandProcess server = CommandProcess.start("serve", "--port=0")) {
            int port = server.port();
            try (Socket client = connect(port)) {
                send(client, "GET / HTTP/1.1\r\nHost: te");
                exchange(port, "/");
                server.signal("TERM");
                assertTrue(server.nextErr().contains("connections: 1;"));
                server.signal("TERM");
                assertEquals(0, server.awaitExit());
            }
        }
    }

    @Test
    void shouldCutWhatADrainDoesNotFinishInTime() throws Exception {
        try (CommandProcess server =
                CommandProcess.start("serve", "--port=0", "--drain-timeout=50ms")) {
            int port = server.port();
            try (Socket client = connect(port)) {
                send(client, "GET / HTTP/1.1\r\nHost: te");
                exchange(port, "/");
                server.signal("TERM");
                assertEquals(0, server.awaitExit());
            }
            assertTrue(server.nextErr().contains("for at most 50ms"));
            assertEquals("ringfork serve: drained, connections cut: 1", server.nextErr());
        }
    }

    @Test
    void shouldRepeatWhatItHears() throws Exception {
        byte[] sent = "abc".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
        try (CommandProcess server = CommandProcess.start("echo", "--port=0");
                Socket client = connect(server.port())) {
            Thread writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    client.getOutputStream().write(sent);
                                    client.shutdownOutput();
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            InputStream in = client.getInputStream();
            assertArrayEquals(sent, in.readAllBytes());
            writer.join();
        }
    }

    @Test
    void shouldCloseAnEchoConnectionThatSaysNothing() throws Exception {
        try (CommandProcess server =
                        CommandProcess.start("echo", "--port=0", "--idle-timeout=50ms");
                Socket client = connect(server.port())) {
            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void shouldCloseTheLongerIdleOfTwoWhereOneIsWanted() throws Exception {
        try (CommandProcess server =
                CommandProcess.start(
                        "serve", "--port=0", "--soft-connections=1", "--soft-idle=50ms")) {
            int port = server.port();
            try (Socket first = connect(port)) {
                send(first, "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n");
                assertEquals('H', first.getInputStream().read());
                try (Socket second = connect(port)) {
                    first.getInputStream().readAllBytes();
                    send(second, "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n");
                    assertEquals('H', second.getInputStream().read());
                }
            }
        }
    }

    @Test
    void shouldListenOnAUnixPath(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("echo.sock");
        try (CommandProcess server = CommandProcess.start("echo", "--unix=" + path);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertTrue(server.nextOut().startsWith("ringfork echo: unix:" + path + " ("));
            client.connect(UnixDomainSocketAddress.of(path));
            client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            ByteBuffer answer = ByteBuffer.allocate(3);
            int count;
            do {
                count = client.read(answer);
            } while (count >= 0 && answer.hasRemaining());
            assertArrayEquals(new byte[] {1, 2, 3}, answer.array());
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
        assertTrue(Files.notExists(path));
    }

    @Test
    void shouldNameAPortThatIsTaken() throws Exception {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                CommandProcess server =
                        CommandProcess.start("serve", "--port=" + holder.getLocalPort())) {
            assertEquals(1, server.awaitExit());
            assertEquals(
                    "ringfork serve: port %d of 127.0.0.1 is taken: end the program that has it, or"
                                    .formatted(holder.getLocalPort())
                            + " choose another with --port (0: the kernel chooses)",
                    server.nextErr());
            assertEquals(List.of(), server.restOfErr());
        }
    }

    @Test
    void shouldNameAUnixPathThatIsInUse(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("echo.sock");
        try (CommandProcess first = CommandProcess.start("echo", "--unix=" + path)) {
            first.nextOut();
            try (CommandProcess second = CommandProcess.start("echo", "--unix=" + path)) {
                assertEquals(1, second.awaitExit());
                String line = second.nextErr();
                assertTrue(line.contains(path + " is in use"), line);
                assertEquals(List.of(), second.restOfErr());
            }
        }
    }

    @Test
    void shouldSayWhichOptionAllowsNativeAccess() throws Exception {
        try (CommandProcess server =
                CommandProcess.start(
                        List.of("--illegal-native-access=deny"), Map.of(), "serve", "--port=0")) {
            assertEquals(1, server.awaitExit());
            assertEquals(
                    "ringfork serve: this JVM may not call the system: start it with"
                            + " --enable-native-access=dev.ringfork.bindings, as ./ringfork does",
                    server.nextErr());
            assertEquals(List.of(), server.restOfErr());
        }
    }

    @Test
    void shouldShowTheStackTraceToWhoAsksForIt() throws Exception {
        try (CommandProcess server =
                CommandProcess.start(List.of("-Dringfork.debug=true"), Map.of(), "serve", "--no")) {
            assertEquals(2, server.awaitExit());
            assertTrue(server.nextErr().startsWith("ringfork serve: there is no flag --no"));
            assertTrue(server.nextErr().contains("Refusal"));
        }
    }

    @Test
    void shouldTakeFlagsFromTheEnvironment() throws Exception {
        try (CommandProcess server =
                CommandProcess.start(
                        List.of(CommandProcess.NATIVE_ACCESS),
                        Map.of("RINGFORK_PORT", "0", "RINGFORK_TEXT", "from outside"),
                        "serve")) {
            assertTrue(exchange(server.port(), "/").endsWith("from outside"));
        }
    }

    @Test
    void shouldServeItselfToRecordAStart() throws Exception {
        try (CommandProcess command = CommandProcess.start("warm")) {
            assertEquals("ringfork warm: 20000 requests were served", command.nextOut());
            assertEquals(0, command.awaitExit());
        }
    }
}

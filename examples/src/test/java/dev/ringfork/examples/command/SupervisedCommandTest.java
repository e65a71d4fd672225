// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.examples.bench.LossMeter;
import dev.ringfork.prefork.passing.DescriptorSocket;
import dev.ringfork.prefork.passing.Framing;
import dev.ringfork.prefork.passing.ReceivedDescriptors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ringfork serve} as the child of a supervisor. */
final class SupervisedCommandTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int TIMEOUT_MS = 30_000;
    private static final byte[] REQUEST =
            "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    @TempDir private Path folder;

    private static String get(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(REQUEST);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String get(Path path, CommandProcess server) throws Exception {
        long endNs = System.nanoTime() + SOON.toNanos();
        while (System.nanoTime() < endNs) {
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(path));
                client.write(ByteBuffer.wrap(REQUEST));
                ByteBuffer bytes = ByteBuffer.allocate(4096);
                while (client.read(bytes) >= 0) {
                    assertTrue(bytes.hasRemaining(), "an answer that does not end");
                }
                return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
            } catch (IOException notYet) {
                assertTrue(server.alive(), () -> "ended: " + server.restOfErr());
                // Another program binds, and tells nobody when it has.
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        return fail("nobody listens: " + server.restOfErr());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldServeUnderSystemd(int workers) throws Exception {
        Supervisors.assumeInstalled("systemd-socket-activate", "it comes with the package systemd");
        Path path = folder.resolve("s");
        try (CommandProcess server =
                CommandProcess.startUnder(
                        List.of("systemd-socket-activate", "-l", path.toString()),
                        Map.of(),
                        "serve",
                        "--workers=" + workers)) {
            assertTrue(get(path, server).startsWith("HTTP/1.1 200"));
            String line = server.nextOut();
            assertTrue(line.contains("unix:" + path), line);
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
            assertTrue(Files.exists(path), "the path is the supervisor's");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldServeAllThatIsHandedOver(int workers) throws Exception {
        try (CommandProcess server =
                CommandProcess.startUnder(
                        Supervisors.asSystemd("tcp", "tcp"),
                        Map.of(),
                        "serve",
                        "--workers=" + workers)) {
            int first = server.port();
            int second = server.port();
            assertTrue(get(first).startsWith("HTTP/1.1 200"));
            assertTrue(get(second).startsWith("HTTP/1.1 200"));
            String line = server.nextOut();
            assertTrue(line.contains(":" + first + "/, http://127.0.0.1:" + second + "/"), line);
        }
    }

    @Test
    void shouldKeepWhatASupervisorSaysFromWorkers() throws Exception {
        try (CommandProcess server =
                CommandProcess.startUnder(
                        Supervisors.asSystemd("tcp"),
                        Map.of("WATCHDOG_USEC", "60000000"),
                        "serve",
                        "--workers=1")) {
            String line = server.awaitErr("serves");
            Path environ = Path.of("/proc/" + line.replaceAll(".*pid (\\d+).*", "$1") + "/environ");
            assumeTrue(Files.exists(environ), "no /proc");
            String variables = Files.readString(environ, StandardCharsets.ISO_8859_1);
            assertTrue(variables.contains("RINGFORK_WORKER="), variables);
            assertFalse(variables.contains("\0LISTEN_"), variables);
            assertFalse(variables.contains("\0WATCHDOG_"), variables);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldTakeWhatTheFlagsNameAndCloseTheRest(int workers) throws Exception {
        Path path = folder.resolve("s");
        try (CommandProcess server =
                CommandProcess.startUnder(
                        Supervisors.asSystemd(path.toString(), "tcp"),
                        Map.of(),
                        "serve",
                        "--unix=" + path,
                        "--workers=" + workers)) {
            int port = server.port();
            server.awaitErr("closed unknown on 127.0.0.1:" + port);
            assertTrue(get(path, server).startsWith("HTTP/1.1 200"));
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
            assertTrue(Files.exists(path), "it was not bound anew");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldRefuseASocketForDatagrams(int workers) throws Exception {
        try (CommandProcess server =
                CommandProcess.startUnder(
                        Supervisors.asSystemd("udp"), Map.of(), "serve", "--workers=" + workers)) {
            server.awaitErr("is for datagrams");
            assertEquals(1, server.awaitExit());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldTellTheServiceManagerHowItIsDoing(int workers) throws Exception {
        Path path = folder.resolve("notify");
        try (DescriptorSocket manager = manager(path);
                CommandProcess server =
                        CommandProcess.start(
                                List.of(CommandProcess.NATIVE_ACCESS),
                                Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", "100000"),
                                "serve",
                                "--port=0",
                                "--workers=" + workers)) {
            await(manager, "READY=1\nSTATUS=");
            await(manager, "WATCHDOG=1");
            server.signal("HUP");
            await(manager, "RELOADING=1\nMONOTONIC_USEC=");
            await(manager, "READY=1\nSTATUS=");
            await(manager, "WATCHDOG=1");
            server.signal("TERM");
            await(manager, "STOPPING=1\nSTATUS=");
            assertEquals(0, server.awaitExit());
        }
    }

    private static DescriptorSocket manager(Path path) {
        Sockets sockets = Syscalls.get().sockets();
        int type = SocketConstants.SOCK_DGRAM;
        int fd = Errno.check("socket", sockets.socket(SocketConstants.AF_UNIX, type, 0), path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Address.BYTES_MAX, Long.BYTES);
            int length = new Address.Unix(path.toString()).encode(memory);
            Errno.check("bind", sockets.bind(fd, memory, length), path);
        }
        return DescriptorSocket.adopt(fd, Framing.SOCKET);
    }

    /** Others come in between: how many depends on time. */
    private static void await(DescriptorSocket manager, String begin) throws Exception {
        long endNs = System.nanoTime() + SOON.toNanos();
        String text = "";
        while (!text.startsWith(begin)) {
            assertTrue(System.nanoTime() < endNs, "nobody was told " + begin);
            try (ReceivedDescriptors message = manager.receive(0, SOON)) {
                assertNotNull(message, "nobody was told " + begin);
                text = new String(message.payload(), StandardCharsets.UTF_8);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldLoseNothingWhenServerStarterReplacesIt(int workers) throws Exception {
        Supervisors.assumeInstalled("start_server", "it comes with libserver-starter-perl");
        try (CommandProcess server =
                CommandProcess.startUnder(
                        List.of("start_server", "--port=127.0.0.1:0", "--interval=2", "--"),
                        Map.of(),
                        "serve",
                        "--workers=" + workers)) {
            int port = server.port();
            LossMeter meter =
                    new LossMeter(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                            new LossMeter.Plan("/echo", 2, 1, Duration.ofSeconds(5)));
            CompletableFuture<LossMeter.Outcome> outcome =
                    CompletableFuture.supplyAsync(() -> run(meter));
            server.signal("HUP");
            server.awaitErr("died, status:0");
            LossMeter.Outcome seen = outcome.get(60, TimeUnit.SECONDS);
            assertEquals(0, seen.lost(), seen::toString);
            assertTrue(seen.answered() > 0, seen::toString);
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldTakeItsPlaceFromTheGenerationBeforeIt() throws Exception {
        Supervisors.assumeInstalled("start_server", "it comes with libserver-starter-perl");
        Path pidFile = folder.resolve("pid");
        String control = folder.resolve("control").toString();
        try (CommandProcess server =
                CommandProcess.startUnder(
                        List.of("start_server", "--port=127.0.0.1:0", "--interval=3", "--"),
                        Map.of(),
                        "serve",
                        "--workers=1",
                        "--pid-file=" + pidFile,
                        "--control=" + control)) {
            server.port();
            String first = seated(pidFile, "");
            assertTrue(ctl(control, "upgrade").contains("start another generation, kill -HUP"));
            server.signal("HUP");
            String second = seated(pidFile, first);
            server.awaitErr("died, status:0");
            assertEquals(second, seated(pidFile, first));
            // It takes the socket right after the file.
            long endNs = System.nanoTime() + SOON.toNanos();
            while (!ctl(control, "status").contains("master " + second)) {
                assertTrue(System.nanoTime() < endNs, "it has not taken the control socket");
            }
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
            assertFalse(Files.exists(pidFile));
            assertFalse(Files.exists(Path.of(control)));
        }
    }

    /** The process that a file names, when it is another than before. */
    private static String seated(Path pidFile, String before) throws IOException {
        long endNs = System.nanoTime() + SOON.toNanos();
        String pid = before;
        while (pid.equals(before)) {
            assertTrue(System.nanoTime() < endNs, "no other process has taken " + pidFile);
            pid = content(pidFile, before);
        }
        return pid;
    }

    private static String content(Path file, String otherwise) throws IOException {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return otherwise;
        }
    }

    private static String ctl(String control, String command) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(said);
        Main.run(new String[] {"ctl", "--control", control, command}, Map.of(), print, print);
        return said.toString(StandardCharsets.UTF_8);
    }

    private static LossMeter.Outcome run(LossMeter meter) {
        try {
            return meter.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

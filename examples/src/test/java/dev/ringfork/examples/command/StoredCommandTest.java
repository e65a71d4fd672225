// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ringfork serve} under a service manager that stores its listeners. */
final class StoredCommandTest {
    private static final int TIMEOUT_MS = 30_000;
    private static final byte[] REQUEST =
            "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    @TempDir private Path folder;

    @BeforeEach
    void requireLinux() {
        assumeTrue(Platform.current().linux(), "there is no such manager elsewhere");
    }

    private CommandProcess serve(String... arguments) throws IOException {
        return serve(Map.of("FDSTORE", "16"), arguments);
    }

    private CommandProcess serve(Map<String, String> environment, String... arguments)
            throws IOException {
        String[] all = new String[arguments.length + 1];
        all[0] = "serve";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandProcess.startUnder(
                Supervisors.withStore(folder.resolve("notify")), environment, all);
    }

    /** Connects, and has something to say to whoever accepts. */
    private static Socket ask(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.getOutputStream().write(REQUEST);
        return socket;
    }

    private static void assertAnswered(Socket socket) throws IOException {
        byte[] answer = socket.getInputStream().readAllBytes();
        String text = new String(answer, StandardCharsets.US_ASCII);
        assertTrue(text.startsWith("HTTP/1.1 200"), text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, TERM, shared",
        "0, HUP, shared",
        "2, TERM, shared",
        "2, HUP, shared",
        "2, TERM, pass",
        "2, TERM, mutex"
    })
    void shouldAnswerWhoComesBetweenTwoRuns(int workers, String signal, String accept)
            throws Exception {
        try (CommandProcess service =
                serve("--port=0", "--workers=" + workers, "--accept=" + accept)) {
            int port = service.port();
            service.awaitErr("stored ringfork~0+stream+127.0.0.1%3A0");
            try (Socket before = ask(port)) {
                assertAnswered(before);
            }
            for (int again = 0; again < 2; again++) {
                service.signal(signal);
                service.awaitErr(signal.equals("HUP") ? "ended with 9" : "ended with 0");
                try (Socket between = ask(port)) {
                    service.signal("USR1");
                    assertEquals(port, service.port());
                    assertAnswered(between);
                }
            }
            service.signal("TERM");
            service.awaitErr("ended with 0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldKeepAUnixSocketInItsPlace(int workers) throws Exception {
        Path path = folder.resolve("s");
        try (CommandProcess service = serve("--unix=" + path, "--workers=" + workers)) {
            service.awaitErr("stored ringfork~");
            Object file = Files.getAttribute(path, "unix:ino");
            service.signal("TERM");
            service.awaitErr("ended with 0");
            try (SocketChannel between = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                between.write(ByteBuffer.wrap(REQUEST));
                service.signal("USR1");
                ByteBuffer answer = ByteBuffer.allocate(12);
                while (answer.hasRemaining()) {
                    assertTrue(between.read(answer) >= 0, "no answer");
                }
                assertEquals("HTTP/1.1 200", new String(answer.array(), StandardCharsets.US_ASCII));
            }
            assertEquals(file, Files.getAttribute(path, "unix:ino"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldEndWhatFlagsAskForNoMore(int workers) throws Exception {
        Path flags = folder.resolve("flags");
        Path script = folder.resolve("script");
        Files.writeString(flags, "--port=0");
        // As a unit that was changed between two starts.
        Files.writeString(script, "exec \"$@\" $(cat " + flags + ")\n");
        List<String> supervisor = new ArrayList<>(Supervisors.withStore(folder.resolve("notify")));
        supervisor.addAll(List.of("sh", script.toString()));
        try (CommandProcess service =
                CommandProcess.startUnder(
                        supervisor, Map.of("FDSTORE", "16"), "serve", "--workers=" + workers)) {
            int port = service.port();
            service.awaitErr("stored ringfork~0+stream+127.0.0.1%3A0");
            service.signal("TERM");
            service.awaitErr("ended with 0");
            Files.writeString(flags, "--host=0.0.0.0 --port=" + port);
            service.signal("USR1");
            service.awaitErr("closed the stored listener on 127.0.0.1:0: nobody asks for it");
            service.awaitErr("stored ringfork~0+stream+0.0.0.0%3A" + port);
            try (Socket socket = ask(port)) {
                assertAnswered(socket);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--fd-store=off, ''",
        "--accept=reuseport, the listener is not stored: --accept reuseport",
        "--loop-accept=reuseport, the listener is not stored: --loop-accept reuseport"
    })
    void shouldRefuseClientsWhereItDoesNotStore(String flag, String line) throws Exception {
        boolean loops = flag.startsWith("--loop");
        String architecture = loops ? "--architecture=multi-reactor" : "--workers=1";
        try (CommandProcess service = serve("--port=0", architecture, flag)) {
            int port = service.port();
            if (!line.isEmpty()) {
                service.awaitErr(line);
            }
            try (Socket before = ask(port)) {
                assertAnswered(before);
            }
            service.signal("TERM");
            service.awaitErr("ended with 0");
            assertThrows(ConnectException.class, () -> ask(port).close());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--workers=0", "--workers=1", "--workers=1 --daemon"})
    void shouldSayWhyItCannotStore(String flags) throws Exception {
        String[] some = ("serve --port=0 --fd-store=on " + flags).split(" ");
        try (CommandProcess server = CommandProcess.start(some)) {
            String line = server.awaitErr("--fd-store on: ");
            assertTrue(
                    line.contains(
                            flags.contains("daemon") ? "leave --daemon out" : "NOTIFY_SOCKET"),
                    line);
            assertEquals(2, server.awaitExit());
        }
    }

    @Test
    void shouldKeepTheStoreFromWorkers() throws Exception {
        try (CommandProcess service = serve("--port=0", "--workers=1")) {
            String line = service.awaitErr("serves");
            Path environ = Path.of("/proc/" + line.replaceAll(".*pid (\\d+).*", "$1") + "/environ");
            String variables = Files.readString(environ, StandardCharsets.ISO_8859_1);
            assertTrue(variables.contains("RINGFORK_WORKER="), variables);
            assertFalse(variables.contains("\0FDSTORE="), variables);
        }
    }
}

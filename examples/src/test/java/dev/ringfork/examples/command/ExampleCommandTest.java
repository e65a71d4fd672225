// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.examples.signals.QueuedSignals;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that are commands of their own, in JVMs of their own. */
class ExampleCommandTest {

    @BeforeEach
    void assumeQueuedSignals() {
        QueuedSignals.assume();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port=0", "--port=0 --plain"})
    void shouldEchoBySignalsAndAccountForThem(String flags) throws Exception {
        try (CommandProcess server =
                CommandProcess.start(("signal-echo " + flags).split(" ", -1))) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                byte[] sent = "by signal".getBytes(StandardCharsets.US_ASCII);
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(sent);
                assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
            }
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
            String account = server.nextErr();
            assertTrue(
                    account.matches("ringfork signal-echo: connections: 1, signals: [1-9].*"),
                    account);
        }
    }

    @Test
    void shouldCopyAFileAndSayWhatItTook(@TempDir Path folder) throws Exception {
        Path from = Files.write(folder.resolve("from"), new byte[300_000]);
        Path to = folder.resolve("to");
        try (CommandProcess copy =
                CommandProcess.start("aio-copy", from.toString(), to.toString())) {
            String line = copy.nextOut();
            assertTrue(
                    line.matches(
                            "ringfork aio-copy: 300000 bytes, operations: 10 .*threads of the C library: [1-9]\\d*"),
                    line);
            assertEquals(0, copy.awaitExit());
        }
        assertArrayEquals(Files.readAllBytes(from), Files.readAllBytes(to));
    }

    @Test
    void shouldSayThatItNeedsTheLibrary() throws Exception {
        try (CommandProcess server =
                CommandProcess.start(
                        List.of(CommandProcess.NATIVE_ACCESS, "-Dringfork.native=off"),
                        Map.of(),
                        "signal-echo",
                        "--port=0")) {
            assertEquals(1, server.awaitExit());
            String line = server.nextErr();
            assertTrue(line.contains("libringfork is switched off"), line);
        }
    }
}

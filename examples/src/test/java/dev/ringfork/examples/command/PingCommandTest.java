// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.examples.echo.EchoProtocol;
import dev.ringfork.reactor.server.Server;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class PingCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return Main.run(
                arguments,
                Map.of(),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8));
    }

    @Test
    void shouldPingBesideAFlood() {
        try (Server server =
                Server.builder(new EchoProtocol(Duration.ofSeconds(10)))
                        .listen(Address.parse("127.0.0.1:0"))
                        .start()) {
            String address = server.addresses().getFirst().toString();
            String port = address.substring(address.lastIndexOf(':') + 1);

            int code =
                    run(
                            "ping",
                            "--port=" + port,
                            "--pinging=3",
                            "--interval=10ms",
                            "--duration=300ms");

            String said = out.toString(UTF_8);
            assertEquals(0, code, () -> err.toString(UTF_8));
            assertTrue(said.matches("(?s)pings [1-9]\\d*, .*p99 \\d+, .*"), said);
            assertTrue(said.contains("lost 0"), said);
            assertTrue(!said.contains("flood 0 MB"), said);
        }
    }

    @Test
    void shouldSayWhatToDoWhenNobodyListens() {
        // Nobody listens on the port that is for port multiplexers.
        assertEquals(1, run("ping", "--port=1", "--duration=100ms"));

        assertTrue(
                err.toString(UTF_8).contains("start a server first, as with: ringfork echo"),
                () -> err.toString(UTF_8));
    }

    @Test
    void shouldRefuseToPingWithoutPause() {
        assertEquals(2, run("ping", "--interval=0ms"));
    }
}

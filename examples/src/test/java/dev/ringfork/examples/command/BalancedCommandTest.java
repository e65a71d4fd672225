// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.examples.bench.LossMeter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ringfork serve} behind a balancer: what it is asked, and what it says when it ends. */
final class BalancedCommandTest {
    private static final int TIMEOUT_MS = 30_000;
    private static final long LOOK_AGAIN_NS = 10_000_000;

    @TempDir private Path folder;

    /** A client that stays connected, as probes of balancers may. Confined to one thread. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(TIMEOUT_MS);
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
        }

        /** The head of the answer; its body, a line, is read too. */
        List<String> get(String path) throws IOException {
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            List<String> head = new ArrayList<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    assertNotNull(in.readLine(), () -> "no body after " + head);
                    return head;
                }
                head.add(line);
            }
            throw new IOException("the answer is cut: " + head);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldSay503ToWhoStayedConnectedAndAcceptOnUntilTheDrain(int workers) throws Exception {
        try (CommandProcess server =
                CommandProcess.start(
                        "serve", "--port=0", "--drain-delay=1h", "--workers=" + workers)) {
            int port = server.port();
            try (Client probe = new Client(port)) {
                assertEquals("HTTP/1.1 200 OK", probe.get("/health").getFirst());
                server.signal("TERM");
                server.awaitErr("serving on for");
                // A worker is told by the master, and hears of it when it comes to it.
                List<String> answer = untilRefused(port);
                assertTrue(answer.contains("Connection: close"), answer::toString);
                assertTrue(probe.get("/hello").contains("Connection: close") || workers > 0);
                try (Client late = new Client(port)) {
                    assertEquals("HTTP/1.1 200 OK", late.get("/hello").getFirst());
                }
            }
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    private static List<String> untilRefused(int port) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (true) {
            try (Client client = new Client(port)) {
                List<String> answer = client.get("/health");
                if (answer.getFirst().startsWith("HTTP/1.1 503 ")) {
                    return answer;
                }
            }
            assertTrue(System.nanoTime() < endNs, "it says that it serves");
        }
    }

    @Test
    void shouldDrainWhenTheDelayIsOver() throws Exception {
        try (CommandProcess server =
                CommandProcess.start("serve", "--port=0", "--drain-delay=50ms", "--workers=1")) {
            server.port();
            server.awaitErr("serves");
            server.signal("TERM");
            server.awaitErr("serving on for");
            server.awaitErr("draining for at most");
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldRefuseAHealthPathWithoutASlash() throws Exception {
        try (CommandProcess server =
                CommandProcess.start("serve", "--port=0", "--health-path=health")) {
            assertEquals(2, server.awaitExit());
        }
    }

    @Test
    void shouldBeTakenOutByHaproxyBeforeItEndsAndKnowItsClients() throws Exception {
        Supervisors.assumeInstalled("haproxy", "it comes with the package haproxy");
        Assumptions.assumeTrue(Platform.current().linux(), "127.0.0.2 is an address on Linux");
        String[] flags = {
            "serve",
            "--port=0",
            "--proxy-protocol",
            "--access-log=-",
            "--drain-delay=2s",
            "--workers=1"
        };
        try (CommandProcess leaving = CommandProcess.start(flags);
                CommandProcess staying = CommandProcess.start(flags)) {
            Path configuration = configuration(leaving.port(), staying.port());
            List<String> haproxy = new ArrayList<>(Supervisors.asSystemd("tcp"));
            haproxy.addAll(List.of("/usr/sbin/haproxy", "-db", "-f", configuration.toString()));
            try (CommandProcess balancer = CommandProcess.of(haproxy)) {
                int port = balancer.port();
                // In turns: so often that each is asked once both are known to be up.
                awaitClient(leaving, port);
                awaitClient(staying, port);
                LossMeter meter =
                        new LossMeter(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                                new LossMeter.Plan("/echo", 2, 1, Duration.ofSeconds(4)));
                CompletableFuture<LossMeter.Outcome> outcome =
                        CompletableFuture.supplyAsync(() -> run(meter));
                leaving.signal("TERM");
                assertEquals(0, leaving.awaitExit());
                LossMeter.Outcome seen = outcome.get(60, TimeUnit.SECONDS);
                assertEquals(0, seen.lost(), seen::toString);
                assertTrue(seen.answered() > 0, seen::toString);
            }
        }
    }

    private Path configuration(int first, int second) throws IOException {
        String text =
                """
                defaults
                  mode http
                  timeout connect 10s
                  timeout client 30s
                  timeout server 30s
                  option redispatch 1
                frontend in
                  bind fd@3
                  default_backend servers
                backend servers
                  option httpchk GET /health
                  default-server check inter 100ms fall 2 rise 1 send-proxy-v2 check-send-proxy
                  server first 127.0.0.1:%d
                  server second 127.0.0.1:%d
                """
                        .formatted(first, second);
        return Files.writeString(folder.resolve("haproxy.cfg"), text);
    }

    /** Asks the balancer until a server has written down a client that only the header names. */
    private static void awaitClient(CommandProcess server, int port) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (server.restOfOut().stream().noneMatch(line -> line.startsWith("127.0.0.2 "))) {
            assertTrue(
                    System.nanoTime() < endNs,
                    () ->
                            "no such client: %s %s"
                                    .formatted(server.restOfOut(), server.restOfErr()));
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress("127.0.0.2", 0));
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                socket.setSoTimeout(TIMEOUT_MS);
                String request = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readAllBytes();
            } catch (ConnectException e) {
                // The balancer does not listen yet.
                LockSupport.parkNanos(LOOK_AGAIN_NS);
            }
        }
    }

    private static LossMeter.Outcome run(LossMeter meter) {
        try {
            return meter.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

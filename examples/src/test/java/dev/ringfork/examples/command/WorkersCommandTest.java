// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ringfork serve --workers}, in processes of its own. */
final class WorkersCommandTest {
    private static final int TIMEOUT_MS = 10_000;

    private static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] response = socket.getInputStream().readAllBytes();
            return new String(response, StandardCharsets.US_ASCII);
        }
    }

    private static void awaitErr(CommandProcess serve, String part) throws InterruptedException {
        while (!serve.nextErr().contains(part)) {
            // A line about something else; the reader has a deadline.
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "mutex"})
    void shouldServeWithAMasterAndWorkers(String accept) throws Exception {
        try (CommandProcess serve =
                CommandProcess.start("serve", "--port=0", "--workers=2", "--accept=" + accept)) {
            int port = serve.port();
            assertTrue(get(port, "/hello").startsWith("HTTP/1.1 200"), "served");
            awaitErr(serve, "serves");
            awaitErr(serve, "serves");
            serve.signal("HUP");
            awaitErr(serve, "reloaded");
            assertTrue(get(port, "/hello").startsWith("HTTP/1.1 200"), "served on");
            serve.signal("TERM");
            assertEquals(0, serve.awaitExit());
        }
    }

    @Test
    void shouldReplaceAWorkerThatHasAnsweredEnough() throws Exception {
        try (CommandProcess serve =
                CommandProcess.start(
                        "serve",
                        "--port=0",
                        "--workers=1",
                        "--heartbeat=50ms",
                        "--max-requests=2")) {
            int port = serve.port();
            get(port, "/hello");
            get(port, "/hello");
            awaitErr(serve, "is replaced: it has answered 2 requests");
            awaitErr(serve, "has ended");
            serve.signal("TERM");
            assertEquals(0, serve.awaitExit());
        }
    }

    @Test
    void shouldWriteOneAccessLogFromAllWorkersAndOpenItAgain(@TempDir Path folder)
            throws Exception {
        Path log = folder.resolve("log");
        Path old = folder.resolve("old");
        Path pid = folder.resolve("pid");
        try (CommandProcess serve =
                CommandProcess.start(
                        "serve",
                        "--port=0",
                        "--workers=2",
                        "--access-log=" + log,
                        "--pid-file=" + pid)) {
            int port = serve.port();
            get(port, "/first");
            awaitErr(serve, "serves");
            awaitErr(serve, "serves");
            assertTrue(Files.exists(pid));
            Files.move(log, old);
            serve.signal("USR1");
            while (!Files.exists(log)) {
                get(port, "/second");
            }
            serve.signal("TERM");
            assertEquals(0, serve.awaitExit());
            assertTrue(Files.readString(old).contains("/first"));
            assertTrue(Files.readString(log).contains("/second"));
            assertFalse(Files.exists(pid));
        }
    }

    @Test
    void shouldEndWhenTheWorkersRefuseTheConfiguration() throws Exception {
        try (CommandProcess serve =
                CommandProcess.start("serve", "--port=0", "--workers=2", "--loops=2")) {
            awaitErr(serve, "giving up: the configuration is refused");
            assertEquals(4, serve.awaitExit());
        }
    }

    @Test
    void shouldNameAPortThatItsMasterCannotHave() throws Exception {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                CommandProcess serve =
                        CommandProcess.start(
                                "serve", "--port=" + holder.getLocalPort(), "--workers=1")) {
            awaitErr(
                    serve,
                    "serve: port %d of 127.0.0.1 is taken: end the program that has it"
                            .formatted(holder.getLocalPort()));
            assertEquals(1, serve.awaitExit());
        }
    }

    @Test
    void shouldSayWhatHelpsWhereAPortNeedsAPrivilege() throws Exception {
        Path first = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        assumeTrue(Files.exists(first), "which ports need one is Linux's to say");
        // By lines, which are read by the block: a number in /proc/sys is there for one read alone,
        // and Files.readString begins with a read of one byte where a file says it is empty.
        int unprivileged = Integer.parseInt(Files.readAllLines(first).getFirst());
        assumeTrue(
                unprivileged > 1,
                () -> "no port needs one: %s is %d".formatted(first, unprivileged));
        try (CommandProcess serve =
                CommandProcess.startUnder(
                        withoutPrivilege(), Map.of(), "serve", "--port=1", "--workers=1")) {
            String line = serve.nextErr();
            assertTrue(line.contains("port 1 needs the privilege to bind it"), line);
            assertTrue(line.contains("--workers and --user"), line);
            assertEquals(1, serve.awaitExit());
            assertEquals(List.of(), serve.restOfErr());
        }
    }

    /** A program that takes the right to such ports from a process, none where it has none. */
    private static List<String> withoutPrivilege() throws Exception {
        if (!mayBindAnyPort(Files.readAllLines(Path.of("/proc/self/status")))) {
            return List.of();
        }
        Supervisors.assumeInstalled("setpriv", "it comes with util-linux");
        List<String> less =
                List.of(
                        "setpriv",
                        "--bounding-set=-net_bind_service",
                        "--inh-caps=-net_bind_service");
        List<String> look = new ArrayList<>(less);
        look.addAll(List.of("cat", "/proc/self/status"));
        Process tried = new ProcessBuilder(look).redirectErrorStream(true).start();
        List<String> status = tried.inputReader().readAllLines();
        boolean taken = tried.waitFor() == 0 && !mayBindAnyPort(status);
        assumeTrue(taken, () -> "the privilege cannot be given up: " + status.getFirst());
        return less;
    }

    private static boolean mayBindAnyPort(List<String> status) {
        int bindService = 10;
        return status.stream()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(capabilities -> ((capabilities >> bindService) & 1) == 1);
    }

    @Test
    void shouldSayOnceWhyItIsNotInTheBackground(@TempDir Path folder) throws Exception {
        String log = "--log=" + folder.resolve("log");
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "--port=" + holder.getLocalPort();
            try (CommandProcess serve =
                    CommandProcess.start("serve", port, "--workers=1", "--daemon", log)) {
                assertEquals(1, serve.awaitExit());
                awaitErr(serve, "is taken: end the program that has it");
                assertEquals(List.of(), serve.restOfErr());
            }
        }
        try (CommandProcess serve =
                CommandProcess.start(
                        "serve", "--port=0", "--workers=1", "--loops=2", "--daemon", log)) {
            assertEquals(4, serve.awaitExit());
            assertTrue(serve.nextErr().contains(" (master, workers: 1"));
            awaitErr(serve, "no worker can start; what they said is in " + folder.resolve("log"));
            assertEquals(List.of(), serve.restOfErr());
            assertTrue(
                    Files.readString(folder.resolve("log")).contains("configuration is refused"));
        }
        try (CommandProcess serve =
                CommandProcess.start("serve", "--port=0", "--workers=1", "--loops=2", "--daemon")) {
            assertEquals(4, serve.awaitExit());
            awaitErr(serve, "no worker can start; what they said is above");
            assertEquals(List.of(), serve.restOfErr());
        }
    }

    @Test
    void shouldRefuseWorkersThatMakeNoSense() throws Exception {
        for (String flag :
                new String[] {
                    "--workers=some",
                    "--workers=-1",
                    "--workers=100000",
                    "--max-unavailable=0",
                    "--worker-timeout=1s",
                    "--spawn=magic"
                }) {
            try (CommandProcess serve =
                    CommandProcess.start("serve", "--port=0", "--workers=1", flag)) {
                assertEquals(2, serve.awaitExit(), flag);
            }
        }
    }

    @Test
    void shouldRefuseRequestsWhereNobodyCouldMakeThem() throws Exception {
        try (CommandProcess echo =
                CommandProcess.start(
                        "echo", "--port=0", "--workers=1", "--spawn=warm", "--warm-requests=9")) {
            assertEquals(2, echo.awaitExit());
            awaitErr(echo, "--warm-requests: it is for serve only, leave it out");
        }
    }
}

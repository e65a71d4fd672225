// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program of this toolkit under the real supervisors. */
final class SupervisorsTest {
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(40);

    @TempDir private Path folder;

    private @Nullable Process supervisor;

    @AfterEach
    void stop() throws InterruptedException {
        if (supervisor != null) {
            List<ProcessHandle> all = supervisor.descendants().toList();
            supervisor.destroy();
            if (!supervisor.waitFor(10, TimeUnit.SECONDS)) {
                supervisor.destroyForcibly().waitFor();
            }
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static void assumeInstalled(String program, String remedy) {
        boolean found =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(found, program + " is not installed: " + remedy);
    }

    /** The command line of {@link ActivatedProgram}. */
    private static List<String> program() {
        String modules = System.getProperty("jdk.module.path", "");
        String classes =
                String.join(
                        File.pathSeparator,
                        Path.of("target", "test-classes").toAbsolutePath().toString(),
                        modules,
                        System.getProperty("java.class.path"));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes,
                ActivatedProgram.class.getName());
    }

    private void start(List<String> command) throws IOException {
        List<String> all = new ArrayList<>(command);
        all.addAll(program());
        supervisor =
                new ProcessBuilder(all)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
    }

    /** What the program says to who connects; both may take their time to be there. */
    private List<String> report(Path socket) throws IOException, InterruptedException {
        long end = System.nanoTime() + DEADLINE_NS;
        while (System.nanoTime() < end) {
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(socket));
                return read(client);
            } catch (IOException notYet) {
                assertTrue(supervisor != null && supervisor.isAlive(), this::log);
                // A poll of what has no event to wait for: another program's bind.
                supervisor.waitFor(20, TimeUnit.MILLISECONDS);
            }
        }
        return fail(log());
    }

    private static List<String> read(SocketChannel client) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        while (client.read(bytes) >= 0) {
            assertTrue(bytes.hasRemaining(), "a report that does not end");
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void shouldServeUnderSystemd() throws Exception {
        assumeInstalled("systemd-socket-activate", "it comes with the package systemd");
        Path socket = folder.resolve("s");
        // It takes no port 0, and any other may be somebody's.
        String name = "@ringfork-" + ProcessHandle.current().pid();
        start(
                List.of(
                        "systemd-socket-activate",
                        "--fdname=web:admin",
                        "-l",
                        name,
                        "-l",
                        socket.toString()));
        assertEquals(
                List.of("web Abstract connections", "admin Unix connections"),
                report(socket),
                this::log);
    }

    @Test
    void shouldServeUnderServerStarter() throws Exception {
        assumeInstalled("start_server", "it comes with libserver-starter-perl");
        Path socket = folder.resolve("s");
        start(
                List.of(
                        "start_server",
                        "--port=127.0.0.1:0",
                        "--port=127.0.0.1:u0",
                        "--path=" + socket,
                        "--"));
        assertEquals(
                List.of(
                        "127.0.0.1:0 Inet4 connections",
                        "127.0.0.1:0 Inet4 datagrams",
                        socket + " Unix connections"),
                report(socket),
                this::log);
    }

    /** Einhorn's protocol, spoken by a few lines: Einhorn itself is a Ruby gem. */
    @Test
    void shouldServeUnderWhatSpeaksAsEinhorn() throws Exception {
        assumeInstalled("python3", "it stands in for einhorn");
        Path socket = folder.resolve("s");
        String einhorn =
                """
                import os, socket, subprocess, sys
                unix = socket.socket(socket.AF_UNIX)
                unix.bind(sys.argv[1])
                unix.listen(1)
                environment = dict(os.environ, EINHORN_MASTER_PID=str(os.getpid()),
                    EINHORN_FD_COUNT='1', EINHORN_FD_0=str(unix.fileno()))
                sys.exit(subprocess.call(sys.argv[2:], pass_fds=[unix.fileno()], env=environment))
                """;
        start(List.of("python3", "-c", einhorn, socket.toString()));
        assertEquals(List.of("0 Unix connections"), report(socket), this::log);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real servers that the kernel refuses io_uring, as in a container. */
class WithoutRingsTest {
    private static final int TIMEOUT_MS = 10_000;

    /** Older profiles say that there is no such call, newer ones that it is forbidden. */
    private static final String PERM = "EPERM";

    @BeforeAll
    static void requireFilters() {
        assumeTrue(Platform.current().linux(), "only Linux has io_uring, and such filters");
    }

    private static int errno(String name) {
        return name.equals(PERM) ? Errno.EPERM : Errno.ENOSYS;
    }

    @ParameterizedTest
    @ValueSource(strings = {PERM, "ENOSYS"})
    void shouldServeWithEpollAndSayWhy(String refusal) throws Exception {
        try (CommandProcess server =
                CommandProcess.startWithoutRings(
                        errno(refusal), "echo", "--port=0", "--architecture=proactor")) {
            String line = server.nextOut();
            assertTrue(
                    line.contains(
                            "epoll, level (io_uring: io_uring_setup(2) gives %s; "
                                    .formatted(refusal)),
                    line);
            assertTrue(line.contains("seccomp"), line);
            int port = Integer.parseInt(line.replaceFirst(".*127\\.0\\.0\\.1:(\\d+).*", "$1"));
            assertEquals('x', echo(port));
            server.signal("TERM");
            assertEquals(0, server.awaitExit());
        }
    }

    private static int echo(int port) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write('x');
            InputStream answer = socket.getInputStream();
            return answer.read();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {PERM, "ENOSYS"})
    void shouldRefuseRatherThanChangeAnExplicitChoice(String refusal) throws Exception {
        try (CommandProcess server =
                CommandProcess.startWithoutRings(
                        errno(refusal), "serve", "--port=0", "--engine=io_uring")) {
            String line = server.nextErr();
            assertTrue(
                    line.startsWith(
                            "ringfork serve: the engine io_uring cannot be had here:"
                                    + " io_uring_setup(2) gives %s; ".formatted(refusal)),
                    line);
            assertTrue(line.contains("`ringfork probe`"), line);
            assertEquals(2, server.awaitExit());
            assertEquals(List.of(), server.restOfErr());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {PERM, "ENOSYS"})
    void shouldProbeWhoForbidsIt(String refusal) throws Exception {
        try (CommandProcess probe = CommandProcess.startWithoutRings(errno(refusal), "probe")) {
            List<String> lines = new ArrayList<>();
            do {
                lines.add(probe.nextOut());
            } while (!lines.getLast().startsWith("--architecture"));
            String report = String.join("\n", lines);
            assertEquals(0, probe.awaitExit(), report);
            assertTrue(report.contains("a filter is active (2)"), report);
            assertTrue(report.contains(refusal + ": forbidden by the seccomp filter"), report);
            assertTrue(lines.getLast().contains(" takes epoll (io_uring: "), report);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is told that a service serves, and what becomes of it if nobody can be. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ServiceManagerTest {
    private final List<String> reports = new ArrayList<>();

    @TempDir private Path folder;

    private static String parent() {
        return Integer.toString(Syscalls.get().processes().getppid());
    }

    private static String line(ServerSocketChannel server) throws IOException {
        try (SocketChannel client = server.accept()) {
            ByteBuffer bytes = ByteBuffer.allocate(256);
            while (client.read(bytes) >= 0) {
                assertTrue(bytes.hasRemaining(), "a line that does not end");
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void shouldAcknowledgeToEinhornOnce() throws IOException {
        Path path = folder.resolve("e");
        try (ServerSocketChannel einhorn = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            einhorn.bind(UnixDomainSocketAddress.of(path));
            ServiceManager manager =
                    ServiceManager.of(
                            Map.of(
                                    "EINHORN_SOCK_PATH",
                                    path.toString(),
                                    "EINHORN_MASTER_PID",
                                    parent()),
                            reports::add);
            assertTrue(manager.wanted());
            manager.ready("serving");
            long pid = ProcessHandle.current().pid();
            assertEquals(
                    "{\"command\":\"worker:ack\", \"pid\":%d}\n".formatted(pid), line(einhorn));
            manager.ready("serving again");
            einhorn.configureBlocking(false);
            assertNull(einhorn.accept(), "it was told twice");
            assertEquals(List.of(), reports);
        }
    }

    @Test
    void shouldLeaveAnEinhornAloneThatIsNotItsParent() {
        ServiceManager manager =
                ServiceManager.of(
                        Map.of("EINHORN_SOCK_PATH", "/nowhere", "EINHORN_MASTER_PID", "1000000"),
                        reports::add);
        assertFalse(manager.wanted());
        manager.ready("serving");
        assertEquals(List.of(), reports);
    }

    @Test
    void shouldReportOnceThatNobodyCanBeTold() {
        String nowhere = folder.resolve("gone").toString();
        ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", nowhere), reports::add);
        manager.ready("serving");
        manager.alive();
        manager.stopping("draining");
        assertEquals(1, reports.size(), reports::toString);
        assertTrue(reports.getFirst().startsWith("the service manager cannot be told: "));
    }

    @Test
    void shouldHaveNoWatchdogWithoutSomebodyToTell() {
        Map<String, String> environment = Map.of("WATCHDOG_USEC", "1000");
        assertNull(ServiceManager.of(environment, reports::add).watchdogInterval());
    }
}

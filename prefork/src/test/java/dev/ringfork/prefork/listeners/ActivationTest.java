// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors that were handed over, and what the kernel says that they are. */
final class ActivationTest {
    private final Handed handed = new Handed();

    @TempDir private Path folder;

    @AfterEach
    void close() {
        handed.close();
    }

    private static List<ActivatedListener> read(int fd) {
        return Activation.read(Map.of("SERVER_STARTER_PORT", "it=" + fd));
    }

    private static void assertRefused(int fd, String cause, String remedy) {
        String message = assertThrows(IllegalArgumentException.class, () -> read(fd)).toString();
        assertTrue(message.contains("descriptor %d, it of SERVER".formatted(fd)), message);
        assertTrue(message.contains(cause), message);
        assertTrue(message.contains(remedy), message);
    }

    @Test
    void shouldAskTheKernelWhatWasHandedOver() {
        Address unix = new Address.Unix(folder.resolve("s").toString());
        int stream = handed.listener(Address.parse("127.0.0.1:0"), SocketConstants.SOCK_STREAM);
        int path = handed.listener(unix, SocketConstants.SOCK_STREAM);
        int datagrams = handed.bound(Address.parse("[::1]:0"), SocketConstants.SOCK_DGRAM);
        String text = "tcp=%d;unix=%d;udp=%d".formatted(stream, path, datagrams);

        List<ActivatedListener> listeners = Activation.read(Map.of("RINGFORK_LISTENERS", text));

        assertEquals(3, listeners.size());
        assertEquals("tcp", listeners.getFirst().name());
        assertEquals(stream, listeners.getFirst().fd());
        Address.Inet4 bound = assertInstanceOf(Address.Inet4.class, listeners.getFirst().address());
        assertEquals(0x7f000001, bound.host());
        assertTrue(bound.port() > 0);
        assertEquals(new ActivatedListener("unix", path, unix, false), listeners.get(1));
        assertTrue(listeners.get(2).datagrams());
        assertInstanceOf(Address.Inet6.class, listeners.get(2).address());
    }

    @Test
    void shouldKeepWhatWasHandedOverFromProgramsThatAreStarted() {
        int fd = handed.listener(Address.parse("127.0.0.1:0"), SocketConstants.SOCK_STREAM);
        assertEquals(1, read(fd).size());
        int flags = Syscalls.get().descriptors().fcntl(fd, Fcntl.F_GETFD, 0);
        assertEquals(Fcntl.FD_CLOEXEC, flags & Fcntl.FD_CLOEXEC);
    }

    @Test
    void shouldSayWhatADescriptorIsThatIsNoListener() {
        assertRefused(handed.connection(), "does not listen", "Accept=no");
        assertRefused(handed.pipe(), "no socket", "ListenFIFO=");
        assertRefused(999_999, "not open", "unset the variable");
        int unready = handed.bound(Address.parse("127.0.0.1:0"), SocketConstants.SOCK_STREAM);
        assertRefused(unready, "does not listen", "listeners");
    }

    @Test
    void shouldReadWhatSeveralSupervisorsHandedOver() {
        int one = handed.listener(Address.parse("127.0.0.1:0"), SocketConstants.SOCK_STREAM);
        int two = handed.listener(Address.parse("127.0.0.1:0"), SocketConstants.SOCK_STREAM);
        Map<String, String> environment =
                Map.of(
                        "EINHORN_FD_COUNT",
                        "1",
                        "EINHORN_FD_0",
                        Integer.toString(two),
                        "SERVER_STARTER_PORT",
                        "80=" + one);
        assertEquals(
                List.of(one, two),
                Activation.read(environment).stream().map(ActivatedListener::fd).toList());
        assertEquals(List.of(), Activation.read(Map.of()));
        assertEquals(List.of(), Activation.read(Supervisor.SYSTEMD, environment));
    }

    @Test
    void shouldKeepTheVariablesFromProgramsThatAreStarted() {
        Map<String, String> environment =
                Map.ofEntries(
                        Map.entry("LISTEN_FDS", "1"),
                        Map.entry("LISTEN_PID", "1"),
                        Map.entry("LISTEN_FDNAMES", "a"),
                        Map.entry("LISTEN_PIDFDID", "1"),
                        Map.entry("SERVER_STARTER_PORT", "80=3"),
                        Map.entry("SERVER_STARTER_GENERATION", "1"),
                        Map.entry("EINHORN_FD_COUNT", "1"),
                        Map.entry("EINHORN_FD_0", "3"),
                        Map.entry("RINGFORK_LISTENERS", "a=3"),
                        Map.entry("NOTIFY_SOCKET", "/run/n"),
                        Map.entry("WATCHDOG_USEC", "1"),
                        Map.entry("WATCHDOG_PID", "1"),
                        Map.entry("LISTEN", "mine"),
                        Map.entry("PATH", "/bin"));
        assertEquals(Set.of("LISTEN", "PATH"), Activation.forChildren(environment).keySet());
    }

    @Test
    void shouldLetASuccessorTellTheServiceManager() {
        Map<String, String> environment =
                Map.of(
                        "LISTEN_FDS", "1",
                        "SERVER_STARTER_PORT", "80=3",
                        "NOTIFY_SOCKET", "/n",
                        "WATCHDOG_USEC", "10",
                        "WATCHDOG_PID", "1",
                        "HOME", "/");
        assertEquals(
                Map.of("NOTIFY_SOCKET", "/n", "WATCHDOG_USEC", "10", "HOME", "/"),
                Activation.forSuccessor(environment, List.of()));
    }

    @Test
    void shouldHandOnToASuccessorWhatItWasHanded() {
        assertEquals(
                Map.of("A", "b", "SERVER_STARTER_PORT", "4=4;5=5"),
                Activation.forSuccessor(
                        Map.of("A", "b", "SERVER_STARTER_PORT", "80=9"), List.of(4, 5)));
    }
}

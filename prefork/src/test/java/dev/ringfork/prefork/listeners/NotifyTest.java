// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.prefork.passing.DescriptorSocket;
import dev.ringfork.prefork.passing.Framing;
import dev.ringfork.prefork.passing.ReceivedDescriptors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a manager of services receives. */
final class NotifyTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Handed handed = new Handed();

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init") // Each test has one of its own.
    private DescriptorSocket manager;

    private Notify notify = Notify.of(Map.of());

    @BeforeEach
    void open() {
        Path path = folder.resolve("notify");
        manager = manager(new Address.Unix(path.toString()));
        notify = Notify.of(Map.of("NOTIFY_SOCKET", path.toString()));
    }

    private DescriptorSocket manager(Address address) {
        int bound = handed.bound(address, SocketConstants.SOCK_DGRAM);
        return DescriptorSocket.adopt(Syscalls.get().descriptors().dup(bound), Framing.SOCKET);
    }

    @AfterEach
    void close() {
        manager.close();
        handed.close();
    }

    private String received(DescriptorSocket from, int descriptors) {
        try (ReceivedDescriptors message = from.receive(descriptors, SOON)) {
            assertNotNull(message, "nobody was told");
            assertEquals(descriptors, message.count());
            return new String(message.payload(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldTellEachState() {
        assertTrue(notify.wanted());
        assertTrue(notify.ready());
        assertEquals("READY=1", received(manager, 0));
        notify.stopping();
        assertEquals("STOPPING=1", received(manager, 0));
        notify.status("two\nlines");
        assertEquals("STATUS=two lines", received(manager, 0));
        notify.mainPid(4711);
        assertEquals("MAINPID=4711", received(manager, 0));
        notify.watchdog();
        assertEquals("WATCHDOG=1", received(manager, 0));
        notify.send("ERRNO=2\nX_OWN=1");
        assertEquals("ERRNO=2\nX_OWN=1", received(manager, 0));
    }

    @Test
    void shouldTellTheTimeOfAReloadByTheClockOfTheManager() throws Exception {
        long before = monotonicUsec();
        notify.reloading();
        long after = monotonicUsec();
        String[] lines = received(manager, 0).split("\n", -1);
        assertEquals(2, lines.length);
        assertEquals("RELOADING=1", lines[0]);
        long usec = Long.parseLong(lines[1].substring("MONOTONIC_USEC=".length()));
        assertTrue(before <= usec && usec <= after, before + " " + usec + " " + after);
    }

    /** CLOCK_MONOTONIC as another program sees it. */
    private static long monotonicUsec() throws InterruptedException {
        try {
            Process python =
                    new ProcessBuilder(
                                    "python3",
                                    "-c",
                                    "import time; print(time.monotonic_ns() // 1000)")
                            .start();
            String text =
                    new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            python.waitFor();
            return Long.parseLong(text.trim());
        } catch (IOException absent) {
            assumeTrue(false, "python3 is not installed: " + absent.getMessage());
            return 0;
        }
    }

    @Test
    void shouldHaveDescriptorsKept() {
        assertTrue(notify.store("web", handed.pipe(), handed.connection()));
        assertEquals("FDSTORE=1\nFDNAME=web", received(manager, 2));
        notify.forget("web");
        assertEquals("FDSTOREREMOVE=1\nFDNAME=web", received(manager, 0));
        assertThrows(IllegalArgumentException.class, () -> notify.store("a:b"));
        assertThrows(IllegalArgumentException.class, () -> notify.store(""));
    }

    @Test
    void shouldReachAnAbstractSocket() {
        assumeTrue(Platform.current().linux(), "macOS has no abstract sockets");
        String name = "ringfork-notify-" + Syscalls.get().processes().getpid();
        try (DescriptorSocket named = manager(new Address.Abstract(name))) {
            assertTrue(Notify.of(Map.of("NOTIFY_SOCKET", "@" + name)).ready());
            assertEquals("READY=1", received(named, 0));
        }
    }

    @Test
    void shouldTellNobodyWhenNobodyAsked() {
        Notify none = Notify.of(Map.of());
        assertFalse(none.wanted());
        assertFalse(none.ready());
        assertNull(none.watchdogInterval());
    }

    @Test
    void shouldReportAManagerThatIsGone() {
        Notify lost = Notify.of(Map.of("NOTIFY_SOCKET", folder.resolve("none").toString()));
        SyscallException failure = assertThrows(SyscallException.class, lost::ready);
        assertEquals(Errno.ENOENT, failure.errno());
        for (String bad : new String[] {"relative", "@", "/", "vsock:2:1"}) {
            assertThrows(
                    IllegalArgumentException.class, () -> Notify.of(Map.of("NOTIFY_SOCKET", bad)));
        }
    }

    @Test
    void shouldTellHowOftenTheWatchdogWantsToHear() {
        String pid = Integer.toString(Syscalls.get().processes().getpid());
        Map<String, String> own = Map.of("WATCHDOG_USEC", "2500000", "WATCHDOG_PID", pid);
        assertEquals(Duration.ofMillis(2500), Notify.of(own).watchdogInterval());
        Map<String, String> other = Map.of("WATCHDOG_USEC", "1", "WATCHDOG_PID", "1");
        assertNull(Notify.of(other).watchdogInterval());
        assertThrows(
                IllegalArgumentException.class, () -> Notify.of(Map.of("WATCHDOG_USEC", "soon")));
    }
}

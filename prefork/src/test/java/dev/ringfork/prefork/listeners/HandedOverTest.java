// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.prefork.listeners.HandedOver.Named;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the variables of each supervisor say. */
final class HandedOverTest {
    private static final int PID = 4711;

    private static List<String> names(HandedOver handed) {
        return handed.descriptors().stream().map(each -> each.name() + "=" + each.fd()).toList();
    }

    private static void assertRefused(String hint, org.junit.jupiter.api.function.Executable read) {
        String message = assertThrows(IllegalArgumentException.class, read).toString();
        assertTrue(message.contains(hint), message);
    }

    @Test
    void shouldReadWhatAMasterHandsOver() {
        String text = "127.0.0.1:80=3;unix:/run/a%3Db%3B%2525=12";
        assertEquals(
                List.of("127.0.0.1:80=3", "unix:/run/a=b;%25=12"),
                names(HandedOver.ringfork(Map.of("RINGFORK_LISTENERS", text))));
        assertEquals(List.of(), names(HandedOver.ringfork(Map.of())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"web", "=3", "web=", "web=-1", "web=3;", "web=3;;a=4", "web=9999999999"})
    void shouldRefusePairsThatAreNone(String text) {
        assertRefused(
                "RINGFORK_LISTENERS",
                () -> HandedOver.ringfork(Map.of("RINGFORK_LISTENERS", text)));
        assertRefused(
                "SERVER_STARTER_PORT",
                () -> HandedOver.starter(Map.of("SERVER_STARTER_PORT", text)));
    }

    @Test
    void shouldReadWhatServerStarterHandsOver() {
        String text = "0.0.0.0:80=3;/tmp/a=b.sock=4;8080=5;[::1]:81=6";
        assertEquals(
                List.of("0.0.0.0:80=3", "/tmp/a=b.sock=4", "8080=5", "[::1]:81=6"),
                names(HandedOver.starter(Map.of("SERVER_STARTER_PORT", text))));
    }

    @Test
    void shouldReadWhatSystemdHandsOver() {
        Map<String, String> named =
                Map.of("LISTEN_PID", "4711", "LISTEN_FDS", "2", "LISTEN_FDNAMES", "web:admin");
        assertEquals(List.of("web=3", "admin=4"), names(HandedOver.systemd(named, PID)));
        Map<String, String> unnamed = Map.of("LISTEN_PID", "4711", "LISTEN_FDS", "1");
        assertEquals(
                List.of(new Named("unknown", 3, "LISTEN_FDS")),
                HandedOver.systemd(unnamed, PID).descriptors());
    }

    @Test
    void shouldLeaveWhatSystemdHandedToAnotherProcess() {
        Map<String, String> other = Map.of("LISTEN_PID", "4712", "LISTEN_FDS", "nonsense");
        assertEquals(List.of(), names(HandedOver.systemd(other, PID)));
        assertEquals(List.of(), names(HandedOver.systemd(Map.of("LISTEN_FDS", "1"), PID)));
        assertEquals(List.of(), names(HandedOver.systemd(Map.of("LISTEN_PID", "4711"), PID)));
    }

    @ParameterizedTest
    @CsvSource({
        "x, 1, a, LISTEN_PID",
        "4711, x, a, LISTEN_FDS",
        "4711, -1, a, LISTEN_FDS",
        "4711, 100000, a, LISTEN_FDS",
        "4711, 2, a, LISTEN_FDNAMES",
        "4711, 1, a:b, LISTEN_FDNAMES",
    })
    void shouldRefuseWhatSystemdWouldNotSay(String pid, String fds, String names, String hint) {
        Map<String, String> environment =
                Map.of("LISTEN_PID", pid, "LISTEN_FDS", fds, "LISTEN_FDNAMES", names);
        assertRefused(hint, () -> HandedOver.systemd(environment, PID));
    }

    @Test
    void shouldReadWhatEinhornHandsOver() {
        Map<String, String> two =
                Map.of("EINHORN_FD_COUNT", "2", "EINHORN_FD_0", "6", "EINHORN_FD_1", "9");
        assertEquals(List.of("0=6", "1=9"), names(HandedOver.einhorn(two, PID)));
        Map<String, String> ours = Map.of("EINHORN_FD_COUNT", "0", "EINHORN_MASTER_PID", "4711");
        assertEquals(List.of(), names(HandedOver.einhorn(ours, PID)));
        Map<String, String> other = Map.of("EINHORN_FD_COUNT", "9", "EINHORN_MASTER_PID", "1");
        assertEquals(List.of(), names(HandedOver.einhorn(other, PID)));
    }

    @Test
    void shouldRefuseWhatEinhornWouldNotSay() {
        assertRefused(
                "EINHORN_FD_1",
                () ->
                        HandedOver.einhorn(
                                Map.of("EINHORN_FD_COUNT", "2", "EINHORN_FD_0", "6"), PID));
        assertRefused(
                "EINHORN_FD_COUNT", () -> HandedOver.einhorn(Map.of("EINHORN_FD_COUNT", ""), PID));
        assertRefused(
                "EINHORN_FD_0",
                () ->
                        HandedOver.einhorn(
                                Map.of("EINHORN_FD_COUNT", "1", "EINHORN_FD_0", "six"), PID));
    }
}

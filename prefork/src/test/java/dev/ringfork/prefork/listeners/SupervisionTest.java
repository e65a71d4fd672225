// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class SupervisionTest {
    private static final int PARENT = 7;

    /** Without ports, as Server::Starter says it. */
    private static Supervision starter(String generation) {
        return Supervision.of(
                Map.of("SERVER_STARTER_GENERATION", generation, "SERVER_STARTER_PORT", ""), PARENT);
    }

    private static Supervision of(String variable, String value) {
        return Supervision.of(Map.of(variable, value), PARENT);
    }

    @Test
    void shouldLeaveUpgradesToSupervisorsThatCountProcesses() {
        String starter = String.valueOf(starter("1").upgradeObstacle());
        assertTrue(starter.endsWith("kill -HUP 7"), starter);
        String einhorn = String.valueOf(of("EINHORN_MASTER_PID", "7").upgradeObstacle());
        assertTrue(einhorn.endsWith("einhornsh -e upgrade"), einhorn);
        assertNull(of("EINHORN_MASTER_PID", "8").upgradeObstacle(), "left over");
        assertNull(of("SERVER_STARTER_GENERATION", "2").upgradeObstacle(), "left over, too");
        assertNull(of("LISTEN_PID", "7").upgradeObstacle());
    }

    @Test
    void shouldKnowWhenAnotherGenerationMayBeThere() {
        assertFalse(of("LISTEN_PID", "7").overlaps());
        assertFalse(starter("1").overlaps());
        assertTrue(starter("2").overlaps());
        assertFalse(of("SERVER_STARTER_GENERATION", "2").overlaps(), "left over");
    }

    @Test
    void shouldKnowWhomTheSameSupervisorHasStarted() throws Exception {
        long own = ProcessHandle.current().pid();
        Supervision supervision = Supervision.of(Map.of(), (int) own);
        Process child = new ProcessBuilder("cat").start();
        try (var _ = child.getOutputStream()) {
            assertTrue(supervision.isSibling(child.pid()));
            assertFalse(supervision.isSibling(own));
        }
        assertEquals(0, child.waitFor());
        assertFalse(supervision.isSibling(child.pid()), "it has ended");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process for each connection, with real ones. */
final class PerConnectionTest {
    @TempDir private Path folder;

    @BeforeEach
    void assumeSignals() {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
    }

    private static PreforkProcess start(String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("scale=per-connection", "accept=PASS"));
        return PreforkProcess.start(all.toArray(new String[0])).started();
    }

    private static String exited(long pid) {
        return "0 %d exited with 0".formatted(pid);
    }

    @ParameterizedTest
    @EnumSource(names = {"EXEC", "COLD"})
    void shouldServeEachConnectionInAProcessThatEndsWithIt(Spawn spawn) throws Exception {
        try (PreforkProcess prefork = start("workers=3", "spawn=" + spawn)) {
            long pid;
            try (PreforkProcess.Client client = prefork.connect()) {
                pid = Long.parseLong(client.ask("pid"));
                assertEquals(pid, Long.parseLong(client.ask("pid")), "for as long as it is open");
                assertNotEquals(pid, Long.parseLong(prefork.ask("pid")));
            }
            PreforkProcess.awaitEnd(pid);
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldHaveTheNextWorkerReadyBeforeItIsNeeded() throws Exception {
        try (PreforkProcess prefork = start("workers=2", "spare=1")) {
            long first = prefork.nextReady();
            long second;
            try (PreforkProcess.Client client = prefork.connect()) {
                assertEquals(first, Long.parseLong(client.ask("pid")));
                second = prefork.nextReady();
            }
            assertEquals(exited(first), prefork.next("exit"));
            assertEquals(second, Long.parseLong(prefork.ask("pid")));
        }
    }

    @Test
    void shouldLetConnectionsWaitInTheBacklogWhenThereMayBeNoMoreWorkers() throws Exception {
        try (PreforkProcess prefork = start("workers=1")) {
            PreforkProcess.Client first = prefork.connect();
            String pid = first.ask("pid");
            try (PreforkProcess.Client second = prefork.connect()) {
                second.send("pid");
                // The first one is served by the only process, and only its end makes room.
                assertEquals(pid, first.ask("pid"));
                first.close();
                prefork.next("exit");
                assertNotEquals(pid, String.valueOf(second.readLine()));
            }
        }
    }

    @Test
    void shouldMakeAsManyAtATimeAsThereAreConnections() throws Exception {
        try (PreforkProcess prefork = start("workers=4")) {
            List<PreforkProcess.Client> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) {
                    clients.add(prefork.connect());
                    clients.getLast().send("pid");
                }
                Set<String> pids = new HashSet<>();
                for (PreforkProcess.Client client : clients) {
                    pids.add(String.valueOf(client.readLine()));
                }
                assertEquals(4, pids.size(), pids.toString());
            } finally {
                for (PreforkProcess.Client client : clients) {
                    client.close();
                }
            }
        }
    }

    @Test
    void shouldLoseOneConnectionWhenAWorkerIsKilled() throws Exception {
        try (PreforkProcess prefork = start("workers=3", "spare=1");
                PreforkProcess.Client client = prefork.connect();
                PreforkProcess.Client other = prefork.connect()) {
            long victim = Long.parseLong(client.ask("pid"));
            String pid = other.ask("pid");
            PreforkProcess.signal("KILL", victim);
            assertNull(client.readLine());
            assertEquals(pid, other.ask("pid"));
            assertFalse(prefork.ask("pid").isEmpty(), "and the next one is served");
        }
    }

    @Test
    void shouldGiveTheConnectionOfAWorkerThatDiedWithoutItToAnother() throws Exception {
        assumeTrue(Platform.current().linux(), "only Linux shows when a process has stopped");
        try (PreforkProcess prefork = start("workers=2", "spare=1")) {
            long victim = prefork.nextReady();
            // It takes nothing over from now on, and the master does not know.
            PreforkProcess.freeze(victim);
            try (PreforkProcess.Client client = prefork.connect()) {
                client.send("pid");
                // Started because the spare one has got a connection.
                prefork.nextReady();
                PreforkProcess.signal("KILL", victim);
                assertNotEquals(victim, Long.parseLong(String.valueOf(client.readLine())));
            }
        }
    }

    @Test
    void shouldEndAWorkerWhoseClientHasGoneWhileItBooted() throws Exception {
        Path stuck = Files.createFile(folder.resolve("stuck"));
        try (PreforkProcess prefork = start("workers=1", "stuck=" + stuck)) {
            prefork.connect().close();
            prefork.next("fork");
            Files.delete(stuck);
            long pid = prefork.nextReady();
            assertEquals(exited(pid), prefork.next("exit"));
            assertFalse(prefork.ask("pid").isEmpty());
        }
    }

    @Test
    void shouldServeWhoWasAcceptedBeforeADrain() throws Exception {
        Path stuck = Files.createFile(folder.resolve("stuck"));
        try (PreforkProcess prefork = start("workers=2", "stuck=" + stuck)) {
            try (PreforkProcess.Client client = prefork.connect()) {
                client.send("pid");
                prefork.next("fork");
                prefork.signal("TERM");
                prefork.next("draining");
                Files.delete(stuck);
                assertTrue(Long.parseLong(String.valueOf(client.readLine())) > 0);
            }
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldServeWhoWaitsInTheBacklogAtADrainOneAfterTheOther() throws Exception {
        try (PreforkProcess prefork = start("workers=1", "drain=60000")) {
            List<PreforkProcess.Client> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    clients.add(prefork.connect());
                    clients.getLast().send("pid");
                }
                Set<String> pids = new HashSet<>();
                pids.add(String.valueOf(clients.getFirst().readLine()));
                prefork.signal("TERM");
                prefork.next("2 connections wait for a worker");
                for (PreforkProcess.Client client : clients.subList(1, 3)) {
                    pids.add(String.valueOf(client.readLine()));
                }
                assertEquals(3, pids.size(), pids.toString());
            } finally {
                for (PreforkProcess.Client client : clients) {
                    client.close();
                }
            }
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldCloseWhoGotNoProcessWhenTheDrainIsOver() throws Exception {
        Path stuck = Files.createFile(folder.resolve("stuck"));
        try (PreforkProcess prefork = start("workers=1", "drain=1000", "stuck=" + stuck);
                PreforkProcess.Client first = prefork.connect();
                PreforkProcess.Client second = prefork.connect()) {
            prefork.next("fork");
            prefork.signal("TERM");
            prefork.next("2 connections wait for a worker");
            prefork.next("2 connections are closed that no worker took");
            assertNull(first.readLine());
            assertNull(second.readLine());
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldFinishWhatIsBegunAtADrain() throws Exception {
        try (PreforkProcess prefork = start("workers=2")) {
            try (PreforkProcess.Client client = prefork.connect()) {
                assertEquals("begun", client.ask("begin"));
                prefork.signal("TERM");
                prefork.next("draining");
                assertEquals("ended", client.ask("end"));
            }
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldReplaceSpareWorkersOnReloadAndLeaveTheOthersTheirConnection() throws Exception {
        try (PreforkProcess prefork = start("workers=3", "spare=1");
                PreforkProcess.Client client = prefork.connect()) {
            String pid = client.ask("pid");
            prefork.nextReady();
            long spare = prefork.nextReady();
            prefork.signal("HUP");
            prefork.next("reloaded");
            PreforkProcess.awaitEnd(spare);
            assertEquals(pid, client.ask("pid"));
            String other = prefork.ask("pid");
            assertNotEquals(Long.toString(spare), other);
            assertNotEquals(pid, other);
        }
    }

    @Test
    void shouldLeaveConnectionsTheirProcessesWhenANewMasterTakesOver() throws Exception {
        try (PreforkProcess prefork = start("workers=2", "spare=1")) {
            long pid;
            try (PreforkProcess.Client client = prefork.connect()) {
                assertEquals("begun", client.ask("begin"));
                prefork.signal("USR2");
                pid = Long.parseLong(prefork.next("succeeded"));
                try (PreforkProcess.Client next = prefork.connect()) {
                    ProcessHandle worker =
                            ProcessHandle.of(Long.parseLong(next.ask("pid"))).orElseThrow();
                    assertEquals(pid, worker.parent().orElseThrow().pid());
                }
                assertEquals("ended", client.ask("end"));
            }
            assertEquals(0, prefork.exitCode());
            PreforkProcess.signal("TERM", pid);
            PreforkProcess.awaitEnd(pid);
        }
    }

    @Test
    void shouldGoOnServingAfterAWorkerCouldNotBoot() throws Exception {
        Path broken = folder.resolve("broken");
        try (PreforkProcess prefork = start("workers=2", "failures=2", "broken=" + broken)) {
            assertFalse(prefork.ask("pid").isEmpty());
            prefork.next("exit");
            Files.createFile(broken);
            try (PreforkProcess.Client client = prefork.connect()) {
                client.send("pid");
                // More than it would take to give up, had nobody ever served.
                for (int i = 0; i < 3; i++) {
                    assertTrue(prefork.next("exit").endsWith("exited with 1"));
                }
                Files.delete(broken);
                assertFalse(String.valueOf(client.readLine()).isEmpty());
            }
        }
    }
}

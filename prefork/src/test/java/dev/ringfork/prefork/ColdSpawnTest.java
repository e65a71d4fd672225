// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that a launcher has forked, as real processes. */
final class ColdSpawnTest {
    private static final String COLD = "spawn=COLD";

    @BeforeEach
    void assumeSignalsAndProc() {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
        assumeTrue(Platform.current().linux(), "there is no /proc");
    }

    @Test
    void shouldServeFromForkedWorkersAndReapThemAll() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2", COLD).started()) {
            Set<Long> pids = new HashSet<>(prefork.ready(2));
            assertTrue(pids.contains(Long.parseLong(prefork.ask("pid"))));
            for (long pid : pids) {
                assertEquals("ringfork-worker", Proc.name(pid));
                assertEquals(prefork.pid(), Proc.status(pid, "PPid:", 10));
                assertEquals(pid, Proc.group(pid), "its own process group");
            }
            long launcher = launcher(prefork);
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
            PreforkProcess.awaitEnd(launcher);
        }
    }

    @Test
    void shouldReplaceAWorkerThatIsKilled() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", COLD).started()) {
            long pid = prefork.nextReady();
            PreforkProcess.signal("KILL", pid);
            assertEquals("0 %d killed by signal 9".formatted(pid), prefork.next("exit"));
            assertFalse(Files.exists(Path.of("/proc", Long.toString(pid))), "it was reaped");
            long next = prefork.nextReady();
            assertNotEquals(pid, next);
            assertEquals(Long.toString(next), prefork.ask("pid"));
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
        }
    }

    @Test
    void shouldHandOverWhatAnExecutedWorkerHas() throws Exception {
        assertEquals(inventory("spawn=EXEC"), inventory(COLD));
    }

    /** What is open in a worker: the manifest with its numbers, the rest by what it is. */
    private static List<String> inventory(String spawn) throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "inventory=yes", spawn).started()) {
            List<String> open = new ArrayList<>();
            for (String entry : prefork.next("inventory").split(" ", -1)) {
                int fd = Integer.parseInt(entry.substring(0, entry.indexOf('=')));
                String what =
                        entry.replaceAll("\\[\\d+\\]", "")
                                .replaceAll("/ringfork-.*", "/ringfork")
                                .replaceAll("/proc/\\d+/", "/proc/");
                // Standard output is a pipe to this test, and the same in both.
                open.add(fd < 7 ? what : what.substring(what.indexOf('=')));
            }
            open.sort(null);
            return open;
        }
    }

    @Test
    void shouldStartWorkersWithTheSignalsThatExecutedOnesHave() throws Exception {
        assertEquals(signals("spawn=EXEC"), signals(COLD));
    }

    private static List<Long> signals(String spawn) throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", spawn).started()) {
            long pid = prefork.nextReady();
            return List.of(
                    Proc.status(pid, "SigBlk:", 16),
                    Proc.status(pid, "SigIgn:", 16),
                    Proc.status(pid, "SigCgt:", 16));
        }
    }

    @Test
    void shouldSayThatTheLauncherHasDiedAndForkFromANewOne() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", COLD).started()) {
            long pid = prefork.nextReady();
            long launcher = launcher(prefork);
            PreforkProcess.signal("KILL", launcher);
            assertTrue(
                    prefork.next("the launcher (pid %d)".formatted(launcher))
                            .startsWith("has died, killed by signal 9: its workers go on"));
            assertEquals(Long.toString(pid), prefork.ask("pid"));
            PreforkProcess.signal("KILL", pid);
            assertEquals(Long.toString(prefork.nextReady()), prefork.ask("pid"));
            assertNotEquals(launcher, launcher(prefork));
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
        }
    }

    @Test
    void shouldGoOnWhileTheLauncherDoesNotAnswer() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2", COLD).started()) {
            List<Long> pids = prefork.ready(2);
            long launcher = launcher(prefork);
            PreforkProcess.signal("STOP", launcher);
            prefork.signal("TTIN");
            prefork.next("fork 2");
            PreforkProcess.signal("KILL", pids.getFirst());
            prefork.next("exit");
            prefork.signal("PWR");
            prefork.next("master %d:".formatted(prefork.pid()));
            assertEquals(Long.toString(pids.getLast()), prefork.ask("pid"));
            PreforkProcess.signal("CONT", launcher);
            prefork.ready(2);
            assertEquals(launcher, launcher(prefork));
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldEndWorkersThatAreThereOnlyWhenAllAreToEnd() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", COLD).started()) {
            long first = prefork.nextReady();
            long launcher = launcher(prefork);
            PreforkProcess.signal("STOP", launcher);
            prefork.signal("TTIN");
            prefork.next("fork 1");
            prefork.signal("TERM");
            assertEquals("0 %d exited with 0".formatted(first), prefork.next("exit"));
            PreforkProcess.signal("CONT", launcher);
            assertTrue(prefork.next("exit").startsWith("1 "));
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldTryAgainWhenTheLauncherDiesBeforeItAnswers() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", COLD).started()) {
            prefork.nextReady();
            long launcher = launcher(prefork);
            PreforkProcess.signal("STOP", launcher);
            prefork.signal("TTIN");
            prefork.next("fork 1");
            PreforkProcess.signal("KILL", launcher);
            prefork.next("worker 1 cannot be started: the launcher has died");
            prefork.nextReady();
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldGoOnWhenTheLauncherIsSentWhatIsForTheMaster() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", COLD).started()) {
            prefork.nextReady();
            long launcher = launcher(prefork);
            PreforkProcess.signal("TERM", launcher);
            PreforkProcess.signal("HUP", launcher);
            prefork.signal("TTIN");
            prefork.nextReady();
            assertEquals(launcher, launcher(prefork));
        }
    }

    @Test
    void shouldEndWithItsMaster() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2", COLD).started()) {
            List<Long> all = new ArrayList<>(prefork.ready(2));
            all.add(launcher(prefork));
            PreforkProcess.signal("KILL", prefork.pid());
            for (long pid : all) {
                PreforkProcess.awaitEnd(pid);
            }
        }
    }

    @Test
    void shouldNotStartInAnotherWayThanTheOneThatWasChosen() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", COLD, "launcher=off")) {
            assertTrue(
                    prefork.next("Exception in thread").contains("ringfork-launcher is switched"));
            assertEquals(1, prefork.exitCode());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:StartFlightRecording", "-XX:+UseZGC"})
    void shouldBeTheWayWhereWarmIsNone(String option) throws Exception {
        Map<String, String> options = Map.of("JDK_JAVA_OPTIONS", option);
        try (PreforkProcess prefork = PreforkProcess.start(options, "workers=1", "spawn=AUTO")) {
            prefork.next("spawn auto: cold, not warm: ");
            assertEquals("ringfork-worker", Proc.name(prefork.nextReady()));
        }
    }

    @Test
    void shouldGiveWayToFreshMachines() throws Exception {
        Map<String, String> options = Map.of("JDK_JAVA_OPTIONS", "-XX:StartFlightRecording");
        try (PreforkProcess prefork =
                PreforkProcess.start(options, "workers=1", "spawn=AUTO", "launcher=off")) {
            assertTrue(
                    prefork.next("spawn auto: exec, not warm: ")
                            .contains(", not cold: ringfork-launcher is"));
            assertEquals("java", Proc.name(prefork.nextReady()));
        }
    }

    static long launcher(PreforkProcess prefork) throws IOException {
        List<ProcessHandle> children =
                ProcessHandle.of(prefork.pid()).orElseThrow().children().toList();
        for (ProcessHandle child : children) {
            if (Proc.name(child.pid()).equals("ringfork-launch")) {
                return child.pid();
            }
        }
        throw new AssertionError("no launcher among " + children);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.process.Obstacle;
import dev.ringfork.prefork.process.WarmFork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that were forked from a template, as real processes. */
final class WarmSpawnTest {
    private static final String WARM = "spawn=WARM";

    @TempDir Path folder;

    @BeforeEach
    void assumeForks() {
        assumeWarmForks();
    }

    static void assumeWarmForks() {
        assumeTrue(Platform.current().linux(), "there are warm forks on Linux only");
        String absence = Syscalls.get().absence("rf_fork");
        assumeTrue(absence == null, absence);
        // Of this process itself, which is started otherwise, only what none here can mend counts.
        List<Obstacle> obstacles = new WarmFork(Syscalls.get()).check();
        assumeTrue(
                obstacles.stream().noneMatch(each -> each.reason().contains("glibc")),
                obstacles::toString);
    }

    @Test
    void shouldForkWorkersThatAreTheMasters() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2", WARM).started()) {
            Set<Long> pids = new HashSet<>(prefork.ready(2));
            assertTrue(pids.contains(Long.parseLong(prefork.ask("pid"))));
            for (long pid : pids) {
                assertEquals(prefork.pid(), Proc.status(pid, "PPid:", 10));
                assertEquals(pid, Proc.group(pid), "its own process group");
            }
            long template = template(prefork, pids);
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
            PreforkProcess.awaitEnd(template);
        }
    }

    @Test
    void shouldHandOverTheDescriptorsOfAWorkerAndNoMore() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "inventory=yes", WARM).started()) {
            String open = prefork.next("inventory");
            long sockets = open.lines().count();
            assertEquals(1, sockets);
            // The listener and the channel; of the socket of orders nothing is left.
            assertEquals(2, open.split("=socket:", -1).length - 1, open);
        }
    }

    @Test
    void shouldReplaceAWorkerAndATemplateThatAreKilled() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", WARM).started()) {
            long first = prefork.nextReady();
            PreforkProcess.signal("KILL", first);
            assertEquals("0 %d killed by signal 9".formatted(first), prefork.next("exit"));
            long second = prefork.nextReady();
            assertEquals(Long.toString(second), prefork.ask("pid"));
            long template = template(prefork, Set.of(second));
            PreforkProcess.signal("TERM", template);
            PreforkProcess.signal("KILL", template);
            assertTrue(
                    prefork.next("the template (pid %d)".formatted(template))
                            .startsWith("has died, killed by signal 9: its workers go on"));
            assertEquals(Long.toString(second), prefork.ask("pid"));
            PreforkProcess.signal("KILL", second);
            long third = prefork.nextReady();
            assertEquals(Long.toString(third), prefork.ask("pid"));
            assertNotEquals(template, template(prefork, Set.of(third)));
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
        }
    }

    @Test
    void shouldReadAgainAtAReloadWhatATemplateHasRead() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", WARM).started()) {
            long first = prefork.nextReady();
            long template = template(prefork, Set.of(first));
            prefork.reloadWhileAsked(List.of(first));
            long second = Long.parseLong(prefork.ask("pid"));
            assertNotEquals(template, template(prefork, Set.of(second)));
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldForkFromAWorkerThatHasServed() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", WARM).started()) {
            long first = prefork.nextReady();
            long template = template(prefork, Set.of(first));
            assertEquals(Long.toString(first), prefork.ask("pid"));
            prefork.signal("URG");
            long substitute = prefork.nextReady();
            long copy = prefork.nextReady();
            prefork.next("exit 0 " + substitute);
            assertEquals(Long.toString(copy), prefork.ask("pid"));
            PreforkProcess.awaitEnd(template);
            assertEquals(first, template(prefork, Set.of(copy)));
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    /** What serving takes is a hundred classes and more for who has never done it. */
    @ParameterizedTest
    @EnumSource(AcceptStrategy.class)
    void shouldHaveLivedAsAWorkerBeforeItIsCopied(AcceptStrategy accept) throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", WARM, "accept=" + accept).started()) {
            prefork.nextReady();
            long loaded = Long.parseLong(prefork.ask("loaded"));
            assertTrue(loaded < 30, () -> "classes loaded to serve: " + loaded);
        }
    }

    @Test
    void shouldEndWithItsMaster() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2", WARM).started()) {
            List<Long> pids = prefork.ready(2);
            long template = template(prefork, new HashSet<>(pids));
            PreforkProcess.signal("KILL", prefork.pid());
            for (long pid : pids) {
                PreforkProcess.awaitEnd(pid);
            }
            PreforkProcess.awaitEnd(template);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-XX:StartFlightRecording, 'a flight recording (JFR) runs: stop it'",
        "-XX:+UseZGC, the Java heap is shared memory: use -XX:+UseG1GC"
    })
    void shouldNotStartInAnotherWayThanTheOneThatWasChosen(String option, String why)
            throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start(Map.of("JDK_JAVA_OPTIONS", option), "workers=1", WARM)) {
            String failure = prefork.next("Exception in thread");
            assertTrue(failure.contains("spawn warm: " + why), failure);
            assertEquals(1, prefork.exitCode());
        }
    }

    @Test
    void shouldBeTheWayThatIsTriedFirst() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", "spawn=AUTO")) {
            assertEquals("", prefork.next("spawn auto: warm"));
            prefork.started();
            template(prefork, Set.of(prefork.nextReady()));
        }
    }

    @Test
    void shouldCallHooksAroundEachFork() throws Exception {
        Path calls = folder.resolve("calls");
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", WARM, "forks=" + calls).started()) {
            long first = prefork.nextReady();
            long template = template(prefork, Set.of(first));
            assertCalled(calls, template, 1, first);
            assertEquals(Long.toString(first), prefork.ask("pid"));
            prefork.signal("URG");
            assertCalled(calls, template, 2, prefork.nextReady());
            // By a worker now, which has the same hooks.
            assertCalled(calls, first, 1, prefork.nextReady());
        }
    }

    /** Before a worker is heard of its copy has been told, what it is a copy of maybe not yet. */
    private static void assertCalled(Path file, long forker, int forks, long worker)
            throws Exception {
        List<String> calls = Files.readAllLines(file);
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PreforkProcess.DEADLINE_S);
        while (Collections.frequency(calls, "parent " + forker) < forks) {
            assertTrue(System.nanoTime() < endNs, calls::toString);
            calls = Files.readAllLines(file);
        }
        int told = calls.indexOf("child " + worker);
        assertTrue(told > 0, calls::toString);
        assertEquals(forks, Collections.frequency(calls.subList(0, told), "before " + forker));
        assertEquals(forks, Collections.frequency(calls, "parent " + forker));
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "child"})
    void shouldTryAgainWhenAHookIsAgainstIt(String call) throws Exception {
        Path against = Files.createFile(folder.resolve("not " + call));
        try (PreforkProcess prefork =
                PreforkProcess.start(
                                "workers=1",
                                WARM,
                                "failures=1000",
                                "forks=" + folder.resolve("calls"))
                        .started()) {
            // The second time tells that the first has done no harm.
            prefork.next("fork 0");
            prefork.next("fork 0");
            Files.delete(against);
            assertEquals(Long.toString(prefork.nextReady()), prefork.ask("pid"));
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldPlaceEachCopyWithAllItsThreads() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=2", "affinity=auto", WARM).started()) {
            assertPlaced(prefork.ready(2));
            prefork.ask("pid");
            prefork.signal("URG");
            List<Long> copies = new ArrayList<>();
            while (copies.size() < 2) {
                String[] ready = prefork.next("ready").split(" ", -1);
                // The one that takes the template's place is of the first generation.
                if (ready[1].equals("2")) {
                    copies.add(Long.parseLong(ready[2]));
                }
            }
            assertPlaced(copies);
        }
    }

    /** Each has one processor, and both have the two of a machine that has them. */
    private static void assertPlaced(List<Long> pids) throws IOException {
        Set<String> processors = new HashSet<>();
        for (long pid : pids) {
            Set<String> own = Proc.processors(pid);
            assertEquals(1, own.size(), own::toString);
            processors.addAll(own);
        }
        int many = Math.min(2, Runtime.getRuntime().availableProcessors());
        assertEquals(many, processors.size(), processors::toString);
    }

    @Test
    void shouldKeepNoDescriptorsOfFormerLives() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "inventory=yes", WARM).started()) {
            prefork.next("inventory");
            prefork.nextReady();
            List<Long> pipes = new ArrayList<>();
            for (int life = 0; life < 3; life++) {
                prefork.ask("pid");
                prefork.signal("URG");
                // Of the one that takes the template's place, and of its copy.
                pipes.add(Math.max(nextPipes(prefork), nextPipes(prefork)));
                prefork.next("reloaded");
            }
            assertEquals(List.of(pipes.getFirst(), pipes.getFirst(), pipes.getFirst()), pipes);
        }
    }

    private static long nextPipes(PreforkProcess prefork) throws InterruptedException {
        String open = prefork.next("inventory");
        return Arrays.stream(open.split(" ", -1)).filter(fd -> fd.contains("=pipe:")).count();
    }

    /** The child of the master that is no worker. */
    private static long template(PreforkProcess prefork, Set<Long> workers) {
        List<Long> others =
                ProcessHandle.of(prefork.pid())
                        .orElseThrow()
                        .children()
                        .map(ProcessHandle::pid)
                        .filter(pid -> !workers.contains(pid))
                        .toList();
        assertEquals(1, others.size(), others::toString);
        return others.getFirst();
    }
}

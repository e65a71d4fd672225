// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptStrategy;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A listener a worker, and connections that the master passes on, with real processes. */
final class AcceptTest {
    /** So many that each of two workers gets one, if it is left to chance. */
    private static final int MANY = 40;

    @BeforeEach
    void assumeSignals() {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
        assumeTrue(Platform.current().linux(), "one listener a worker is Linux's");
    }

    private static PreforkProcess start(AcceptStrategy strategy, String... settings)
            throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("accept=" + strategy);
        return PreforkProcess.start(all.toArray(new String[0])).started();
    }

    /** Connections that have sent a request each. */
    private static final class Crowd implements AutoCloseable {
        private final List<PreforkProcess.Client> clients = new ArrayList<>();

        Crowd(PreforkProcess prefork) throws IOException {
            for (int i = 0; i < MANY; i++) {
                PreforkProcess.Client client = prefork.connect();
                clients.add(client);
                client.send("pid");
            }
        }

        /** Who has answered, once all are answered. */
        Set<Long> answers() throws IOException {
            Set<Long> pids = new HashSet<>();
            for (PreforkProcess.Client client : clients) {
                pids.add(Long.parseLong(String.valueOf(client.readLine())));
            }
            return pids;
        }

        @Override
        public void close() throws IOException {
            for (PreforkProcess.Client client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"REUSEPORT, EXEC", "PASS, EXEC", "REUSEPORT, COLD", "PASS, COLD"})
    void shouldServeFromAllWorkers(AcceptStrategy strategy, Spawn spawn) throws Exception {
        try (PreforkProcess prefork = start(strategy, "workers=2", "spawn=" + spawn)) {
            Set<Long> workers = new HashSet<>(prefork.ready(2));
            try (Crowd crowd = new Crowd(prefork)) {
                assertEquals(workers, crowd.answers());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REUSEPORT", "PASS"})
    void shouldLoseNoRequestWhileItReloads(AcceptStrategy strategy) throws Exception {
        try (PreforkProcess prefork = start(strategy, "workers=2")) {
            prefork.reloadWhileAsked(prefork.ready(2));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REUSEPORT", "PASS"})
    void shouldServeWhatAKilledWorkerHadNotTakenOver(AcceptStrategy strategy) throws Exception {
        try (PreforkProcess prefork = start(strategy, "workers=2")) {
            long victim = prefork.ready(2).getFirst();
            // It takes nothing over from now on, and the master does not know.
            PreforkProcess.freeze(victim);
            try (Crowd crowd = new Crowd(prefork)) {
                PreforkProcess.signal("KILL", victim);
                assertFalse(crowd.answers().contains(victim));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"CONT, true", "KILL, false"})
    void shouldServeWhoWaitsAtAListenerThatGoes(String signal, boolean drained) throws Exception {
        try (PreforkProcess prefork = start(AcceptStrategy.REUSEPORT, "workers=2")) {
            long[] workers = bySlot(prefork);
            PreforkProcess.freeze(workers[1]);
            try (Crowd waiting = new Crowd(prefork)) {
                prefork.signal("TTOU");
                prefork.next("workers wanted: 1");
                try (Crowd late = new Crowd(prefork)) {
                    // Nobody is sent any more to the worker that is stopped.
                    assertEquals(Set.of(workers[0]), late.answers());
                }
                PreforkProcess.signal(signal, workers[1]);
                Set<Long> answers = waiting.answers();
                assertTrue(answers.contains(workers[0]), answers.toString());
                assertTrue(drained || !answers.contains(workers[1]), answers.toString());
            }
            PreforkProcess.awaitEnd(workers[1]);
            prefork.signal("TTIN");
            long another = prefork.nextReady();
            assertNotEquals(workers[1], another);
            try (Crowd crowd = new Crowd(prefork)) {
                assertEquals(Set.of(workers[0], another), crowd.answers());
            }
        }
    }

    private static long[] bySlot(PreforkProcess prefork) throws InterruptedException {
        long[] pids = new long[2];
        for (int i = 0; i < 2; i++) {
            String[] ready = prefork.next("ready").split(" ", -1);
            pids[Integer.parseInt(ready[0])] = Long.parseLong(ready[2]);
        }
        return pids;
    }

    @Test
    void shouldCloseTheListenerOfAWorkerThatWentWhenNobodyWaits() throws Exception {
        try (PreforkProcess prefork = start(AcceptStrategy.REUSEPORT, "workers=2")) {
            prefork.ready(2);
            assertEquals(2, listeners(prefork));
            prefork.signal("TTOU");
            prefork.next("exit 1");
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PreforkProcess.DEADLINE_S);
            int left = 2;
            // Asking takes its time: this is no busy wait.
            while (left == 2 && System.nanoTime() < endNs) {
                assertFalse(prefork.ask("pid").isEmpty());
                left = listeners(prefork);
            }
            assertEquals(1, left);
        }
    }

    /** How many listening sockets the master has, each counted once. */
    private static int listeners(PreforkProcess prefork) throws IOException {
        String port = ":%04X ".formatted(prefork.port());
        try (Stream<String> sockets = Files.lines(Path.of("/proc/net/tcp"))) {
            return (int) sockets.filter(it -> it.contains(port + "00000000:0000 0A")).count();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REUSEPORT", "PASS"})
    void shouldHandOverTheManifestAndNoOtherSocketOrPipe(AcceptStrategy strategy) throws Exception {
        // Channel and way for connections; and a listener where there is one for each worker.
        int expected = strategy == AcceptStrategy.PASS ? 2 : 3;
        Set<String> firsts = new HashSet<>();
        try (PreforkProcess prefork = start(strategy, "workers=2", "inventory=yes")) {
            for (int i = 0; i < 2; i++) {
                List<String> entries = List.of(prefork.next("inventory").split(" ", -1));
                List<String> sockets =
                        entries.stream().filter(it -> it.contains("=socket:")).toList();
                long pipes =
                        entries.stream()
                                .filter(it -> it.matches("[3-9]=pipe:.*|..+=pipe:.*"))
                                .count();
                assertEquals(expected, sockets.size(), entries.toString());
                assertEquals(3, pipes, "the life-line, and its own for signals");
                firsts.add(
                        entries.stream().filter(it -> it.startsWith("3=")).findFirst().orElse(""));
            }
            assertEquals(2, firsts.size(), "each its own");
        }
    }

    @Test
    void shouldServeWhoWasAcceptedBeforeItEnds() throws Exception {
        try (PreforkProcess prefork = start(AcceptStrategy.PASS, "workers=1")) {
            long worker = prefork.nextReady();
            PreforkProcess.freeze(worker);
            try (Crowd crowd = new Crowd(prefork)) {
                prefork.signal("TERM");
                prefork.next("draining");
                PreforkProcess.signal("CONT", worker);
                assertEquals(Set.of(worker), crowd.answers());
            }
            assertEquals(0, prefork.exitCode());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAllWhoHaveConnectedBeforeItEnds(AcceptStrategy strategy) throws Exception {
        try (PreforkProcess prefork = start(strategy, "workers=2")) {
            prefork.ready(2);
            List<CompletableFuture<Integer>> crowd = new ArrayList<>();
            CountDownLatch asked = new CountDownLatch(MANY);
            for (int i = 0; i < 4; i++) {
                crowd.add(
                        CompletableFuture.supplyAsync(
                                () -> askUntilRefused(prefork, asked),
                                task -> Thread.ofPlatform().daemon().start(task)));
            }
            assertTrue(asked.await(PreforkProcess.DEADLINE_S, TimeUnit.SECONDS));
            prefork.signal("TERM");
            assertEquals(0, prefork.exitCode());
            for (CompletableFuture<Integer> client : crowd) {
                client.get(PreforkProcess.DEADLINE_S, TimeUnit.SECONDS);
            }
        }
    }

    /** Returns how many were answered, which all were that have connected. */
    private static int askUntilRefused(PreforkProcess prefork, CountDownLatch asked) {
        for (int answers = 0; ; answers++) {
            try (PreforkProcess.Client client = prefork.connect()) {
                Long.parseLong(client.ask("pid"));
                asked.countDown();
            } catch (ConnectException e) {
                return answers;
            } catch (IOException e) {
                throw new AssertionError("lost after " + answers, e);
            }
        }
    }

    @Test
    void shouldGoOnAcceptingHoweverOftenTheOwnerOfTheLockIsKilled() throws Exception {
        try (PreforkProcess prefork = start(AcceptStrategy.MUTEX, "workers=3")) {
            prefork.ready(3);
            for (int i = 0; i < 10; i++) {
                // Who has just accepted has it, or has just given it back.
                PreforkProcess.signal("KILL", askUntilSettled(prefork));
                prefork.nextReady();
            }
            assertFalse(prefork.ask("pid").isEmpty());
        }
    }

    /** Asks until the death of a worker counts no more as a start that has failed. */
    private static long askUntilSettled(PreforkProcess prefork) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
        long pid = 0;
        while (pid == 0 || System.nanoTime() < endNs) {
            pid = Long.parseLong(prefork.ask("pid"));
        }
        return pid;
    }
}

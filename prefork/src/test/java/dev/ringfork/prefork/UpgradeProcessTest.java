// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.control.ControlCall;
import dev.ringfork.prefork.control.Request;
import dev.ringfork.prefork.control.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real masters that take each other's place. */
final class UpgradeProcessTest {
    @TempDir private Path folder;
    private Path socket;
    private Path pidFile;
    private Path broken;
    private Path stuck;

    @BeforeEach
    void assumeSignals() {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
        socket = folder.resolve("control");
        pidFile = folder.resolve("pid");
        broken = folder.resolve("broken");
        stuck = folder.resolve("stuck");
    }

    private PreforkProcess start(String... more) throws Exception {
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "workers=2",
                                "failures=1",
                                "control=" + socket,
                                "pidfile=" + pidFile,
                                "broken=" + broken,
                                "stuck=" + stuck));
        settings.addAll(List.of(more));
        PreforkProcess prefork = PreforkProcess.start(settings.toArray(new String[0])).started();
        prefork.next("serving");
        return prefork;
    }

    private Verdict ask(String line) throws IOException {
        return ControlCall.ask(socket, Request.parse(line), _ -> {}, _ -> {});
    }

    private CompletableFuture<Verdict> asking(String line) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return ask(line);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }

    private static Verdict await(CompletableFuture<Verdict> verdict) throws Exception {
        return verdict.get(PreforkProcess.DEADLINE_S, TimeUnit.SECONDS);
    }

    /** Upgrades, and returns the process of the new master. */
    private long upgrade() throws IOException {
        Verdict verdict = ask("upgrade");
        assertTrue(verdict.good(), verdict.text());
        return Long.parseLong(verdict.text().replaceAll("process (\\d+) is the master", "$1"));
    }

    private long seated() throws IOException {
        List<String> shown = new ArrayList<>();
        assertTrue(
                ControlCall.ask(socket, Request.parse("status"), shown::add, _ -> {}).good(),
                shown::toString);
        return Long.parseLong(shown.getFirst().replaceAll("master (\\d+):.*", "$1"));
    }

    /** That everything leads to one master. */
    private void assertSeated(long pid) throws IOException {
        assertEquals(pid, seated());
        assertEquals(pid + "\n", Files.readString(pidFile));
    }

    private static void end(PreforkProcess prefork, long pid) throws Exception {
        PreforkProcess.signal("TERM", pid);
        while (!prefork.next("children").equals("none")) {
            // A master before it, whose child it was.
        }
        PreforkProcess.awaitEnd(pid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHARED", "MUTEX", "REUSEPORT", "PASS"})
    void shouldGiveANewMasterItsPlaceAndEnd(String accept) throws Exception {
        try (PreforkProcess prefork = start("accept=" + accept)) {
            long old = Long.parseLong(prefork.ask("pid"));
            assertSeated(prefork.pid());

            long pid = upgrade();
            assertEquals(0, prefork.exitCode());
            assertNotEquals(prefork.pid(), pid);
            assertEquals(Long.toString(pid), prefork.next("serving"));
            assertEquals(Long.toString(pid), prefork.next("succeeded"));
            PreforkProcess.awaitEnd(old);
            assertSeated(pid);
            assertNotEquals(Long.toString(old), prefork.ask("pid"));
            end(prefork, pid);
            assertFalse(Files.exists(pidFile));
            assertFalse(Files.exists(socket));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHARED", "REUSEPORT", "PASS"})
    void shouldLoseNoRequestOverUpgradesBySignal(String accept) throws Exception {
        try (PreforkProcess prefork = start("accept=" + accept)) {
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Integer> asked =
                    CompletableFuture.supplyAsync(
                            () -> prefork.askUntil(enough),
                            task -> Thread.ofPlatform().daemon().start(task));
            long pid = prefork.pid();
            for (int i = 0; i < 3; i++) {
                PreforkProcess.signal("USR2", pid);
                long next = Long.parseLong(prefork.next("serving"));
                PreforkProcess.awaitEnd(pid);
                pid = next;
                awaitNoPredecessor();
            }
            enough.set(true);
            assertTrue(asked.get(PreforkProcess.DEADLINE_S, TimeUnit.SECONDS) > 0);
            end(prefork, pid);
        }
    }

    /** A command comes back when the master has had a turn after the end of the one before it. */
    private void awaitNoPredecessor() throws IOException {
        assertTrue(ask("status").good());
    }

    @Test
    void shouldFinishWhatWasBegunBeforeItEnds() throws Exception {
        try (PreforkProcess prefork = start()) {
            CompletableFuture<Verdict> upgrade;
            try (PreforkProcess.Client client = prefork.connect()) {
                assertEquals("begun", client.ask("begin"));
                upgrade = asking("upgrade");
                prefork.next("succeeded");
                Verdict early = ask("upgrade");
                assertFalse(early.good());
                assertTrue(early.text().contains("has not finished"), early.text());
                assertEquals("ended", client.ask("end"));
            }
            assertTrue(await(upgrade).good());
            assertEquals(0, prefork.exitCode());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHARED", "REUSEPORT", "PASS"})
    void shouldGoOnWhenTheNewMasterDoesNotBoot(String accept) throws Exception {
        try (PreforkProcess prefork = start("accept=" + accept)) {
            Files.createFile(broken);
            Verdict verdict = ask("upgrade");
            assertFalse(verdict.good());
            assertTrue(verdict.text().contains("has exited with 3"), verdict.text());
            assertSeated(prefork.pid());
            assertFalse(prefork.ask("pid").isEmpty());
            assertEquals(Set.of(prefork.pid()), masters(prefork));

            Files.delete(broken);
            assertSeated(upgrade());
            assertEquals(0, prefork.exitCode());
        }
    }

    /** The first master and those of its descendants that have workers. */
    private static Set<Long> masters(PreforkProcess prefork) {
        Set<Long> masters = new HashSet<>();
        ProcessHandle.of(prefork.pid())
                .ifPresent(first -> {
                    masters.add(first.pid());
                    first.descendants()
                            .filter(each -> each.children().findAny().isPresent())
                            .forEach(each -> masters.add(each.pid()));
                });
        return masters;
    }

    @Test
    void shouldEndANewMasterThatTakesTooLong() throws Exception {
        try (PreforkProcess prefork = start("upgrade=1000")) {
            Files.createFile(stuck);
            Verdict verdict = ask("upgrade");
            assertFalse(verdict.good());
            assertTrue(verdict.text().contains("did not serve after 1 s"), verdict.text());
            assertEquals(Set.of(prefork.pid()), masters(prefork));
            assertSeated(prefork.pid());
            Files.delete(stuck);
            assertFalse(prefork.ask("pid").isEmpty());
        }
    }

    @Test
    void shouldGoOnWhenTheNewMasterServesTooLate() throws Exception {
        Path held = folder.resolve("held");
        Path path = folder.resolve("socket");
        Path addresses = folder.resolve("addresses");
        Files.writeString(addresses, "127.0.0.1:0\nunix:" + path);
        try (PreforkProcess prefork =
                start("upgrade=5000", "held=" + held, "addresses=" + addresses)) {
            Files.createFile(held);
            CompletableFuture<Verdict> upgrade = asking("upgrade");
            prefork.next("the upgrade is backed out");
            // It says that it serves only now, and nobody listens any more.
            Files.delete(held);
            Verdict verdict = await(upgrade);
            assertFalse(verdict.good());
            assertTrue(verdict.text().contains("did not serve after 5 s"), verdict.text());
            assertFalse(prefork.ask("pid").isEmpty(), "clients are let in");
            assertTrue(Files.exists(path));
            assertSeated(prefork.pid());

            prefork.signal("TERM");
            assertEquals(0, prefork.exitCode());
            assertFalse(Files.exists(path));
        }
    }

    @Test
    void shouldGoOnWhenTheNewMasterIsKilled() throws Exception {
        try (PreforkProcess prefork = start()) {
            Files.createFile(stuck);
            CompletableFuture<Verdict> upgrade = asking("upgrade");
            long pid = Long.parseLong(prefork.next("master"));
            PreforkProcess.signal("KILL", pid);
            Verdict verdict = await(upgrade);
            assertFalse(verdict.good());
            assertTrue(verdict.text().contains("has been killed by signal 9"), verdict.text());
            Files.delete(stuck);
            assertSeated(prefork.pid());
            assertFalse(prefork.ask("pid").isEmpty());
        }
    }

    @Test
    void shouldDoOneUpgradeAtATime() throws Exception {
        try (PreforkProcess prefork = start()) {
            Files.createFile(stuck);
            CompletableFuture<Verdict> upgrade = asking("upgrade");
            prefork.next("master");
            for (String other : List.of("upgrade", "reload")) {
                Verdict verdict = ask(other);
                assertFalse(verdict.good(), other);
                assertTrue(verdict.text().contains("an upgrade is under way"), verdict.text());
            }
            Files.delete(stuck);
            assertTrue(await(upgrade).good());
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldEndTheNewMasterWhenItIsToldToEndItself() throws Exception {
        try (PreforkProcess prefork = start()) {
            Files.createFile(stuck);
            CompletableFuture<Verdict> upgrade = asking("upgrade");
            long pid = Long.parseLong(prefork.next("master"));
            prefork.signal("TERM");
            assertFalse(await(upgrade).good());
            assertEquals(0, prefork.exitCode());
            PreforkProcess.awaitEnd(pid);
            assertFalse(Files.exists(pidFile));
        }
    }

    @Test
    void shouldNotUpgradeToABadConfiguration() throws Exception {
        Path refuse = Files.createFile(folder.resolve("refuse"));
        try (PreforkProcess prefork = start("refuse=" + refuse)) {
            Verdict verdict = ask("upgrade");
            assertFalse(verdict.good());
            assertTrue(verdict.text().contains("the configuration is bad"), verdict.text());
            assertSeated(prefork.pid());
        }
    }

    @Test
    void shouldGoOnWhenANewAddressIsTakenAndFollowWhereItIsNot() throws Exception {
        Path addresses = folder.resolve("addresses");
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        String common = "127.0.0.1:0\n";
        Files.writeString(addresses, common + "unix:" + first + "\n");
        try (PreforkProcess prefork = start("addresses=" + addresses)) {
            try (ServerSocket taken =
                    new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
                Files.writeString(addresses, common + "127.0.0.1:" + taken.getLocalPort());
                Verdict verdict = ask("upgrade");
                assertFalse(verdict.good());
                assertTrue(verdict.text().contains("has exited with 1"), verdict.text());
            }
            assertSeated(prefork.pid());
            assertTrue(Files.exists(first), "it is still listened at");

            Files.writeString(addresses, common + "unix:" + second + "\n");
            long pid = upgrade();
            assertEquals(0, prefork.exitCode());
            assertFalse(Files.exists(first), "nobody listens there any more");
            assertTrue(Files.exists(second));
            assertFalse(prefork.ask("pid").isEmpty(), "the port that the kernel chose stays");

            pid = upgradeOf(pid);
            assertTrue(Files.exists(second), "the new master's, not the old one's to remove");
            end(prefork, pid);
            assertFalse(Files.exists(second));
            assertThrows(ConnectException.class, prefork::connect);
        }
    }

    private long upgradeOf(long pid) throws Exception {
        long next = upgrade();
        PreforkProcess.awaitEnd(pid);
        return next;
    }

    @ParameterizedTest
    @CsvSource({"SHARED, 1", "REUSEPORT, 2", "PASS, 1"})
    void shouldLeaveAsManyDescriptorsAndListenersAsBeforeAfterUpgrades(String accept, int count)
            throws Exception {
        assumeTrue(Platform.current().linux(), "there is no /proc");
        try (PreforkProcess prefork = start("accept=" + accept)) {
            long pid = upgradeOf(prefork.pid());
            Map<String, Integer> before = descriptors(pid);
            Set<String> listeners = listeners(prefork);
            assertEquals(count, listeners.size());
            for (int i = 0; i < 3; i++) {
                pid = upgradeOf(pid);
            }
            long last = pid;
            assertEventually(before, () -> descriptors(last));
            assertEquals(listeners, listeners(prefork));
            List<ProcessHandle> workers =
                    ProcessHandle.of(last).orElseThrow().descendants().toList();
            assertEquals(2, workers.size(), workers::toString);
            end(prefork, last);
        }
    }

    private static <T> void assertEventually(T expected, Supplier<T> actual) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PreforkProcess.DEADLINE_S);
        while (!expected.equals(actual.get()) && System.nanoTime() < endNs) {
            Thread.onSpinWait();
        }
        assertEquals(expected, actual.get());
    }

    /** How many of each kind a process has, files aside. */
    private static Map<String, Integer> descriptors(long pid) {
        Map<String, Integer> kinds = new TreeMap<>();
        Path folder = Path.of("/proc", Long.toString(pid), "fd");
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(folder)) {
            for (Path fd : fds) {
                String kind = Files.readSymbolicLink(fd).toString().replaceAll(":\\[\\d+\\]", "");
                if (!kind.startsWith("/") || kind.contains("ringfork-")) {
                    kinds.merge(kind.replaceAll("-.*", ""), 1, Integer::sum);
                }
            }
        } catch (IOException e) {
            // One that was closed meanwhile: the next look tells.
            return Map.of();
        }
        return kinds;
    }

    /** The inodes that listen at the port. */
    private static Set<String> listeners(PreforkProcess prefork) {
        String port = ":%04X".formatted(prefork.port());
        Set<String> inodes = new HashSet<>();
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/tcp"))) {
            lines.map(line -> line.strip().split(" +", -1))
                    .filter(fields -> fields[1].endsWith(port) && fields[3].equals("0A"))
                    .forEach(fields -> inodes.add(fields[9]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return inodes;
    }

    @Test
    void shouldServeWhoWaitsAtTheListenersOfWorkersThatHang() throws Exception {
        assumeTrue(Platform.current().linux(), "one listener a worker is Linux's");
        try (PreforkProcess prefork = start("accept=REUSEPORT", "late=60000")) {
            List<ProcessHandle> hanging =
                    ProcessHandle.of(prefork.pid()).orElseThrow().children().toList();
            for (ProcessHandle worker : hanging) {
                PreforkProcess.signal("STOP", worker.pid());
            }
            List<PreforkProcess.Client> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                PreforkProcess.Client client = prefork.connect();
                waiting.add(client);
                client.send("pid");
            }
            CompletableFuture<Verdict> upgrade = asking("upgrade");
            prefork.next("succeeded");
            for (ProcessHandle worker : hanging) {
                PreforkProcess.signal("CONT", worker.pid());
            }
            for (PreforkProcess.Client client : waiting) {
                assertFalse(String.valueOf(client.readLine()).isEmpty());
                client.close();
            }
            assertTrue(await(upgrade).good());
        }
    }

    @ParameterizedTest
    @CsvSource({"TTIN, 3", "TTOU, 1"})
    void shouldLoseNoRequestWhereTheNumberOfWorkersChanges(String signal, int before)
            throws Exception {
        assumeTrue(Platform.current().linux(), "one listener a worker is Linux's");
        try (PreforkProcess prefork = start("accept=REUSEPORT")) {
            prefork.signal(signal);
            prefork.next("workers wanted: " + before);
            prefork.next(before == 3 ? "ready 2" : "exit 1");
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Integer> asked =
                    CompletableFuture.supplyAsync(
                            () -> prefork.askUntil(enough),
                            task -> Thread.ofPlatform().daemon().start(task));
            long pid = upgrade();
            assertEquals(0, prefork.exitCode());
            // The listener that nobody needs is closed when nobody can come to it any more.
            assertEventually(2, () -> listeners(prefork).size());
            enough.set(true);
            assertTrue(asked.get(PreforkProcess.DEADLINE_S, TimeUnit.SECONDS) > 0);
            end(prefork, pid);
        }
    }

    @Test
    void shouldSayThatTheSignalIsTheMachinesAndUpgradeOverTheSocket() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start(Map.of(), "workers=1", "control=" + socket)) {
            prefork.next("SIGUSR2 does not upgrade");
            prefork.next("serving");
            long pid = upgrade();
            assertEquals(0, prefork.exitCode());
            PreforkProcess.signal("QUIT", pid);
            PreforkProcess.awaitEnd(pid);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import dev.ringfork.prefork.accept.AcceptStrategy;
import java.net.ConnectException;
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
import org.junit.jupiter.params.provider.CsvSource;

/** A master and its workers, as real processes. */
final class PreforkTest {
    @TempDir private Path folder;

    @BeforeEach
    void assumeSignals() {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
    }

    @Test
    void shouldServeFromItsWorkersAndReapThemAll() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2").started()) {
            Set<Long> pids = new HashSet<>(prefork.ready(2));
            assertEquals(2, pids.size());
            assertTrue(pids.contains(Long.parseLong(prefork.ask("pid"))));
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
            for (long pid : pids) {
                PreforkProcess.awaitEnd(pid);
            }
        }
    }

    @Test
    void shouldReplaceAWorkerThatIsKilled() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1").started()) {
            long pid = prefork.nextReady();
            PreforkProcess.signal("KILL", pid);
            assertEquals("0 %d killed by signal 9".formatted(pid), prefork.next("exit"));
            long next = prefork.nextReady();
            assertNotEquals(pid, next);
            assertEquals(Long.toString(next), prefork.ask("pid"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EXCLUSIVE, FUTEX",
        "MUTEX, FUTEX",
        "MUTEX, FCNTL",
        "MUTEX, FLOCK",
        "MUTEX, PTHREAD"
    })
    void shouldAcceptHoweverWorkersShareAndDie(AcceptStrategy strategy, AcceptMutexKind mutex)
            throws Exception {
        assumeTrue(mutex.absence() == null, mutex.absence());
        assumeTrue(strategy != AcceptStrategy.EXCLUSIVE || Platform.current().linux(), "no epoll");
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=2", "accept=" + strategy, "mutex=" + mutex)
                        .started()) {
            Set<Long> pids = new HashSet<>(prefork.ready(2));
            for (int i = 0; i < 4; i++) {
                long pid = Long.parseLong(prefork.ask("pid"));
                assertTrue(pids.remove(pid), pid + " of " + pids);
                // The one that has just accepted: it may have the lock.
                PreforkProcess.signal("KILL", pid);
                prefork.next("exit");
                pids.add(prefork.nextReady());
            }
            for (int i = 0; i < 20; i++) {
                assertTrue(pids.contains(Long.parseLong(prefork.ask("pid"))));
            }
        }
    }

    @Test
    void shouldFinishWhatWasBegunBeforeItEnds() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1").started()) {
            prefork.nextReady();
            try (PreforkProcess.Client client = prefork.connect();
                    PreforkProcess.Client idle = prefork.connect()) {
                assertEquals("begun", client.ask("begin"));
                assertFalse(idle.ask("pid").isEmpty());
                prefork.signal("TERM");
                assertNull(idle.readLine(), "who has nothing open is let go");
                assertEquals("ended", client.ask("end"));
            }
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldRefuseWhoComesWhenTheLastWorkerAcceptsNoMore() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1").started()) {
            prefork.nextReady();
            try (PreforkProcess.Client client = prefork.connect();
                    PreforkProcess.Client idle = prefork.connect()) {
                assertEquals("begun", client.ask("begin"));
                assertFalse(idle.ask("pid").isEmpty());
                prefork.signal("TERM");
                assertNull(idle.readLine(), "the worker has closed the listener, then this");
                assertThrows(ConnectException.class, prefork::connect);
                assertEquals("ended", client.ask("end"));
            }
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldCutWhatDoesNotFinishInTime() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", "drain=200").started()) {
            prefork.nextReady();
            try (PreforkProcess.Client client = prefork.connect()) {
                assertEquals("begun", client.ask("begin"));
                prefork.signal("TERM");
                assertTrue(prefork.next("worker 0 (pid").endsWith("has cut 1 connections"));
            }
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldEndAtOnceWhenAskedTwice() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2", "drain=60000").started()) {
            prefork.ready(2);
            try (PreforkProcess.Client client = prefork.connect()) {
                assertEquals("begun", client.ask("begin"));
                prefork.signal("TERM");
                prefork.next("draining");
                prefork.signal("INT");
                assertTrue(prefork.next("worker").endsWith("has cut 1 connections"));
                assertEquals(0, prefork.exitCode());
            }
        }
    }

    @Test
    void shouldAddAndRemoveWorkers() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1").started()) {
            prefork.nextReady();
            prefork.signal("TTIN");
            long second = prefork.nextReady();
            prefork.signal("TTOU");
            assertEquals("1 %d exited with 0".formatted(second), prefork.next("exit"));
            prefork.signal("TTOU");
            prefork.signal("TERM");
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldLoseNoRequestWhileItReloads() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2").started()) {
            prefork.reloadWhileAsked(prefork.ready(2));
        }
    }

    @Test
    void shouldKeepServingWhenAReloadFails() throws Exception {
        Path broken = folder.resolve("broken");
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "broken=" + broken).started()) {
            long pid = prefork.nextReady();
            Files.createFile(broken);
            prefork.signal("HUP");
            prefork.next("the reload has failed");
            assertEquals(Long.toString(pid), prefork.ask("pid"));
            Files.delete(broken);
            prefork.signal("HUP");
            prefork.next("reloaded");
            assertNotEquals(Long.toString(pid), prefork.ask("pid"));
        }
    }

    @Test
    void shouldNotReloadABadConfiguration() throws Exception {
        Path refuse = Files.createFile(folder.resolve("refuse"));
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "refuse=" + refuse).started()) {
            prefork.nextReady();
            prefork.signal("HUP");
            assertEquals(
                    "all stays as it was: the configuration is bad", prefork.next("not reloaded,"));
        }
    }

    @Test
    void shouldKeepTheListenerWithoutWorkers() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1").started()) {
            prefork.nextReady();
            prefork.signal("WINCH");
            prefork.next("exit");
            try (PreforkProcess.Client waiting = prefork.connect()) {
                prefork.signal("HUP");
                long pid = prefork.nextReady();
                assertEquals(Long.toString(pid), waiting.ask("pid"));
            }
        }
    }

    @Test
    void shouldReplaceAWorkerThatIsStopped() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", "late=1000").started()) {
            long pid = prefork.nextReady();
            PreforkProcess.signal("STOP", pid);
            prefork.next("worker 0 (pid %d) shows no sign of life".formatted(pid));
            // Its successor may serve before or after that is said.
            assertEquals("0 %d killed by signal 9".formatted(pid), prefork.next("exit"));
            assertNotEquals(Long.toString(pid), prefork.ask("pid"));
        }
    }

    @Test
    void shouldReplaceAWorkerWhoseLoopHangsAfterItHasShownWhere() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", "late=1000").started()) {
            long pid = prefork.nextReady();
            try (PreforkProcess.Client client = prefork.connect()) {
                client.send("hang");
                prefork.next("worker 0 (pid %d) shows no sign of life".formatted(pid));
                prefork.next("Full thread dump");
                // Its successor may serve before or after that is said.
                assertEquals("0 %d killed by signal 9".formatted(pid), prefork.next("exit"));
                assertNotEquals(Long.toString(pid), prefork.ask("pid"));
            }
        }
    }

    @Test
    void shouldRecycleAWorkerThatHasDoneEnough() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=1", "requests=3").started()) {
            long first = prefork.nextReady();
            for (int i = 0; i < 3; i++) {
                prefork.ask("pid");
            }
            long second = prefork.nextReady();
            assertEquals("0 %d exited with 0".formatted(first), prefork.next("exit"));
            assertEquals(Long.toString(second), prefork.ask("pid"));
        }
    }

    @Test
    void shouldRecycleAWorkerThatTakesTooMuchMemory() throws Exception {
        assumeTrue(Platform.current().linux(), "only Linux tells");
        // Less than any virtual machine, so each worker is replaced as soon as it is looked at.
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "heartbeat=20", "memory=1000000").started()) {
            long first = prefork.nextReady();
            assertEquals("0 %d exited with 0".formatted(first), prefork.next("exit"));
        }
    }

    @Test
    void shouldEndItsWorkersWhenItIsKilled() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2").started()) {
            List<Long> pids = prefork.ready(2);
            PreforkProcess.signal("KILL", prefork.pid());
            for (long pid : pids) {
                PreforkProcess.awaitEnd(pid);
            }
        }
    }

    @Test
    void shouldGiveUpWhenNoWorkerBoots() throws Exception {
        Path broken = Files.createFile(folder.resolve("broken"));
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=2", "failures=2", "broken=" + broken).started()) {
            prefork.next("giving up: 2 starts have failed");
            assertEquals(3, prefork.exitCode());
        }
    }

    @Test
    void shouldEndAWorkerThatDoesNotBoot() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "boot=200", "failures=1", "hang=yes").started()) {
            prefork.next("worker 0 (pid");
            assertEquals(3, prefork.exitCode());
        }
    }

    @Test
    void shouldReopenInTheMasterAndInEachWorker() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2").started()) {
            Set<Long> pids = new HashSet<>(prefork.ready(2));
            pids.add(prefork.pid());
            prefork.signal("USR1");
            Set<Long> reopened = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                reopened.add(Long.parseLong(prefork.next("reopened")));
            }
            assertEquals(pids, reopened);
        }
    }

    @Test
    void shouldWriteAPidFileAndRemoveIt() throws Exception {
        Path file = folder.resolve("pid");
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "pidfile=" + file).started()) {
            prefork.nextReady();
            assertEquals(prefork.pid() + "\n", Files.readString(file));
            try (PreforkProcess other = PreforkProcess.start("pidfile=" + file)) {
                other.next("Exception in thread");
                assertEquals(1, other.exitCode());
            }
            assertEquals(prefork.pid() + "\n", Files.readString(file));
            prefork.signal("TERM");
            assertEquals(0, prefork.exitCode());
            assertFalse(Files.exists(file));
        }
    }

    @Test
    void shouldServeAUnixPathAndRemoveItOnlyInTheMaster() throws Exception {
        Path path = folder.resolve("s");
        try (PreforkProcess prefork = PreforkProcess.start("listen=unix:" + path)) {
            prefork.next("started");
            long pid = prefork.nextReady();
            PreforkProcess.signal("TERM", pid);
            prefork.next("exit");
            prefork.nextReady();
            assertTrue(Files.exists(path), "a worker that ends leaves it");
            prefork.signal("TERM");
            assertEquals(0, prefork.exitCode());
            assertFalse(Files.exists(path));
        }
    }

    @Test
    void shouldHandOverTheManifestAndNoOtherSocketOrPipe() throws Exception {
        assumeTrue(Platform.current().linux(), "there is no /proc");
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=2", "inventory=yes").started()) {
            for (int i = 0; i < 2; i++) {
                List<String> handed = new ArrayList<>();
                List<String> own = new ArrayList<>();
                for (String entry : prefork.next("inventory").split(" ", -1)) {
                    int fd = Integer.parseInt(entry.substring(0, entry.indexOf('=')));
                    (fd < 7 ? handed : own).add(entry);
                }
                assertTrue(handed.stream().anyMatch(it -> it.startsWith("3=socket:")));
                assertTrue(handed.stream().anyMatch(it -> it.startsWith("4=socket:")));
                assertTrue(handed.stream().anyMatch(it -> it.startsWith("5=pipe:")));
                assertTrue(handed.stream().anyMatch(it -> it.contains("ringfork-")));
                List<String> sockets = own.stream().filter(it -> it.contains("=socket:")).toList();
                assertEquals(List.of(), sockets);
                long pipes = own.stream().filter(it -> it.contains("=pipe:")).count();
                assertEquals(2, pipes, "its own for signals, both ends");
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.spawn.Spawner.Placement;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.demux.Demultiplexers;
import dev.ringfork.reactor.demux.Trigger;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A launcher that does not do as it is told. */
final class ColdSpawnerTest {
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(60);

    private final Syscalls syscalls = Syscalls.get();
    private final List<String> said = new ArrayList<>();
    private final Reactor reactor =
            new Reactor(
                    syscalls, Demultiplexers.best(syscalls, Trigger.LEVEL), DEADLINE_NS, said::add);
    private final Pidfds ends = new Pidfds(syscalls, reactor);
    private int nothing = -1;

    @BeforeEach
    void openNothing() {
        assumeTrue(Platform.current().linux(), "there is no /proc");
        try (Arena arena = Arena.ofConfined()) {
            nothing =
                    syscalls.descriptors()
                            .open(
                                    arena.allocateFrom("/dev/null"),
                                    Fcntl.O_RDONLY | Fcntl.O_CLOEXEC,
                                    0);
            Errno.check("open", nothing, "/dev/null");
        }
    }

    @AfterEach
    void close() {
        ends.close();
        reactor.close();
        syscalls.descriptors().close(nothing);
    }

    private Spawner open(Duration patience) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Spawner spawner =
                ColdSpawner.open(
                        syscalls,
                        new CommandLine(java, List.of("java", "Main")),
                        Map.of(),
                        said::add,
                        patience);
        spawner.attach(reactor, ends);
        return spawner;
    }

    private Assignment assignment() {
        Manifest manifest =
                new Manifest(new LinkedHashMap<>(), nothing, nothing, nothing, -1, -1, 0);
        return new Assignment(0, 1, syscalls.processes().getpid(), manifest);
    }

    private Outcome outcome() {
        return new Outcome(assignment());
    }

    private void await(BooleanSupplier condition) {
        long endNs = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs, "nothing happens");
            reactor.runOnce(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Ends a worker before it can say that it has no main class. */
    private void end(Spawner spawner, int pid) {
        syscalls.processes().kill(pid, ProcessConstants.SIGKILL);
        List<Integer> ends = new ArrayList<>();
        spawner.reap(syscalls, pid, how -> ends.add(how.termSignal()));
        assertEquals(List.of(9), ends);
    }

    /** How many there are of those that the spawner has to do with. */
    private static int descriptors() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : all) {
                String what = link(fd);
                count += what.equals("/dev/null") || what.startsWith("socket:") ? 1 : 0;
            }
        }
        return count;
    }

    private static String link(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            // That of the folder itself, or another thread's that was closed meanwhile.
            return "";
        }
    }

    /** Stops each launcher before it can be asked. */
    private final class Stopping implements Placement {
        private int launcher;

        @Override
        public void enter(int slot, int tid) {
            launcher = tid;
            assertEquals(0, syscalls.processes().kill(tid, ProcessConstants.SIGSTOP));
        }

        @Override
        public void leave(int tid) {}
    }

    @Test
    void shouldGiveUpALauncherThatDoesNotAnswerAndGoOnWithANewOne() throws Exception {
        try (Spawner spawner = open(Duration.ofMillis(50))) {
            int before = descriptors();
            Stopping stopping = new Stopping();
            spawner.place(stopping);
            Outcome first = outcome();
            Outcome second = outcome();
            spawner.spawn(first);
            int stopped = stopping.launcher;
            spawner.spawn(second);
            await(first::told);
            String reason = String.valueOf(first.reason());
            assertTrue(reason.endsWith("(it has not answered for 50 ms)"), reason);
            await(() -> !said.isEmpty());
            assertTrue(said.getFirst().contains("(pid %d)".formatted(stopped)), said.getFirst());
            assertEquals(-Errno.ESRCH, syscalls.processes().kill(stopped, 0), "it was reaped");
            await(second::told);
            assertNotEquals(stopped, stopping.launcher);
            await(() -> said.size() == 2);
            assertEquals(before - 1, descriptors(), "that of the launcher is closed");
        }
    }

    @Test
    void shouldStartOneAfterTheOther() throws Exception {
        try (Spawner spawner = open(Duration.ofSeconds(60))) {
            int before = descriptors();
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Outcome outcome = outcome();
                outcomes.add(outcome);
                spawner.spawn(outcome);
            }
            for (Outcome outcome : outcomes) {
                await(outcome::told);
                end(spawner, outcome.pid());
            }
            assertEquals(5, outcomes.stream().map(Outcome::pid).distinct().count());
            assertEquals(before, descriptors());
        }
    }

    @Test
    void shouldForgetWhatItWasAskedForWhenItIsClosed() throws Exception {
        int before = descriptors();
        Spawner spawner = open(Duration.ofSeconds(60));
        spawner.place(new Stopping());
        Outcome first = outcome();
        Outcome second = outcome();
        spawner.spawn(first);
        spawner.spawn(second);
        spawner.close();
        assertEquals(List.of(false, false), List.of(first.told(), second.told()));
        assertEquals(before, descriptors());
    }
}

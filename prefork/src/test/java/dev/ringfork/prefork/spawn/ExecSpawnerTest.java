// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExecSpawnerTest {
    @TempDir private Path folder;

    private final Syscalls syscalls = Syscalls.get();
    private final List<Integer> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(syscalls.descriptors()::close);
    }

    /** Both ends of a pipe that any child would inherit. */
    private int[] inheritable() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(JAVA_INT, 2);
            Errno.check("pipe2", syscalls.descriptors().pipe2(fds, 0), null);
            int[] pipe = fds.toArray(JAVA_INT);
            open.add(pipe[0]);
            open.add(pipe[1]);
            return pipe;
        }
    }

    private Assignment assignment() {
        int[] first = inheritable();
        int[] second = inheritable();
        SequencedMap<String, Integer> listeners = new LinkedHashMap<>();
        listeners.put("a", first[1]);
        listeners.put("b", first[0]);
        Manifest manifest = new Manifest(listeners, second[0], second[1], first[0], -1, -1, 7);
        return new Assignment(2, 5, syscalls.processes().getpid(), manifest);
    }

    private WaitStatus shell(String script, Assignment assignment) {
        CommandLine line = new CommandLine("/bin/sh", List.of("sh", "-c", script));
        ExecSpawner spawner =
                new ExecSpawner(
                        syscalls,
                        line,
                        Map.of("OUT", folder.resolve("out").toString(), "PATH", "/usr/bin:/bin"));
        Outcome outcome = new Outcome(assignment);
        spawner.spawn(outcome);
        int pid = outcome.pid();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(JAVA_INT);
            assertEquals(pid, syscalls.processes().waitpid(pid, status, 0));
            return WaitStatus.of(status.get(JAVA_INT, 0));
        }
    }

    private List<String> out() throws Exception {
        return Files.readAllLines(folder.resolve("out"));
    }

    @Test
    void shouldHandOverTheManifestAndNothingElse() throws Exception {
        assumeTrue(Platform.current().linux(), "there is no /proc");
        inheritable();
        assertTrue(shell("exec ls /proc/self/fd > $OUT", assignment()).exited());
        // The standard ones, five of the manifest, and the folder that ls reads.
        assertEquals(
                List.of("0", "1", "2", "3", "4", "5", "6", "7", "8"),
                List.copyOf(new TreeSet<>(out())));
    }

    @Test
    void shouldTellTheWorkerWhichItIs() throws Exception {
        shell("env > $OUT", assignment());
        Map<String, String> environment = new HashMap<>();
        for (String line : out()) {
            int equals = line.indexOf('=');
            environment.put(line.substring(0, equals), line.substring(equals + 1));
        }
        assertEquals("a=3;b=4", environment.get("RINGFORK_LISTENERS"));
        assertEquals("5", environment.get("RINGFORK_CHANNEL"));
        assertEquals("6", environment.get("RINGFORK_LIFELINE"));
        assertEquals("7,7", environment.get("RINGFORK_SCOREBOARD"));
        int own = syscalls.processes().getpid();
        assertEquals("2,5," + own, environment.get("RINGFORK_WORKER"));
        // This process is no child of its own.
        assertNull(Assignment.read(syscalls, environment));
    }

    @Test
    void shouldReadAnAssignmentOfItsParent() {
        Assignment given = assignment();
        Assignment ofParent =
                new Assignment(
                        given.slot(),
                        given.generation(),
                        syscalls.processes().getppid(),
                        given.manifest());
        assertEquals(ofParent, Assignment.read(syscalls, ofParent.in(Map.of())));
    }

    @Test
    void shouldTakeAnOrphanForAWorkerByItsChannel() {
        Channel.Pair pair = Channel.open(syscalls);
        try (Channel _ = pair.here()) {
            open.add(pair.there());
            Manifest manifest = new Manifest(new LinkedHashMap<>(), pair.there(), 0, 0, -1, -1, 0);
            Assignment orphan = new Assignment(0, 1, Integer.MAX_VALUE / 8, manifest);
            assertNotNull(Assignment.read(syscalls, orphan.in(Map.of())));
        }
    }

    @Test
    void shouldRefuseAnEnvironmentThatNoMasterMakes() {
        assertNull(Assignment.read(syscalls, Map.of()));
        Map<String, String> half = Map.of("RINGFORK_WORKER", "1");
        assertThrows(IllegalArgumentException.class, () -> Assignment.read(syscalls, half));
        Map<String, String> noChannel = Map.of("RINGFORK_WORKER", "1,1,1");
        assertThrows(IllegalArgumentException.class, () -> Assignment.read(syscalls, noChannel));
    }

    @Test
    void shouldPutTheWorkerIntoAGroupOfItsOwn() throws Exception {
        assumeTrue(Platform.current().linux(), "there is no /proc");
        shell(
                "read -r pid name state parent group rest < /proc/self/stat; echo $pid $group > $OUT",
                assignment());
        String[] ids = out().getFirst().split(" ", -1);
        assertEquals(ids[0], ids[1]);
    }

    @Test
    void shouldSayWhatCannotBeStarted() {
        CommandLine line = new CommandLine("/nonexistent/program", List.of("program"));
        ExecSpawner spawner = new ExecSpawner(syscalls, line, Map.of());
        Outcome outcome = new Outcome(assignment());
        spawner.spawn(outcome);
        SyscallException e = assertInstanceOf(SyscallException.class, outcome.reason());
        assertEquals(Errno.ENOENT, e.errno());
    }

    @Test
    void shouldKnowHowThisProcessWasStarted() {
        CommandLine line = CommandLine.current();
        assertTrue(Files.isExecutable(Path.of(line.program())), line.program());
        assertTrue(line.arguments().size() > 1, line.arguments()::toString);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.SpawnActions;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.bindings.abi.SyscallNumbers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider's posix_spawn has to keep, with {@link SpawnActions}. */
public abstract class SpawnActionsContract extends SyscallsContract {

    private static final Map<String, String> NO_ENVIRONMENT = Map.of();
    private static final long LOADING_NS = TimeUnit.SECONDS.toNanos(10);

    private final SpawnActions spawn = new SpawnActions();

    @TempDir Path folder;

    private int child;

    private Processes calls() {
        return syscalls().processes();
    }

    @AfterEach
    void reapChild() {
        spawn.close();
        if (child > 0) {
            calls().kill(child, ProcessConstants.SIGKILL);
            calls().waitpid(child, MemorySegment.NULL, 0);
        }
    }

    private void start(String program, String... arguments) {
        child = spawn.start(calls(), program, List.of(arguments), NO_ENVIRONMENT);
        assertOk(child);
    }

    private WaitStatus reap() {
        MemorySegment status = arena.allocate(JAVA_INT);
        assertEquals(child, calls().waitpid(child, status, 0));
        child = 0;
        return WaitStatus.of(status.get(JAVA_INT, 0));
    }

    /** Starts a child that waits, and lists what it has open. */
    private Set<String> startAndListDescriptors() throws IOException {
        assumeTrue(Platform.current().linux(), "descriptors are listed through /proc");
        start("/bin/cat", "cat");
        awaitReading();
        try (Stream<Path> list = Files.list(Path.of("/proc/" + child + "/fd"))) {
            return list.map(Path::getFileName).map(Path::toString).collect(Collectors.toSet());
        }
    }

    /** Until it waits for its input, the program's loader may have files of its own open. */
    private void awaitReading() throws IOException {
        String reading = SyscallNumbers.of(Platform.current()).number("read") + " 0x0 ";
        Path syscall = Path.of("/proc/" + child + "/syscall");
        long end = System.nanoTime() + LOADING_NS;
        while (!Files.readString(syscall).startsWith(reading)) {
            assertTrue(System.nanoTime() < end, "the child has not come to read its input");
            Thread.onSpinWait();
        }
    }

    private String target(String process, int fd) throws IOException {
        Path link = Path.of("/proc/" + process + "/fd/" + fd);
        return Files.readSymbolicLink(link).toString();
    }

    @Test
    void shouldStartAProgram() {
        start("/bin/true", "true");
        assertEquals(0, reap().exitStatus());
    }

    @Test
    void shouldReportWhatCannotBeStarted() {
        List<String> arguments = List.of("x");
        assertErrno(
                Errno.ENOENT, spawn.start(calls(), "/no/such/program", arguments, NO_ENVIRONMENT));
        assertErrno(
                Errno.EACCES, spawn.start(calls(), folder.toString(), arguments, NO_ENVIRONMENT));
    }

    @Test
    void shouldLeaveOpenTheStandardDescriptorsAlone() throws IOException {
        // The JVM has many descriptors open, and these are not even close-on-exec.
        int[] pipe = pipe(0);
        opened(syscalls().descriptors().dup(pipe[0]));
        opened(syscalls().descriptors().fcntl(pipe[1], Fcntl.F_DUPFD, 300));
        spawn.handOver(pipe[0], 0);
        assertEquals(Set.of("0", "1", "2"), startAndListDescriptors());
    }

    @Test
    void shouldHandDescriptorsOverUnderTheirNewNumbers() throws IOException {
        int[] pipe = pipe(0);
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        spawn.handOver(pipe[0], 0).handOver(pair[1], 3).handOver(pipe[1], 7);
        assertEquals(Set.of("0", "1", "2", "3", "7"), startAndListDescriptors());
        String self = "self";
        assertEquals(target(self, pair[1]), target(String.valueOf(child), 3));
        assertEquals(target(self, pipe[1]), target(String.valueOf(child), 7));
    }

    @Test
    void shouldSwapDescriptorsThatTradePlaces() throws IOException {
        int[] pipe = pipe(0);
        int low = Math.min(pipe[0], pipe[1]);
        int high = Math.max(pipe[0], pipe[1]);
        assumeTrue(high <= SpawnActions.CHILD_FD_MAX, "descriptors too high to trade places");
        int[] stdin = pipe(0);
        spawn.handOver(stdin[0], 0).handOver(low, high).handOver(high, low);

        Set<String> open = startAndListDescriptors();

        assertEquals(Set.of("0", "1", "2", String.valueOf(low), String.valueOf(high)), open);
        // Both ends are one pipe: what tells them apart is the direction.
        assertNotEquals(mode("self", low), mode(String.valueOf(child), low));
        assertEquals(mode("self", high), mode(String.valueOf(child), low));
    }

    private String mode(String process, int fd) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process + "/fdinfo/" + fd))) {
            // The last octal digit of the flags is the access mode.
            String flags = lines.filter(line -> line.startsWith("flags")).findFirst().orElseThrow();
            return flags.substring(flags.length() - 1);
        }
    }

    @Test
    void shouldOpenFilesInTheChild() throws IOException {
        Path out = folder.resolve("out");
        int flags = Fcntl.O_WRONLY | Fcntl.O_CREAT;
        spawn.open(1, out.toString(), flags, 0600).open(0, "/dev/null", Fcntl.O_RDONLY, 0);
        start("/bin/sh", "sh", "-c", "echo to the file");
        assertTrue(reap().exited());
        assertEquals("to the file\n", Files.readString(out));
    }

    @Test
    void shouldPassTheEnvironmentAndNothingElse() throws IOException {
        Path out = folder.resolve("environment");
        spawn.open(1, out.toString(), Fcntl.O_WRONLY | Fcntl.O_CREAT, 0600);
        child = spawn.start(calls(), "/usr/bin/env", List.of("env"), Map.of("RINGFORK", "a b"));
        assertOk(child);
        assertEquals(0, reap().exitStatus());
        assertEquals("RINGFORK=a b\n", Files.readString(out));
    }

    @Test
    void shouldBlockAndIgnoreNoSignals() throws IOException {
        spawn.handOver(pipe(0)[0], 0);
        startAndListDescriptors();
        List<String> status = Files.readAllLines(Path.of("/proc/" + child + "/status"));
        assertEquals(0, signals(status, "SigBlk:"));
        assertEquals(0, signals(status, "SigIgn:"));
    }

    private static long signals(List<String> status, String field) {
        String line = status.stream().filter(l -> l.startsWith(field)).findFirst().orElseThrow();
        return Long.parseUnsignedLong(line.substring(field.length()).strip(), 16);
    }

    @Test
    void shouldStartAGroupOrASession() throws IOException {
        spawn.handOver(pipe(0)[0], 0).newSession();
        startAndListDescriptors();
        assertEquals(child, group(child)[1]);

        try (SpawnActions grouped = new SpawnActions()) {
            grouped.handOver(pipe(0)[0], 0).processGroup(0);
            int pid = grouped.start(calls(), "/bin/cat", List.of("cat"), NO_ENVIRONMENT);
            assertOk(pid);
            assertEquals(pid, group(pid)[0]);
            assertNotEquals(pid, group(pid)[1]);
            assertOk(calls().kill(pid, ProcessConstants.SIGKILL));
            assertEquals(pid, calls().waitpid(pid, MemorySegment.NULL, 0));
        }
    }

    /** The process group and the session of a process. */
    private static int[] group(int pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new int[] {Integer.parseInt(fields[2]), Integer.parseInt(fields[3])};
    }

    @Test
    void shouldReportADescriptorThatIsNotOpen() {
        int fd = opened(syscalls().descriptors().fcntl(pipe(0)[0], Fcntl.F_DUPFD_CLOEXEC, 500));
        closeNow(fd);
        spawn.handOver(fd, 3);
        assertErrno(
                Errno.EBADF, spawn.start(calls(), "/bin/true", List.of("true"), NO_ENVIRONMENT));
    }

    @Test
    void shouldRefuseNumbersThatAreTakenOrOutOfRange() {
        spawn.handOver(0, 5);
        assertThrows(IllegalArgumentException.class, () -> spawn.handOver(1, 5));
        assertThrows(
                IllegalArgumentException.class,
                () -> spawn.open(5, "/dev/null", Fcntl.O_RDONLY, 0));
        int beyond = SpawnActions.CHILD_FD_MAX + 1;
        assertThrows(IllegalArgumentException.class, () -> spawn.handOver(1, beyond));
        assertThrows(IllegalArgumentException.class, () -> spawn.handOver(-1, 4));
        spawn.actions();
        assertThrows(IllegalStateException.class, () -> spawn.handOver(1, 6));
    }
}

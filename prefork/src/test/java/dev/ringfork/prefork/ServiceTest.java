// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Account;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose workers are, their limits, the log and the background, as real processes. */
final class ServiceTest {
    @TempDir private Path folder;

    @BeforeEach
    void assumeSignalsAndProc() throws IOException {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
        assumeTrue(Platform.current().linux(), "there is no /proc");
        // Workers that are somebody else's open their log in it.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String setting(String name) {
        return name + "=" + folder.resolve(name);
    }

    @ParameterizedTest
    @EnumSource(names = {"EXEC", "COLD"})
    void shouldTakeAllRightsFromEveryThreadOfItsWorkers(Spawn spawn) throws Exception {
        assumeTrue(Account.isRoot(), "only root may start workers that are another user's");
        PreforkProcess.assumeOthersMayReadTheProgram();
        try (PreforkProcess prefork =
                PreforkProcess.start("spawn=" + spawn, "user=nobody", setting("log")).started()) {
            long pid = Long.parseLong(prefork.ask("pid"));
            String user = said("id", "-u", "nobody");
            String group = said("id", "-g", "nobody");
            Set<String> groups = Set.of(said("id", "-G", "nobody").split(" ", -1));
            List<List<String>> threads = threads(pid);
            assertTrue(threads.size() > 2, () -> "no virtual machine: " + threads);
            for (List<String> thread : threads) {
                assertEquals(Set.of(user), distinct(field(thread, "Uid:")));
                assertEquals(Set.of(group), distinct(field(thread, "Gid:")));
                assertEquals(groups, distinct(field(thread, "Groups:")));
                assertEquals("0000000000000000", field(thread, "CapEff:"));
                assertEquals("0000000000000000", field(thread, "CapPrm:"));
            }
            assertEquals(Set.of("0"), distinct(field(status(prefork.pid()), "Uid:")));
            // Only a worker to whom the log belongs can open it again.
            reopen(prefork, pid);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EXEC", "COLD", "WARM"})
    void shouldLimitItsProcessesAndSpeakToItsLog(Spawn spawn) throws Exception {
        if (spawn == Spawn.WARM) {
            WarmSpawnTest.assumeWarmForks();
        }
        String processor = lastProcessor();
        try (PreforkProcess prefork =
                PreforkProcess.start(
                                "spawn=" + spawn,
                                "umask=027",
                                "nofile=512",
                                "affinity=" + processor,
                                setting("log"),
                                setting("pidfile"))
                        .started()) {
            long pid = Long.parseLong(prefork.ask("pid"));
            for (List<String> thread : threads(pid)) {
                assertEquals(processor, field(thread, "Cpus_allowed_list:"));
            }
            assertEquals(
                    field(status(ProcessHandle.current().pid()), "Cpus_allowed_list:"),
                    field(status(prefork.pid()), "Cpus_allowed_list:"));
            for (long process : List.of(pid, prefork.pid())) {
                assertEquals("0027", field(status(process), "Umask:"));
                List<String> limits = lines(process, "limits");
                assertEquals(
                        List.of("512", "512", "files"),
                        Arrays.asList(field(limits, "Max open files").split(" +", -1)));
            }
            for (String file : List.of("log", "pidfile")) {
                assertEquals(
                        "rw-r-----",
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve(file))));
            }
            reopen(prefork, pid);
            prefork.signal("PWR");
            await(prefork, "master %d: ".formatted(prefork.pid()), 1);
            await(prefork, "generation 1", 1);
            prefork.signal("TERM");
            assertEquals(0, prefork.exitCode());
            assertTrue(Files.readString(folder.resolve("log")).endsWith("children none\n"));
            assertFalse(Files.exists(folder.resolve("pidfile")));
        }
    }

    /** Moves the log away, and expects both processes to speak to the new one. */
    private void reopen(PreforkProcess prefork, long worker) throws Exception {
        Path log = folder.resolve("log");
        Path old = folder.resolve("old");
        Files.move(log, old);
        prefork.signal("USR1");
        await(prefork, "reopened " + prefork.pid(), 1);
        await(prefork, "reopened " + worker, 1);
        assertFalse(Files.readString(old).contains("reopened"), "it was moved away");
        assertEquals(Long.toString(worker), prefork.ask("pid"));
    }

    /** Waits until the log has something so often; asks meanwhile, for a reader to have a pace. */
    private void await(PreforkProcess prefork, String part, int times) throws IOException {
        Path log = folder.resolve("log");
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PreforkProcess.DEADLINE_S);
        String text = "";
        while (text.split(part, -1).length <= times) {
            assertTrue(System.nanoTime() < endNs, "no '%s' in %s".formatted(part, text));
            prefork.ask("pid");
            text = Files.exists(log) ? Files.readString(log) : "";
        }
    }

    @Test
    void shouldGoOnInTheBackgroundOnceItServes() throws Exception {
        try (PreforkProcess starter =
                PreforkProcess.start("daemon=yes", setting("log"), setting("pidfile")).started()) {
            assertEquals(0, starter.exitCode());
            long pid = Long.parseLong(Files.readString(folder.resolve("pidfile")).strip());
            try {
                assertNotEquals(starter.pid(), pid);
                // It leads a session: proc_pid_stat(5), the fourth field after the name.
                String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
                String session = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3];
                assertEquals(Long.toString(pid), session);
                assertEquals(
                        Path.of("/dev/null"),
                        Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "fd", "0")));
                assertNotEquals(Long.toString(pid), starter.ask("pid"));
                PreforkProcess.signal("TERM", pid);
                PreforkProcess.awaitEnd(pid);
                assertTrue(Files.readString(folder.resolve("log")).endsWith("children none\n"));
            } finally {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    @Test
    void shouldSayWhyItIsNotInTheBackground() throws Exception {
        Path broken = Files.createFile(folder.resolve("broken"));
        try (PreforkProcess starter =
                PreforkProcess.start("daemon=yes", "failures=1", "broken=" + broken)) {
            starter.next("giving up: 1 starts have failed");
            assertEquals(3, starter.exitCode());
        }
    }

    private static String lastProcessor() throws IOException {
        String all = field(status(ProcessHandle.current().pid()), "Cpus_allowed_list:");
        return all.substring(Math.max(all.lastIndexOf(','), all.lastIndexOf('-')) + 1);
    }

    private static String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return said.strip();
    }

    private static Set<String> distinct(String fields) {
        return new HashSet<>(Arrays.asList(fields.split("\\s+", -1)));
    }

    /** What /proc says of each thread. */
    private static List<List<String>> threads(long pid) throws IOException {
        List<List<String>> all = new ArrayList<>();
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads) {
                List<String> status = statusOf(thread);
                if (!status.isEmpty()) {
                    all.add(status);
                }
            }
        }
        return all;
    }

    private static List<String> statusOf(Path thread) {
        try {
            return Files.readAllLines(thread.resolve("status"));
        } catch (IOException e) {
            // It has ended meanwhile.
            return List.of();
        }
    }

    private static List<String> status(long pid) throws IOException {
        return lines(pid, "status");
    }

    private static List<String> lines(long pid, String file) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), file));
    }

    private static String field(List<String> lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                return line.substring(name.length()).strip();
            }
        }
        throw new AssertionError("no %s in %s".formatted(name, lines));
    }
}

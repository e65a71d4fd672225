// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Account;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a master does about a program or a system that lets it down, as real processes. */
final class TroubleTest {
    private static final List<String> NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

    @BeforeEach
    void assumeSignals() {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
    }

    @Test
    void shouldGiveUpWhenNoWorkerCanMakeItsProtocol() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("nothing=yes", "failures=2")) {
            assertTrue(prefork.next("Exception in thread").endsWith(": there is nothing to speak"));
            assertTrue(prefork.next("exit 0").endsWith(" exited with 1"));
            assertTrue(prefork.next("exit 0").endsWith(" exited with 1"));
            prefork.next("giving up: 2 starts have failed one after the other");
            assertEquals(3, prefork.exitCode());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EXEC", "COLD"})
    void shouldGoOnWithWhatItHasUntilThereMayBeMoreProcesses(Spawn spawn) throws Exception {
        try (PreforkProcess prefork = startAsUser("workers=1", "spawn=" + spawn)) {
            long pid = prefork.nextReady();
            long parent = parent(prefork, spawn);
            String most = most(parent);
            limit(parent, "1");
            prefork.signal("TTIN");
            assertRefused(prefork.next("worker 1 cannot be started: "));
            assertEquals(Long.toString(pid), prefork.ask("pid"));
            limit(parent, most);
            prefork.nextReady();
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EXEC", "COLD"})
    void shouldLetAConnectionWaitUntilThereMayBeAProcessForIt(Spawn spawn) throws Exception {
        String[] settings = {"workers=2", "scale=per-connection", "accept=PASS", "spawn=" + spawn};
        try (PreforkProcess prefork = startAsUser(settings)) {
            assertTrue(Long.parseLong(prefork.ask("pid")) > 0);
            prefork.next("exit");
            long parent = parent(prefork, spawn);
            String most = most(parent);
            limit(parent, "1");
            try (PreforkProcess.Client client = prefork.connect()) {
                client.send("pid");
                assertRefused(prefork.next("worker 0 cannot be started: "));
                limit(parent, most);
                assertTrue(Long.parseLong(String.valueOf(client.readLine())) > 0);
            }
        }
    }

    private static PreforkProcess startAsUser(String... settings) throws Exception {
        assumeTrue(Platform.current().linux(), "limits of another process are Linux's");
        assumeTrue(succeeds(asUser(List.of("prlimit", "--version"))), "there is no prlimit(1)");
        if (Account.isRoot()) {
            PreforkProcess.assumeOthersMayReadTheProgram();
        }
        return PreforkProcess.startUnder(asUser(List.of()), settings).started();
    }

    /** Whose limit it is. */
    private static long parent(PreforkProcess prefork, Spawn spawn) throws Exception {
        return spawn == Spawn.COLD ? ColdSpawnTest.launcher(prefork) : prefork.pid();
    }

    private static void assertRefused(String said) {
        assertTrue(said.contains("EAGAIN") && said.contains("RLIMIT_NPROC (ulimit -u"), said);
    }

    /** Sets the soft limit as the user whose process it is, who may raise it again. */
    private static void limit(long pid, String processes) throws Exception {
        List<String> command = List.of("prlimit", "--pid=" + pid, "--nproc=" + processes + ":");
        assertTrue(succeeds(asUser(command)), "prlimit " + processes);
    }

    /** The hard limit. */
    private static String most(long pid) throws IOException {
        String name = "Max processes";
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "limits"))) {
            if (line.startsWith(name)) {
                return line.substring(name.length()).strip().split(" +", -1)[1];
            }
        }
        throw new AssertionError("no " + name);
    }

    /** Root may have as many processes as there are. */
    private static List<String> asUser(List<String> command) {
        List<String> all = new ArrayList<>(Account.isRoot() ? NOBODY : List.of());
        all.addAll(command);
        return all;
    }

    private static boolean succeeds(List<String> command) throws Exception {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            // There is no such program.
            return false;
        }
    }
}

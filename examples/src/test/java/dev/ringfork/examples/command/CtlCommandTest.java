// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringfork ctl} and {@code ringfork top}. */
class CtlCommandTest {
    @TempDir private Path folder;

    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(arguments, Map.of(), new PrintStream(out), new PrintStream(err));
        return new Outcome(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldAskAMasterUntilItHasDrained() throws Exception {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
        String socket = folder.resolve("c").toString();
        try (CommandProcess server =
                CommandProcess.start(
                        "serve", "--port", "0", "--workers", "1", "--control", socket)) {
            server.port();
            // Done when the second worker serves, and so the first as well or soon.
            assertEquals(0, run("ctl", "--control", socket, "inc").exitCode());
            Outcome status = run("ctl", "--control", socket, "status");
            assertEquals(0, status.exitCode());
            assertTrue(status.out().contains(" of 2"), status.out());
            assertEquals("", status.err());
            assertTrue(run("top", "--once", "--control", socket).out().contains("SLOT"));
            Outcome config = run("ctl", "--control", socket, "config");
            assertTrue(config.out().contains("--workers=1"), config.out());

            Outcome drain = run("ctl", "--control", socket, "drain");
            assertEquals(0, drain.exitCode(), drain.err());
            assertTrue(drain.out().contains("drain: drained"), drain.out());
            assertEquals(0, server.awaitExit());
        }
    }

    @Test
    void shouldSayThatNobodyListens() {
        Outcome outcome = run("ctl", "--control", folder.resolve("none").toString(), "status");

        assertEquals(1, outcome.exitCode());
        assertTrue(outcome.err().contains("is the server running"), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        String socket = folder.resolve("none").toString();

        assertEquals(2, run("ctl", "status").exitCode());
        assertEquals(2, run("ctl", "--control", socket).exitCode());
        assertEquals(2, run("ctl", "--control", socket, "frob").exitCode());
        assertEquals(2, run("ctl", "--control", socket, "status", "xml").exitCode());
        assertEquals(2, run("top", "--control", socket, "--every", "0s").exitCode());
        assertEquals(2, run("serve", "--control", socket).exitCode());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers that come and go, as real processes. */
final class ScaleTest {
    @BeforeEach
    void assumeSignals() {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
    }

    @Test
    void shouldStartAWorkerForAConnectionThatWaitsAndEndItWhenItIsIdle() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=2", "scale=ondemand", "idle=300").started()) {
            String first = prefork.ask("pid");
            assertEquals("0 %s exited with 0".formatted(first), prefork.next("exit"));
            String second = prefork.ask("pid");
            assertNotEquals(first, second);
            prefork.signal("TERM");
            assertEquals("none", prefork.next("children"));
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldServeOnWhenAWorkerStartedOnDemandIsKilled() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "scale=ondemand").started()) {
            long pid = Long.parseLong(prefork.ask("pid"));
            PreforkProcess.signal("KILL", pid);
            prefork.next("exit");
            assertNotEquals(pid, Long.parseLong(prefork.ask("pid")));
        }
    }

    @Test
    void shouldKeepASpareWorkerBesideThoseThatAreBusy() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=3", "scale=dynamic", "least=1", "most=1").started()) {
            List<Long> pids = prefork.ready(1);
            try (PreforkProcess.Client client = prefork.connect()) {
                assertEquals("begun", client.ask("begin"));
                pids.addAll(prefork.ready(1));
            }
            // Both are idle now, and one is enough.
            String exit = prefork.next("exit");
            assertTrue(pids.contains(Long.parseLong(exit.split(" ", -1)[1])), exit);
        }
    }
}

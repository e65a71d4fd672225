// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What master and workers have open, as /proc shows it from outside. */
final class KeptDescriptorsTest {
    private static final int RELOADS = 3;

    @BeforeEach
    void assumeProc() {
        assumeTrue(Platform.current().linux(), "there is no /proc");
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
    }

    @Test
    void shouldHoldAfterReloadsWhatTheyHeldBefore() throws Exception {
        try (PreforkProcess prefork = PreforkProcess.start("workers=2").started()) {
            Map<String, Integer> worker = held(prefork.ready(2).getLast());
            Map<String, Integer> master = held(prefork.pid());
            for (int i = 0; i < RELOADS; i++) {
                prefork.signal("HUP");
                List<Long> pids = prefork.ready(2);
                prefork.next("reloaded");
                for (long pid : pids) {
                    assertEquals(worker, held(pid), "a worker after reload " + i);
                }
                assertEquals(master, held(prefork.pid()), "the master after reload " + i);
            }
            assertEquals(2, worker.get("socket"), "the listener and the channel");
            assertEquals(3, worker.get("pipe"), "the life-line, and both ends for signals");
        }
    }

    /** How many descriptors a process has of each kind; files come and go with classes. */
    private static Map<String, Integer> held(long pid) throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        Path folder = Path.of("/proc", Long.toString(pid), "fd");
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(folder)) {
            for (Path fd : fds) {
                String what = target(fd);
                boolean standard = Integer.parseInt(fd.getFileName().toString()) < 3;
                if (!standard && !what.startsWith("/")) {
                    kinds.merge(what.replaceAll(":\\[\\d+\\]", ""), 1, Integer::sum);
                }
            }
        }
        return kinds;
    }

    private static String target(Path fd) throws IOException {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (NoSuchFileException e) {
            // It was closed since it was listed: a file of a class.
            return "/";
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.control.ControlCall;
import dev.ringfork.prefork.control.Request;
import dev.ringfork.prefork.control.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real master with real workers, asked over its control socket. */
final class ControlTest {
    @TempDir private Path folder;
    private Path socket;
    private final List<String> shown = new ArrayList<>();

    @BeforeEach
    void assumeSignals() {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
        socket = folder.resolve("control");
    }

    private Verdict ask(String line) throws IOException {
        shown.clear();
        return ControlCall.ask(socket, Request.parse(line), shown::add, _ -> {});
    }

    private CompletableFuture<Verdict> asking(String line) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return ControlCall.ask(socket, Request.parse(line), _ -> {}, _ -> {});
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }

    private static Verdict await(CompletableFuture<Verdict> verdict) throws Exception {
        return verdict.get(PreforkProcess.DEADLINE_S, TimeUnit.SECONDS);
    }

    private int workers() throws IOException {
        assertTrue(ask("workers").good());
        return shown.size() - 1;
    }

    @Test
    void shouldDoWhatItIsAskedForBeforeItAnswers() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "control=" + socket).started()) {
            long first = prefork.nextReady();
            assertTrue(ask("status").good());
            assertTrue(shown.getFirst().contains("workers 1 of 1"), shown.toString());
            assertTrue(shown.getLast().contains(Long.toString(first)), shown.toString());

            assertEquals("workers: 2", ask("inc").text());
            assertEquals(2, workers());
            assertEquals("workers: 1", ask("dec").text());
            assertEquals(1, workers());
            assertEquals("workers: 3", ask("set 3").text());
            assertEquals(3, workers());
            assertEquals("workers: 1", ask("set 1").text());
            assertEquals(1, workers());

            assertEquals("all workers are of generation 2", ask("reload").text());
            assertFalse(ProcessHandle.of(first).isPresent(), "the old one is not reaped");
            assertNotEquals(Long.toString(first), prefork.ask("pid"));

            assertEquals("drained", ask("drain").text());
            assertEquals(0, prefork.exitCode());
            assertFalse(Files.exists(socket));
        }
    }

    @Test
    void shouldWaitUntilTheOldWorkersHaveFinished() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "control=" + socket).started()) {
            prefork.nextReady();
            CompletableFuture<Verdict> reload;
            try (PreforkProcess.Client client = prefork.connect()) {
                assertEquals("begun", client.ask("begin"));
                reload = asking("reload");
                prefork.nextReady();
                assertEquals(2, workers(), "the old one finishes");
                assertFalse(reload.isDone());
                assertEquals("ended", client.ask("end"));
            }
            assertTrue(await(reload).good());
            assertEquals(1, workers());
            assertTrue(ask("stop").good());
            assertEquals(0, prefork.exitCode());
        }
    }

    @Test
    void shouldTellThatAReloadHasFailed() throws Exception {
        Path broken = folder.resolve("broken");
        Path refuse = folder.resolve("refuse");
        try (PreforkProcess prefork =
                PreforkProcess.start(
                                "workers=1",
                                "control=" + socket,
                                "broken=" + broken,
                                "refuse=" + refuse)
                        .started()) {
            long first = prefork.nextReady();
            Files.createFile(refuse);
            Verdict refused = ask("reload");
            assertFalse(refused.good());
            assertTrue(refused.text().contains("the configuration is bad"), refused.text());

            Files.delete(refuse);
            Files.createFile(broken);
            Verdict failed = ask("reload");
            assertFalse(failed.good());
            assertTrue(failed.text().contains("cannot be started"), failed.text());
            assertEquals(Long.toString(first), prefork.ask("pid"), "it stays");
        }
    }

    @Test
    void shouldHaveWorkersWriteWhatTheirThreadsDo() throws Exception {
        try (PreforkProcess prefork =
                PreforkProcess.start("workers=1", "control=" + socket).started()) {
            String pid = Long.toString(prefork.nextReady());
            assertTrue(ask("dump").good());
            prefork.next("Full thread dump");
            assertEquals(pid, prefork.ask("pid"));
        }
    }
}

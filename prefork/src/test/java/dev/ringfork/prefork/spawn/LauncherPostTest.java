// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.demux.Demultiplexers;
import dev.ringfork.reactor.demux.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Launchers that die between the fork of a worker and what it says: shell scripts. */
@Timeout(120)
final class LauncherPostTest {
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(60);

    /** An answer is a packet of 256 bytes, that is one write: number and result come first. */
    private static final String ANSWER =
            """
            answer() {
                bytes=$(printf '\\\\%03o\\\\000\\\\000\\\\000\\\\%03o' "$1" "$2")
                printf "$bytes" | dd bs=256 count=1 conv=sync >&3 2>/dev/null
            }
            answer 0 0
            dd bs=32768 count=1 <&3 >/dev/null 2>&1
            """;

    private final Syscalls syscalls = Syscalls.get();
    private final Reactor reactor =
            new Reactor(
                    syscalls, Demultiplexers.best(syscalls, Trigger.LEVEL), DEADLINE_NS, _ -> {});
    private final Pidfds ends = new Pidfds(syscalls, reactor);
    private final List<String> heard = new ArrayList<>();
    private @TempDir Path folder;
    private Path gate;
    private @Nullable LauncherPost post;
    private int pid;

    @BeforeEach
    void makeGate() throws Exception {
        assumeTrue(Platform.current().linux(), "there are no pidfds");
        gate = folder.resolve("gate");
        assertEquals(0, new ProcessBuilder("mkfifo", gate.toString()).start().waitFor());
    }

    @AfterEach
    void close() {
        if (post != null) {
            post.close();
        }
        ends.close();
        reactor.close();
    }

    /** Orders a worker from a launcher that does as a script says. */
    private LauncherPost order(String script) throws IOException {
        Path program = folder.resolve("launcher");
        Files.writeString(program, "#!/bin/sh\n" + ANSWER + script);
        assertTrue(program.toFile().setExecutable(true));
        Map<String, String> environment = Map.of("GATE", gate.toString(), "PATH", "/usr/bin:/bin");
        Launcher launcher =
                Launcher.start(
                        syscalls,
                        new Launcher.Program(program.toString(), List.of("launcher"), environment));
        pid = launcher.pid();
        LauncherPost listening = new LauncherPost(launcher, new Listener());
        post = listening;
        listening.attach(reactor, ends);
        Manifest manifest = new Manifest(new LinkedHashMap<>(), 0, 0, 0, -1, -1, 0);
        int own = syscalls.processes().getpid();
        listening.spawn(new Assignment(0, 1, own, manifest), new Listener());
        return listening;
    }

    private final class Listener implements LauncherPost.Reply, LauncherPost.Holder {
        @Override
        public void answered(Launcher.Answer answer) {
            heard.add("answered " + answer.result());
        }

        @Override
        public void unanswered(String why) {
            heard.add("unanswered, it " + why);
        }

        @Override
        public void useless(LauncherPost of) {
            if (!heard.contains("useless")) {
                heard.add("useless");
            }
        }

        @Override
        public void ended(LauncherPost of, String why, WaitStatus how) {
            heard.add("ended by " + how.termSignal());
        }
    }

    private void await(BooleanSupplier condition) {
        long endNs = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs, heard::toString);
            reactor.runOnce(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Lets the worker go on that waits at the gate. */
    private void open(String line) throws IOException {
        Files.writeString(gate, line + "\n");
    }

    /** Has the launcher dead, and a worker that has said nothing yet. */
    private void orderOfOneThatDies() throws IOException {
        order(
                """
                ( read -r line <"$GATE"; test "$line" = speak && answer 1 77 ) &
                kill -KILL $$
                """);
        await(() -> heard.contains("useless"));
        assertEquals(List.of("useless"), heard, "nobody knows yet whether there is a worker");
        assertEquals(0, syscalls.processes().kill(pid, 0), "its group stays its own");
    }

    @Test
    void shouldHearOfAWorkerWhoseLauncherHasDied() throws Exception {
        orderOfOneThatDies();
        open("speak");
        await(() -> heard.contains("ended by 9"));
        assertEquals(List.of("useless", "answered 77", "ended by 9"), heard);
        assertEquals(-Errno.ESRCH, syscalls.processes().kill(pid, 0), "it was reaped");
    }

    @Test
    void shouldKnowThatThereIsNoWorkerWhenItHasGoneToo() throws Exception {
        orderOfOneThatDies();
        open("be silent");
        await(() -> heard.contains("ended by 9"));
        assertEquals(List.of("useless", "unanswered, it has died", "ended by 9"), heard);
    }

    @Test
    void shouldEndAWorkerThatHasSaidNothingWhenTheLauncherIsOfNoUse() throws Exception {
        LauncherPost listening =
                order(
                        """
                        ( read -r line <"$GATE" ) &
                        read -r line <"$GATE"
                        """);
        listening.dismiss("is of no use");
        await(() -> heard.contains("ended by 9"));
        assertEquals(List.of("useless", "unanswered, it is of no use", "ended by 9"), heard);
    }

    @Test
    void shouldNotWaitForAnAnswer() throws Exception {
        // It stays, and not by a second read: that would find the end of the first.
        order("read -r line <\"$GATE\"; answer 1 77; exec sleep 60");
        assertEquals(List.of(), heard);
        open("go on");
        await(() -> !heard.isEmpty());
        assertEquals(List.of("answered 77"), heard);
        syscalls.processes().kill(pid, ProcessConstants.SIGKILL);
        await(() -> heard.contains("ended by 9"));
    }
}

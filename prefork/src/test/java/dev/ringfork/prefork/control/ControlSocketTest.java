// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.prefork.control.Request.Format;
import dev.ringfork.prefork.control.Request.Verb;
import dev.ringfork.prefork.master.Command;
import dev.ringfork.prefork.master.Input;
import dev.ringfork.prefork.master.MasterState;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ControlSocketTest {
    private static final MasterState ONE = States.of(1, 1, States.serving(0, 1));
    private static final MasterState TWO =
            States.of(2, 1, States.serving(0, 1), States.serving(1, 1));

    @TempDir private Path folder;
    private Path path;
    private PaperMaster master;

    @BeforeEach
    void open() throws Exception {
        path = folder.resolve("c");
        master = new PaperMaster(path, ONE, ControlConnection.SILENCE_NS);
    }

    @AfterEach
    void close() throws IOException {
        master.close();
        assertFalse(Files.exists(path), "the path stays behind");
    }

    /** A request under way. */
    private final class Asking {
        private final ConcurrentLinkedQueue<String> shown = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> progress = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<Verdict> verdict;

        Asking(String line) {
            verdict =
                    CompletableFuture.supplyAsync(
                            () -> ask(line), task -> Thread.ofVirtual().start(task));
        }

        private Verdict ask(String line) {
            try {
                return ControlCall.ask(path, Request.parse(line), shown::add, progress::add);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }

        Verdict verdict() throws Exception {
            return verdict.get(PaperMaster.DEADLINE_S, TimeUnit.SECONDS);
        }
    }

    /** Sends bytes as they are. */
    private SocketChannel send(String text) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
        return channel;
    }

    private static List<String> read(SocketChannel channel) throws IOException {
        try (BufferedReader reader = new BufferedReader(Channels.newReader(channel, UTF_8))) {
            return reader.lines().toList();
        }
    }

    private void assertAnswers() throws Exception {
        assertTrue(new Asking("stats").verdict().good());
    }

    @Test
    void shouldKeepOthersAway() throws Exception {
        assertEquals(
                PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(path));
    }

    @Test
    void shouldAnswerWhenItIsDoneAndNotBefore() throws Exception {
        Asking inc = new Asking("inc");
        assertEquals(Command.MORE, master.nextAsked());
        master.say("workers wanted: 2");
        master.become(States.of(2, 1, States.serving(0, 1), States.booting(1, 1)));
        assertAnswers();
        assertFalse(inc.verdict.isDone());

        master.become(TWO);
        assertEquals(Verdict.done("workers: 2"), inc.verdict());
        assertEquals(List.of("workers wanted: 2"), List.copyOf(inc.progress));
        assertTrue(inc.shown.isEmpty());
    }

    @Test
    void shouldAskTheMasterAsASignalWould() throws Exception {
        master.become(TWO);
        for (Verb verb : Verb.values()) {
            if (verb.command() != null) {
                Request request = new Request(verb, Format.TEXT, verb == Verb.SET ? 3 : 0);
                try (SocketChannel _ = send(request + "\n")) {
                    assertEquals(new Input.Asked(verb.command(), request.workers()), master.next());
                }
            }
        }
    }

    @Test
    void shouldSayWhyNothingIsDone() throws Exception {
        master.refuse("not reloaded,\n all stays as it was");

        Verdict verdict = new Asking("reload").verdict();
        assertEquals(Verdict.refused("not reloaded, all stays as it was"), verdict);
    }

    @Test
    void shouldNotAskTheMasterForWhatMakesNoSense() throws Exception {
        assertFalse(new Asking("dec").verdict().good());
        Asking reopen = new Asking("reopen");
        assertEquals(Command.REOPEN, master.nextAsked());
        master.become(ONE);
        assertTrue(reopen.verdict().good());
    }

    @Test
    void shouldRefuseALineThatMakesNoSense() throws Exception {
        for (String line : List.of("frob", "", "status json xml", "set 0", "\u00e4\u0000")) {
            List<String> answer = read(send(line + "\n"));
            assertEquals(1, answer.size());
            assertTrue(answer.getFirst().startsWith("error: "), answer.getFirst());
        }
        assertAnswers();
    }

    @Test
    void shouldRefuseALineThatIsTooLong() throws Exception {
        List<String> answer = read(send("x".repeat(ControlConnection.LINE_BYTES + 1)));
        assertEquals(List.of("error: a line has at most 256 bytes"), answer);
    }

    @Test
    void shouldTakeALineInParts() throws Exception {
        SocketChannel channel = send("con");
        assertAnswers();
        channel.write(ByteBuffer.wrap("fig\n".getBytes(UTF_8)));
        assertEquals(List.of("--workers=2", "ok: shown"), read(channel));
    }

    @Test
    void shouldGoOnWhenSomebodyGoesAwayHalfWay() throws Exception {
        send("sta").close();
        for (int i = 0; i <= ControlSocket.CONNECTIONS_MOST; i++) {
            SocketChannel asking = send("inc\n");
            assertEquals(Command.MORE, master.nextAsked());
            asking.close();
        }
        master.say("workers wanted: 2");
        assertAnswers();
        master.become(TWO);
        assertAnswers();
    }

    @Test
    void shouldRefuseWhoComesWhenTooManyAsk() throws Exception {
        List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < ControlSocket.CONNECTIONS_MOST; i++) {
            silent.add(send(""));
        }
        assertEquals(List.of("error: too many ask at a time, try again"), read(send("")));
        for (SocketChannel each : silent) {
            each.write(ByteBuffer.wrap("config\n".getBytes(UTF_8)));
            assertEquals(List.of("--workers=2", "ok: shown"), read(each));
        }
        assertAnswers();
    }

    @Test
    void shouldAnswerManyAtATime() throws Exception {
        List<Asking> all = new ArrayList<>();
        for (int i = 0; i < ControlSocket.CONNECTIONS_MOST; i++) {
            all.add(new Asking("status json"));
        }
        for (Asking each : all) {
            assertTrue(each.verdict().good());
            assertEquals(1, each.shown.size());
        }
    }

    @Test
    void shouldShowWhatWasAskedFor() throws Exception {
        for (Verb verb : List.of(Verb.STATUS, Verb.WORKERS, Verb.STATS, Verb.CONFIG)) {
            for (Format format : List.of(Format.TEXT, Format.JSON)) {
                Asking asking = new Asking(new Request(verb, format).toString());
                assertTrue(asking.verdict().good());
                boolean json = asking.shown.element().matches("[\\[{].*[]}]");
                assertEquals(format == Format.JSON, json, asking.shown.toString());
            }
        }
        Asking metrics = new Asking("stats openmetrics");
        assertTrue(metrics.verdict().good());
        assertEquals("# EOF", List.copyOf(metrics.shown).getLast());
    }

    @Test
    void shouldLetGoWhoSaysNothing() throws Exception {
        Path other = folder.resolve("d");
        try (PaperMaster impatient = new PaperMaster(other, ONE, 50_000_000L);
                SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(other))) {
            assertEquals(List.of(), read(silent));
            assertEquals(ONE, impatient.state());
        }
    }

    @Test
    void shouldSayThatTheMasterHasGoneAway() throws Exception {
        Path other = folder.resolve("d");
        Asking asking;
        try (PaperMaster leaving = new PaperMaster(other, ONE, ControlConnection.SILENCE_NS)) {
            Path first = path;
            path = other;
            asking = new Asking("inc");
            assertEquals(Command.MORE, leaving.nextAsked());
            path = first;
        }
        Exception e = assertThrows(Exception.class, asking::verdict);
        assertTrue(String.valueOf(e.getMessage()).contains("has gone away"), e.getMessage());
    }

    @Test
    void shouldSayThatNobodyListens() {
        Path nowhere = folder.resolve("nowhere");
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> ControlCall.ask(nowhere, Request.parse("status"), _ -> {}, _ -> {}));
        assertTrue(String.valueOf(e.getMessage()).contains("is the server running"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccessLogTest {
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:37.250Z");
    private static final String GET = "GET /a HTTP/1.1\r\nHost: a\r\n";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @TempDir private Path folder;

    private static RecordingConnection connect(Handler handler, AccessLog log) {
        return new RecordingConnection(new HttpProtocol(handler.behind(log, new ErrorPages())));
    }

    private String logged(Handler handler, String request) {
        try (AccessLog log = new AccessLog(null, out, () -> NOW, 16)) {
            connect(handler, log).send(request);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldWriteALineForARequest() {
        String line =
                logged(
                        request -> Response.text("hello"),
                        GET + "User-Agent: curl/8\r\nReferer: http://b/\r\n\r\n");
        assertTrue(
                line.matches(
                        "192\\.0\\.2\\.7 - - \\[06/Nov/1994:08:49:37 \\+0000] \"GET /a HTTP/1\\.1\""
                                + " 200 5 \"http://b/\" \"curl/8\" \\d+\\.\\d{6}\n"),
                line);
    }

    @Test
    void shouldNotTakeAClientThatHasGoneForOneOfAUnixSocket() {
        try (AccessLog log = new AccessLog(null, out, () -> NOW, 16)) {
            connect(request -> Response.text("hello"), log).gone().send(GET + "\r\n");
        }
        String line = out.toString(StandardCharsets.ISO_8859_1);
        assertTrue(line.startsWith("- - - [06/Nov/1994"), line);
    }

    @Test
    void shouldWriteALineForWhatFails() {
        String line =
                logged(
                        request -> {
                            throw new IllegalStateException("on purpose");
                        },
                        GET + "\r\n");
        assertTrue(line.contains("\" 500 26 \"-\" \"-\" "), line);
    }

    @Test
    void shouldWriteALineWhenALaterAnswerIsKnown() {
        String line =
                logged(
                        request ->
                                Response.afterBody(
                                        body -> Response.stream("a/b", -1, sink -> false)),
                        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
        assertTrue(line.contains("\"POST /a HTTP/1.1\" 200 - \"-\""), line);
    }

    @Test
    void shouldNotLetAClientWriteLinesOrQuotes() {
        String line =
                logged(
                        request -> Response.text(""),
                        GET + "User-Agent: a\"b\\c\u00e9\td" + "x".repeat(2000) + "\r\n\r\n");
        assertTrue(line.contains(" \"a\\x22b\\x5cc\\xe9\\x09d" + "x".repeat(1016) + "\" "), line);
        assertEquals(line.length() - 1, line.indexOf('\n'));
    }

    @Test
    void shouldDropCountAndSayWhatDoesNotFit() throws InterruptedException {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        OutputStream stuck =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public void write(byte[] bytes) throws IOException {
                        writing.countDown();
                        await(released);
                        out.write(bytes);
                    }
                };
        try (AccessLog log = new AccessLog(null, stuck, () -> NOW, 4)) {
            RecordingConnection client = connect(request -> Response.text(""), log);
            client.send(GET + "\r\n");
            assertTrue(writing.await(20, TimeUnit.SECONDS));
            client.send((GET + "\r\n").repeat(10));
            assertEquals(6, log.dropped());
            released.countDown();
        }
        List<String> lines = out.toString(StandardCharsets.ISO_8859_1).lines().toList();
        assertEquals(6, lines.size());
        assertEquals("# 6 lines were dropped: the log was too slow", lines.get(5));
    }

    private static void await(CountDownLatch latch) throws IOException {
        boolean open = false;
        boolean interrupted = false;
        while (!open) {
            try {
                open = latch.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldOpenTheFileAgainAfterItWasMoved() throws IOException {
        Path file = folder.resolve("access.log");
        Path moved = folder.resolve("access.log.1");
        Files.writeString(file, "before\n");
        try (AccessLog log = AccessLog.to(file)) {
            RecordingConnection client = connect(request -> Response.text(""), log);
            client.send(GET + "\r\n");
            awaitLines(file, 2);
            Files.move(file, moved);
            log.reopen();
            client.send((GET + "\r\n").replace("/a", "/b"));
        }
        assertEquals(2, Files.readAllLines(moved).size());
        List<String> lines = Files.readAllLines(file);
        assertEquals(1, lines.size());
        assertTrue(lines.get(0).contains("\"GET /b HTTP/1.1\""));
    }

    private static void awaitLines(Path file, int count) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (Files.readAllLines(file).size() < count) {
            assertTrue(System.nanoTime() < deadline, "the line was not written");
            Thread.onSpinWait();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpSessionTest {
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:37.250Z");
    private static final String DATE = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final List<String> paths = new ArrayList<>();

    private HttpProtocol protocol(Handler handler) {
        return new HttpProtocol(handler, HttpLimits.DEFAULT, () -> NOW);
    }

    private RecordingConnection connect(Handler handler) {
        return new RecordingConnection(protocol(handler));
    }

    /** Says which path was asked for. */
    private Response path(Request request) {
        paths.add(request.path());
        return Response.text(request.path());
    }

    private static String ok(String connection, String body) {
        return "HTTP/1.1 200 OK\r\n"
                + DATE
                + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: "
                + body.length()
                + "\r\n"
                + connection
                + "\r\n"
                + body;
    }

    @Test
    void shouldAnswerAndStay() {
        RecordingConnection client = connect(this::path).send(GET);
        assertEquals(ok("", "/"), client.text());
        client.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
        assertEquals(ok("", "/b"), client.text());
        assertFalse(client.closed());
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() {
        StringBuilder requests = new StringBuilder();
        StringBuilder responses = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            requests.append(Heads.of("GET /" + i + " HTTP/1.1", "Host: a"));
            responses.append(ok("", "/" + i));
        }
        assertEquals(responses.toString(), connect(this::path).send(requests.toString()).text());
    }

    @Test
    void shouldAnswerTheSameHoweverTheRequestIsCut() {
        String request =
                Heads.of("GET /x HTTP/1.1", "Host: a")
                        + Heads.of("POST /y HTTP/1.1", "Host: a", "Content-Length: 3")
                        + "abc\r\n\r\n"
                        + Heads.of("PUT /z HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")
                        + "3\r\nabc\r\n0\r\n\r\n"
                        + Heads.of("GET /end HTTP/1.1", "Host: a", "Connection: close");
        String expected =
                ok("", "/x") + ok("", "/y") + ok("", "/z") + ok("Connection: close\r\n", "/end");
        for (int cut = 0; cut <= request.length(); cut++) {
            RecordingConnection client = connect(this::path);
            client.send(request.substring(0, cut)).send(request.substring(cut));
            assertEquals(expected, client.text(), "cut at " + cut);
            assertTrue(client.closed());
        }
        assertEquals(expected, connect(this::path).sendByteByByte(request).text());
    }

    @Test
    void shouldCloseWhenAsked() {
        RecordingConnection client =
                connect(this::path)
                        .send(Heads.of("GET /a HTTP/1.1", "Host: a", "Connection: close") + GET);
        assertEquals(ok("Connection: close\r\n", "/a"), client.text());
        assertTrue(client.finished());
        assertEquals(List.of("/a"), paths);
    }

    @Test
    void shouldCloseAfterHttp10() {
        RecordingConnection client = connect(this::path).send("GET / HTTP/1.0\r\n\r\n");
        assertEquals(ok("Connection: close\r\n", "/"), client.text());
        assertTrue(client.finished());
    }

    @Test
    void shouldStayAfterHttp10WhenAsked() {
        String request = Heads.of("GET / HTTP/1.0", "Connection: Keep-Alive");
        RecordingConnection client = connect(this::path).send(request + request);
        String response = ok("Connection: keep-alive\r\n", "/");
        assertEquals(response + response, client.text());
        assertFalse(client.closed());
    }

    @Test
    void shouldAnswerHeadWithoutABody() {
        RecordingConnection client =
                connect(this::path).send(Heads.of("HEAD /abc HTTP/1.1", "Host: a") + GET);
        String whole = ok("", "/abc");
        assertEquals(whole.substring(0, whole.length() - 4) + ok("", "/"), client.text());
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void shouldSendNoBodyWhereNoneBelongs(int status) {
        Handler handler = request -> Response.text("lost").withStatus(status);
        String text = connect(handler).send(GET).text();
        assertTrue(text.endsWith("charset=utf-8\r\n\r\n"), text);
        assertFalse(text.contains("Content-Length"), text);
    }

    @Test
    void shouldIgnoreAFewEmptyLines() {
        RecordingConnection client = connect(this::path).send("\r\n\r\n" + GET + "\r\n" + GET);
        assertEquals(ok("", "/") + ok("", "/"), client.text());
        client.send("\r").send("\n").send(GET);
        assertEquals(ok("", "/"), client.text());
    }

    @Test
    void shouldRefuseManyEmptyLines() {
        assertRefused(400, connect(this::path).send("\r\n".repeat(5) + GET));
    }

    private static void assertRefused(int status, RecordingConnection client) {
        String text = client.text();
        assertTrue(text.startsWith("HTTP/1.1 " + HttpStatus.line(status) + "\r\n"), text);
        assertTrue(text.contains("\r\nConnection: close\r\n"), text);
        assertTrue(client.closed());
        assertFalse(client.finished(), "what the client still sends must not destroy the answer");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "dev.ringfork.examples.http.HeadParserTest#refusedLines",
        "dev.ringfork.examples.http.HeadParserTest#refusedFields",
        "dev.ringfork.examples.http.HeadParserTest#smuggling"
    })
    void shouldRefuseAndClose(String what, int status, String head) {
        assertRefused(status, connect(this::path).send(head + "5\r\nhello\r\n0\r\n\r\n" + GET));
        assertEquals(List.of(), paths, what);
    }

    /** Whoever sends slowly is refused at the latest when the head ends. */
    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "dev.ringfork.examples.http.HeadParserTest#refusedLines",
        "dev.ringfork.examples.http.HeadParserTest#refusedFields",
        "dev.ringfork.examples.http.HeadParserTest#smuggling"
    })
    void shouldRefuseByteByByte(String what, int status, String head) {
        assertRefused(status, connect(this::path).sendByteByByte(head + "\r\n\r\n"));
        assertEquals(List.of(), paths, what);
    }

    @Test
    void shouldAnswerWhatCameBeforeARefusedRequest() {
        RecordingConnection client = connect(this::path).send(GET + "X\r\n" + GET);
        String text = client.text();
        assertTrue(text.startsWith(ok("", "/") + "HTTP/1.1 400 Bad Request\r\n"), text);
        assertEquals(List.of("/"), paths);
    }

    @Test
    void shouldLimitHeadsThatComeSlowly() {
        String line = "GET /" + "a".repeat(HttpLimits.DEFAULT.lineBytes());
        assertRefused(414, connect(this::path).sendByteByByte(line));
        String field = "GET / HTTP/1.1\r\nX: " + "a".repeat(HttpLimits.DEFAULT.headerBytes());
        assertRefused(431, connect(this::path).sendByteByByte(field));
        String fields = "GET / HTTP/1.1\r\n" + "a:\r\n".repeat(101) + "\r\n";
        assertRefused(431, connect(this::path).sendByteByByte(fields));
    }

    @Test
    void shouldRefuseAHeadThatFitsInNoBuffer() {
        RecordingConnection client = new RecordingConnection(protocol(this::path), 512);
        assertRefused(431, client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(600)));
        client = new RecordingConnection(protocol(this::path), 512);
        assertRefused(414, client.send("GET /" + "x".repeat(600)));
    }

    /** Were each byte a parse, these 500,000 would take a quarter of a minute, not of a second. */
    @Test
    void shouldNotParseAgainForEachByte() {
        int most = 1024 * 1024;
        Duration time = Duration.ofHours(1);
        HttpLimits wide = new HttpLimits(most, most, 100, 0, time, time, time, time);
        RecordingConnection client =
                new RecordingConnection(new HttpProtocol(this::path, wide, () -> NOW), 2 * most);
        String head = Heads.of("GET / HTTP/1.1", "Host: a", "X: " + "x".repeat(most / 2));
        long startNs = System.nanoTime();
        client.sendByteByByte(head);
        assertEquals(List.of("/"), paths);
        assertTrue(System.nanoTime() - startNs < Duration.ofSeconds(8).toNanos());
    }

    @Test
    void shouldAnswer500WhenAHandlerFails() {
        RecordingConnection client =
                connect(request -> {
                    throw new IllegalStateException("secret");
                });
        String text = client.send(GET).text();
        assertTrue(text.startsWith("HTTP/1.1 500 Internal Server Error\r\n"), text);
        assertFalse(text.contains("secret") || text.contains("IllegalState"), text);
        assertFalse(client.closed());
    }

    @Test
    void shouldStopAskingWhileTheClientDoesNotTake() {
        Response large = Response.bytes("text/plain", new byte[8000]);
        int[] asked = {0};
        RecordingConnection client =
                connect(request -> {
                    asked[0]++;
                    return large;
                });
        client.slow().send(GET.repeat(100));
        assertTrue(asked[0] < 10, asked[0] + " answers were queued");
        assertTrue(client.paused());
        int soFar = asked[0];
        client.take(60_000);
        client.turn();
        assertTrue(asked[0] > soFar && asked[0] < 20, asked[0] + " answers");
        client.fast();
        for (int i = 0; i < 100 && asked[0] < 100; i++) {
            client.turn();
        }
        assertEquals(100, asked[0]);
        assertFalse(client.paused());
    }

    @Test
    void shouldAnswerAllBeforeAHalfClosedConnectionEnds() {
        Response large = Response.bytes("text/plain", new byte[8000]);
        int[] asked = {0};
        RecordingConnection client =
                connect(request -> {
                    asked[0]++;
                    return large;
                });
        client.slow().send(GET.repeat(50)).endOfInput();
        assertFalse(client.closed());
        client.fast();
        for (int i = 0; i < 50 && !client.closed(); i++) {
            client.turn();
        }
        assertEquals(50, asked[0]);
        assertTrue(client.closed());
    }

    @Test
    void shouldCloseWhenTheClientHasNothingMoreToSend() {
        assertTrue(connect(this::path).endOfInput().closed());
        assertTrue(connect(this::path).send("GET /").endOfInput().closed());
        RecordingConnection client = connect(this::path).send(GET).endOfInput();
        assertEquals(ok("", "/"), client.text());
        assertTrue(client.closed());
    }

    @Test
    void shouldSayTheDateOfTheSecond() {
        Instant[] now = {NOW};
        RecordingConnection client =
                new RecordingConnection(
                        new HttpProtocol(this::path, HttpLimits.DEFAULT, () -> now[0]));
        assertTrue(client.send(GET).text().contains("08:49:37 GMT"));
        now[0] = NOW.plusMillis(750);
        client.pass(Duration.ofMillis(749));
        assertTrue(client.send(GET).text().contains("08:49:37 GMT"));
        client.pass(Duration.ofMillis(1));
        assertTrue(client.send(GET).text().contains("08:49:38 GMT"));
    }

    @Test
    void shouldSendAResponseThatFitsInNoBuffer() {
        byte[] body = "x".repeat(5000).getBytes(StandardCharsets.US_ASCII);
        RecordingConnection client =
                new RecordingConnection(
                        protocol(request -> Response.bytes("text/plain", body)), 512);
        assertTrue(client.send(GET).text().endsWith("\r\n\r\n" + "x".repeat(5000)));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HttpBodyTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    /** Says how long the body was, and what it was unless that is long. */
    private static final Handler COLLECT =
            request ->
                    Response.afterBody(body ->
                            Response.text(
                                    body.length
                                            + ":"
                                            + new String(
                                                    body,
                                                    0,
                                                    Math.min(body.length, 10),
                                                    StandardCharsets.ISO_8859_1)));

    private static final Handler IGNORE = request -> Response.text("ignored");

    private static final Handler ECHO = ExampleApplication.handler("", null);

    private static RecordingConnection connect(Handler handler) {
        return new RecordingConnection(new HttpProtocol(handler));
    }

    private static String post(String length, String body) {
        return Heads.of("POST /echo HTTP/1.1", "Host: a", length) + body;
    }

    private static String sized(String body) {
        return post("Content-Length: " + body.length(), body);
    }

    private static String chunked(String chunks) {
        return post("Transfer-Encoding: chunked", chunks);
    }

    private static String body(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    private static void assertStatus(int status, String text) {
        assertTrue(text.startsWith("HTTP/1.1 " + HttpStatus.line(status) + "\r\n"), text);
    }

    // Bodies that are wanted whole.

    @Test
    void shouldCollectABody() {
        assertEquals("5:hello", body(connect(COLLECT).send(sized("hello")).text()));
        assertEquals(
                "5:hello",
                body(connect(COLLECT).send(chunked("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")).text()));
        assertEquals("0:", body(connect(COLLECT).send(sized("")).text()));
        assertEquals("0:", body(connect(COLLECT).send(GET).text()));
    }

    @Test
    void shouldCollectALargeBodyInPieces() {
        int most = HttpLimits.DEFAULT.bodyBytes();
        RecordingConnection client = connect(COLLECT).send(sized("x".repeat(most)) + GET);
        String text = client.text();
        assertTrue(text.contains("\r\n\r\n" + most + ":xxxxxxxxxx"), text);
        assertTrue(text.endsWith("0:"), text);
    }

    @Test
    void shouldRefuseABodyThatIsDeclaredTooLarge() {
        RecordingConnection client =
                connect(COLLECT)
                        .send(post("Content-Length: " + (HttpLimits.DEFAULT.bodyBytes() + 1), "x"));
        assertStatus(413, client.text());
        assertTrue(client.closed() && !client.finished());
    }

    @Test
    void shouldRefuseABodyThatBecomesTooLarge() {
        String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
        RecordingConnection client = connect(COLLECT).send(chunked(chunk.repeat(33)));
        assertStatus(413, client.text());
        assertTrue(client.closed() && !client.finished());
    }

    @Test
    void shouldRefuseAMalformedBody() {
        RecordingConnection client = connect(COLLECT).send(chunked("5\r\nhelloX") + GET);
        String text = client.text();
        assertStatus(400, text);
        assertEquals(-1, text.indexOf("HTTP/1.1", 1), "nothing behind it may be answered");
        assertTrue(client.closed());
    }

    @Test
    void shouldRefuseABodyThatIsCutOff() {
        RecordingConnection client = connect(COLLECT).send(post("Content-Length: 5", "hel"));
        assertEquals("", client.text());
        assertStatus(400, client.endOfInput().text());
        assertTrue(client.closed());
    }

    @Test
    void shouldAnswer500WhenTheAnswerToABodyFails() {
        Handler handler =
                request ->
                        Response.afterBody(body -> {
                            throw new IllegalStateException("on purpose");
                        });
        RecordingConnection client = connect(handler).send(sized("hello"));
        assertStatus(500, client.text());
        assertFalse(client.closed());
    }

    @Test
    void shouldApplyWhatMiddlewareAddsToRefusalsToo() {
        Middleware named = next -> request -> next.handle(request).withHeader("X-Named", "yes");
        RecordingConnection client = connect(COLLECT.behind(named));
        assertTrue(client.send(sized("a")).text().contains("\r\nX-Named: yes\r\n"));
        String refusal = client.send(post("Content-Length: 9999999", "")).text();
        assertStatus(413, refusal);
        assertTrue(refusal.contains("\r\nX-Named: yes\r\n"), refusal);
    }

    // Bodies that nobody wants.

    @Test
    void shouldThrowAwayAShortBody() {
        RecordingConnection client =
                connect(IGNORE).send(sized("GET / HTTP/1.1\r\n\r\n") + chunked("1\r\nx\r\n"));
        assertEquals(2, client.text().split("ignored", -1).length - 1);
        client.send("0\r\n\r\n" + GET);
        assertEquals("ignored", body(client.text()));
        assertFalse(client.closed());
    }

    @Test
    void shouldCloseRatherThanThrowAwayALongBody() {
        RecordingConnection client = connect(IGNORE).send(post("Content-Length: 70000", "x"));
        assertTrue(client.text().contains("\r\nConnection: close\r\n"));
        assertTrue(client.closed() && !client.finished());
    }

    @Test
    void shouldCloseWhenABodyThatIsThrownAwayGetsLong() {
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        RecordingConnection client = connect(IGNORE).send(chunked(chunk.repeat(4)));
        assertEquals("ignored", body(client.text()));
        assertFalse(client.closed());
        client.send(chunk);
        assertTrue(client.closed() && !client.finished());
    }

    @Test
    void shouldCloseWhenABodyThatIsThrownAwayIsMalformed() {
        RecordingConnection client = connect(IGNORE).send(chunked("x\r\n" + GET));
        String text = client.text();
        assertEquals("ignored", body(text));
        assertTrue(client.closed());
    }

    @Test
    void shouldRefuseABodyThatBeginsMalformedThoughItIsAnsweredAsItComes() {
        RecordingConnection client = connect(ECHO).send(chunked("x\r\n"));
        assertStatus(400, client.text());
        assertTrue(client.closed());
    }

    @Test
    void shouldRefuseAClientThatEndsBeforeTheBodyItAnnounced() {
        String head = Heads.of("PUT /echo HTTP/1.1", "Host: a", "Content-Length: 5");
        RecordingConnection client = connect(ECHO).send(head).endOfInput();
        assertStatus(400, client.text());
        assertTrue(client.closed());
    }

    // Clients that ask before they send.

    @Test
    void shouldAskForABodyThatIsWanted() {
        String head =
                Heads.of(
                        "PUT /echo HTTP/1.1",
                        "Host: a",
                        "Content-Length: 5",
                        "Expect: 100-continue");
        RecordingConnection client = connect(COLLECT).send(head);
        assertEquals(CONTINUE, client.text());
        assertEquals("5:hello", body(client.send("hello").text()));
        client = connect(ECHO).send(head);
        assertEquals(CONTINUE, client.text());
        assertEquals("hello", body(client.send("hello").text()));
    }

    @Test
    void shouldNotAskForABodyThatIsNotWanted() {
        String head =
                Heads.of("PUT / HTTP/1.1", "Host: a", "Content-Length: 5", "Expect: 100-continue");
        RecordingConnection client = connect(IGNORE).send(head);
        String text = client.text();
        assertStatus(200, text);
        assertTrue(text.contains("\r\nConnection: close\r\n"), text);
        assertTrue(client.closed());
    }

    @Test
    void shouldNotAskForABodyThatIsTooLarge() {
        String head =
                Heads.of(
                        "PUT / HTTP/1.1",
                        "Host: a",
                        "Content-Length: 9999999",
                        "Expect: 100-continue");
        assertStatus(413, connect(COLLECT).send(head).text());
    }

    @Test
    void shouldNotAskAnHttp10Client() {
        String head = Heads.of("PUT / HTTP/1.0", "Content-Length: 1", "Expect: 100-continue");
        assertEquals("1:x", body(connect(COLLECT).send(head + "x").text()));
    }

    // Bodies that are answered while they arrive.

    @Test
    void shouldEchoASizedBodyWithItsSize() {
        RecordingConnection client = connect(ECHO).send(sized("hello") + GET);
        String text = client.text();
        assertTrue(text.contains("\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n"), text);
    }

    @Test
    void shouldEchoAChunkedBodyInChunks() {
        RecordingConnection client =
                connect(ECHO).send(chunked("5\r\nhello\r\n11\r\n, chunks of world\r\n0\r\n\r\n"));
        String text = client.text();
        assertTrue(text.contains("\r\nTransfer-Encoding: chunked\r\n\r\n"), text);
        assertEquals("5\r\nhello\r\n11\r\n, chunks of world\r\n0\r\n\r\n", body(text));
        assertFalse(client.closed());
    }

    @Test
    void shouldEchoNoBodyAsNone() {
        String text = connect(ECHO).send(post("X: y", "") + sized("")).text();
        assertEquals(2, text.split("\r\nContent-Length: 0\r\n\r\n", -1).length - 1);
    }

    @Test
    void shouldEchoTheType() {
        String head =
                Heads.of(
                        "POST /echo HTTP/1.1", "Host: a", "Content-Type: a/b", "Content-Length: 0");
        assertTrue(connect(ECHO).send(head).text().contains("\r\nContent-Type: a/b\r\n"));
    }

    @Test
    void shouldEchoALargeBodyWithBoundedMemory() {
        byte[] large = new byte[4 * 1024 * 1024];
        new Random(1).nextBytes(large);
        RecordingConnection client = connect(ECHO).slow();
        client.send(post("Content-Length: " + large.length, ""));
        StringBuilder echoed = new StringBuilder();
        int sent = 0;
        while (sent < large.length) {
            int count = Math.min(32 * 1024, large.length - sent);
            client.send(java.util.Arrays.copyOfRange(large, sent, sent + count));
            sent += count;
            assertTrue(client.queuedBytes() <= 128 * 1024, client.queuedBytes() + " queued");
            if (client.paused()) {
                client.take(48 * 1024);
                client.turn();
            }
            echoed.append(client.text());
        }
        client.fast();
        while (client.paused()) {
            client.turn();
        }
        client.turn();
        echoed.append(client.text());
        String expected = new String(large, StandardCharsets.ISO_8859_1);
        assertEquals(expected, body(echoed.toString()));
        assertTrue(client.pauses() > 10, "the client was never held back");
    }

    @Test
    void shouldCutTheConnectionWhenAnEchoedBodyIsMalformed() {
        RecordingConnection client = connect(ECHO).send(chunked("5\r\nhello\r\nx"));
        assertTrue(client.aborted());
    }

    @Test
    void shouldCutTheConnectionWhenAnEchoedBodyIsCutOff() {
        RecordingConnection client = connect(ECHO).send(post("Content-Length: 5", "hel"));
        assertTrue(client.text().endsWith("hel"));
        assertTrue(client.endOfInput().aborted());
    }

    @Test
    void shouldAnswerHeadOfAnEchoWithoutABody() {
        String head = Heads.of("HEAD /echo HTTP/1.1", "Host: a", "Content-Length: 5");
        String text = connect(ECHO).send(head + "hello" + GET).text();
        assertTrue(text.contains("\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n"), text);
    }

    @Test
    void shouldTellASinkThatTheBodyHasEndedAndThatAllIsOver() {
        StringBuilder calls = new StringBuilder();
        BodySink sink =
                new BodySink() {
                    @Override
                    public void received(
                            MemorySegment bytes, int offset, int length, BodyWriter out) {
                        calls.append(Ascii.string(bytes, offset, offset + length));
                    }

                    @Override
                    public void end(BodyWriter out) {
                        calls.append("|end");
                        out.write("bye".getBytes(StandardCharsets.US_ASCII));
                    }

                    @Override
                    public void close() {
                        calls.append("|close");
                    }
                };
        Handler handler = request -> Response.through("text/plain", -1, sink);
        String text = connect(handler).send(sized("hello")).text();
        assertEquals("3\r\nbye\r\n0\r\n\r\n", body(text));
        assertEquals("hello|end|close", calls.toString());
        calls.setLength(0);
        RecordingConnection client = connect(handler).send(post("Content-Length: 5", "he"));
        client.fail(104);
        assertEquals("he|close", calls.toString());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** What happens when a client, a handler or the server's time is over. */
final class HttpTimeTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String POST =
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    private static final HttpLimits LIMITS = HttpLimits.DEFAULT;

    private final List<Deferred> pending = new ArrayList<>();

    private RecordingConnection connect(Handler handler) {
        return new RecordingConnection(new HttpProtocol(handler));
    }

    private RecordingConnection connect() {
        return connect(ExampleApplication.handler("hi", null));
    }

    private static Duration almost(Duration time) {
        return time.minusMillis(1);
    }

    private static void assertEnds(int status, RecordingConnection client) {
        String text = client.text();
        assertTrue(text.startsWith("HTTP/1.1 " + HttpStatus.line(status) + "\r\n"), text);
        assertTrue(text.contains("\r\nConnection: close\r\n"), text);
        assertTrue(client.closed());
    }

    @Test
    void shouldEndAConnectionThatNeverAsks() {
        RecordingConnection client = connect();
        client.pass(almost(LIMITS.headerTimeout()));
        assertFalse(client.closed());
        client.pass(Duration.ofMillis(1));
        assertEquals("", client.text());
        assertTrue(client.closed());
    }

    @Test
    void shouldLimitTheTimeOfAFirstHeadFromTheStart() {
        RecordingConnection client = connect();
        client.pass(almost(LIMITS.headerTimeout()));
        client.send("GET / HT").pass(Duration.ofMillis(1));
        assertEnds(408, client);
    }

    @Test
    void shouldNotGrantMoreTimeForEachByteOfAHead() {
        RecordingConnection client = connect().send(GET);
        client.text();
        client.pass(Duration.ofSeconds(60));
        client.send("G");
        for (int i = 0; i < 19; i++) {
            client.pass(Duration.ofSeconds(1));
            client.send(i == 0 ? "ET / HTTP/1.1\r\nX" : "x");
            assertFalse(client.closed());
        }
        client.pass(Duration.ofSeconds(1));
        assertEnds(408, client);
    }

    @Test
    void shouldEndAnIdleConnectionSilently() {
        RecordingConnection client = connect().send(GET);
        client.text();
        client.pass(almost(LIMITS.idleTimeout()));
        client.send(GET);
        assertFalse(client.text().isEmpty());
        client.pass(almost(LIMITS.idleTimeout()));
        assertFalse(client.closed());
        client.pass(Duration.ofMillis(1));
        assertEquals("", client.text());
        assertTrue(client.closed());
    }

    @Test
    void shouldNotCallItIdleToTakeALargeAnswerSlowly() {
        Response large = Response.bytes("text/plain", new byte[60_000]);
        RecordingConnection client = connect(request -> large).slow().send(GET);
        for (int i = 0; i < 10; i++) {
            client.pass(LIMITS.idleTimeout());
            assertFalse(client.closed());
        }
        client.fast();
        client.pass(LIMITS.idleTimeout());
        assertTrue(client.closed());
    }

    @Test
    void shouldMoveTheTimerOnlyWhenItFires() {
        RecordingConnection client = connect().send(GET);
        long first = client.timerNs();
        client.pass(Duration.ofSeconds(10));
        client.send(GET);
        assertEquals(first - Duration.ofSeconds(10).toNanos(), client.timerNs());
    }

    @Test
    void shouldRefuseABodyThatStalls() {
        Handler collect = request -> Response.afterBody(body -> Response.text("ok"));
        RecordingConnection client = connect(collect).send(POST);
        for (int i = 0; i < 4; i++) {
            client.pass(almost(LIMITS.bodyTimeout()));
            assertFalse(client.closed());
            client.send("x");
        }
        client.pass(LIMITS.bodyTimeout());
        assertEnds(408, client);
    }

    @Test
    void shouldCutAnEchoThatStalls() {
        RecordingConnection client = connect().send(POST + "abc");
        client.pass(LIMITS.bodyTimeout());
        assertTrue(client.aborted());
    }

    @Test
    void shouldEndAConnectionWhoseUnwantedBodyStalls() {
        RecordingConnection client = connect(request -> Response.text("no")).send(POST + "abc");
        client.pass(LIMITS.bodyTimeout());
        assertTrue(client.closed() && !client.aborted());
    }

    // Answers that are given later.

    private Response later(Request request) {
        return Response.later(pending::add);
    }

    @Test
    void shouldAnswerLater() {
        RecordingConnection client = connect(this::later).send(GET + GET);
        assertEquals(1, pending.size(), "the second request waits");
        assertTrue(client.paused());
        assertTrue(pending.get(0).complete(Response.text("first")));
        assertEquals("", client.text());
        client.turn();
        assertTrue(client.text().endsWith("first"));
        assertEquals(2, pending.size());
        pending.get(1).complete(Response.status(404));
        client.turn();
        assertTrue(client.text().startsWith("HTTP/1.1 404 Not Found\r\n"));
        assertFalse(client.paused());
    }

    @Test
    void shouldAnswerFromAnotherThread() throws InterruptedException {
        RecordingConnection client =
                connect(request ->
                        Response.later(deferred ->
                                Thread.startVirtualThread(
                                        () -> deferred.complete(Response.text("far")))));
        client.send(GET).awaitTask();
        assertTrue(client.text().endsWith("far"));
    }

    @Test
    void shouldTakeTheFirstAnswerOnly() {
        RecordingConnection client = connect(this::later).send(GET);
        assertTrue(pending.get(0).complete(Response.text("first")));
        assertFalse(pending.get(0).complete(Response.text("second")));
        client.turn();
        assertTrue(client.text().endsWith("first"));
        assertTrue(pending.get(0).settled());
    }

    @Test
    void shouldAnswer503WhenNobodyAnswersInTime() {
        Middleware named = next -> request -> next.handle(request).withHeader("X-Named", "yes");
        Handler handler = this::later;
        RecordingConnection client = connect(handler.behind(named)).send(GET);
        client.pass(almost(LIMITS.responseTimeout()));
        assertEquals("", client.text());
        client.pass(Duration.ofMillis(1));
        String text = client.text();
        assertTrue(text.startsWith("HTTP/1.1 503 Service Unavailable\r\n"), text);
        assertTrue(text.contains("\r\nX-Named: yes\r\n"), text);
        assertFalse(pending.get(0).complete(Response.text("too late")));
        client.turn();
        assertEquals("", client.text());
        assertFalse(client.closed());
    }

    @Test
    void shouldNotMindAnAnswerToAClientThatHasGone() {
        int[] closed = {0};
        BodySource source =
                new BodySource() {
                    @Override
                    public boolean write(BodyWriter out) {
                        return false;
                    }

                    @Override
                    public void close() {
                        closed[0]++;
                    }
                };
        RecordingConnection client = connect(this::later).send(GET);
        client.fail(104);
        assertTrue(pending.get(0).settled());
        assertFalse(pending.get(0).complete(Response.stream("text/plain", -1, source)));
        assertEquals(1, closed[0]);
    }

    @Test
    void shouldReleaseAnAnswerThatCrossesTheEndOfItsClient() {
        RecordingConnection client = connect(this::later).send(GET);
        assertTrue(pending.get(0).complete(Response.text("crossing")));
        client.fail(104);
        client.turn();
        assertEquals("", client.text());
    }

    @Test
    void shouldAnswer503WhenTheWorkIsNotAccepted() {
        RecordingConnection client =
                connect(request ->
                        Response.later(deferred -> {
                            throw new RejectedExecutionException("full");
                        }));
        String text = client.send(GET + GET).text();
        assertEquals(2, text.split("HTTP/1.1 503 ", -1).length - 1);
    }

    @Test
    void shouldAnswer503WhenTheLoopTakesNoTask() {
        RecordingConnection client = connect(this::later).send(GET);
        client.refuseTasks();
        assertFalse(pending.get(0).complete(Response.text("lost")));
        client.pass(LIMITS.responseTimeout());
        assertTrue(client.text().startsWith("HTTP/1.1 503 "));
    }

    @Test
    void shouldAnswerAHalfClosedClientLater() {
        RecordingConnection client = connect(this::later).send(GET).endOfInput();
        assertFalse(client.closed());
        pending.get(0).complete(Response.text("still here"));
        client.turn();
        assertTrue(client.text().endsWith("still here"));
        assertTrue(client.closed());
    }

    @Test
    void shouldCollectABodyAfterAnAnswerThatAsksForIt() {
        RecordingConnection client = connect(this::later).send(POST + "hello" + GET);
        pending.get(0).complete(Response.afterBody(body -> Response.text("got " + body.length)));
        client.turn();
        assertTrue(client.text().endsWith("got 5"));
        assertEquals(2, pending.size());
    }

    // A server that drains.

    @Test
    void shouldEndAnIdleConnectionAtOnceWhenDraining() {
        RecordingConnection client = connect().send(GET);
        client.text();
        client.drain();
        assertTrue(client.closed());
        assertEquals("", client.text());
    }

    @Test
    void shouldAnswerTheFirstRequestOfAConnectionThatIsNewWhenDraining() {
        RecordingConnection client = connect();
        client.drain();
        assertFalse(client.closed());
        assertEnds(200, client.send(GET));
    }

    @Test
    void shouldNotWaitLongForTheFirstRequestWhenDraining() {
        RecordingConnection client = connect();
        client.drain();
        client.pass(Duration.ofSeconds(1));
        assertTrue(client.closed());
    }

    @Test
    void shouldFinishAHeadThatHasBegunWhenDraining() {
        RecordingConnection client = connect().send(GET + "GET / HTTP");
        client.text();
        client.drain();
        assertFalse(client.closed());
        assertEnds(200, client.send("/1.1\r\nHost: a\r\n\r\n"));
    }

    @Test
    void shouldFinishAnAnswerThatWasAskedForWhenDraining() {
        RecordingConnection client = connect(this::later).send(GET + GET);
        client.drain();
        assertFalse(client.closed());
        pending.get(0).complete(Response.text("last"));
        client.turn();
        assertEnds(200, client);
        assertEquals(1, pending.size());
    }

    @Test
    void shouldFinishAnAnswerThatIsOnItsWayWhenDraining() {
        RecordingConnection client = connect().send(POST + "hel");
        client.drain();
        assertFalse(client.closed());
        assertTrue(client.send("lo").text().endsWith("hello"));
        assertTrue(client.closed() && !client.aborted());
    }
}

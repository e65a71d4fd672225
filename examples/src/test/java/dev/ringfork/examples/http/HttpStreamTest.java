// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HttpStreamTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /** Writes pieces of ten bytes until told to stop. */
    private static final class Pieces implements BodySource {
        private final int count;
        private int written;
        private int closed;

        Pieces(int count) {
            this.count = count;
        }

        @Override
        public boolean write(BodyWriter out) {
            out.write("0123456789".getBytes(StandardCharsets.US_ASCII));
            return ++written < count;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private static RecordingConnection connect(Handler handler) {
        return new RecordingConnection(new HttpProtocol(handler));
    }

    @Test
    void shouldStreamInChunks() {
        Pieces pieces = new Pieces(2);
        RecordingConnection client =
                connect(request -> Response.stream("text/plain", -1, pieces)).send(GET);
        String text = client.text();
        assertTrue(text.contains("\r\nTransfer-Encoding: chunked\r\n\r\n"), text);
        assertTrue(text.endsWith("\r\n\r\na\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), text);
        assertFalse(text.contains("Content-Length"), text);
        assertEquals(1, pieces.closed);
        assertFalse(client.closed());
    }

    @Test
    void shouldStreamAKnownLength() {
        RecordingConnection client =
                connect(request -> Response.stream("text/plain", 20, new Pieces(2)));
        String text = client.send(GET).text();
        assertTrue(text.endsWith("\r\nContent-Length: 20\r\n\r\n01234567890123456789"), text);
    }

    @Test
    void shouldStreamToHttp10UntilTheEndOfTheConnection() {
        RecordingConnection client =
                connect(request -> Response.stream("text/plain", -1, new Pieces(2)));
        String text = client.send(Heads.of("GET / HTTP/1.0", "Connection: keep-alive")).text();
        assertTrue(text.endsWith("\r\nConnection: close\r\n\r\n01234567890123456789"), text);
        assertFalse(text.contains("chunked"), text);
        assertTrue(client.closed());
    }

    @Test
    void shouldStreamOnlyAsFastAsTheClientTakes() {
        Pieces pieces = new Pieces(100_000);
        RecordingConnection client =
                connect(request -> Response.stream("text/plain", 1_000_000, pieces)).slow();
        client.send(GET + GET.replace("/", "/next"));
        assertTrue(pieces.written < 10_000, pieces.written + " pieces were queued");
        StringBuilder text = new StringBuilder();
        while (pieces.closed == 0) {
            client.take(40_000);
            assertTrue(client.queuedBytes() < 128 * 1024);
            text.append(client.text());
        }
        client.fast();
        text.append(client.text());
        int bodyStart = text.indexOf("\r\n\r\n") + 4;
        assertEquals(
                "0123456789".repeat(100_000), text.substring(bodyStart, bodyStart + 1_000_000));
    }

    @Test
    void shouldSendALargeArrayOnlyAsFastAsTheClientTakes() {
        Response large =
                Response.bytes(
                        "text/plain", "x".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII));
        RecordingConnection client = connect(request -> large).slow().send(GET);
        assertTrue(client.queuedBytes() < 128 * 1024, client.queuedBytes() + " queued");
        client.fast();
        String text = client.text();
        assertEquals("x".repeat(1_000_000), text.substring(text.indexOf("\r\n\r\n") + 4));
        String head = client.send(GET.replace("GET", "HEAD")).text();
        assertTrue(head.endsWith("\r\nContent-Length: 1000000\r\n\r\n"), head);
    }

    @Test
    void shouldCutTheConnectionWhenLessIsWrittenThanDeclared() {
        RecordingConnection client =
                connect(request -> Response.stream("text/plain", 21, new Pieces(2))).send(GET);
        assertTrue(client.aborted());
    }

    @Test
    void shouldCutTheConnectionWhenMoreIsWrittenThanDeclared() {
        Pieces pieces = new Pieces(2);
        RecordingConnection client =
                connect(request -> Response.stream("text/plain", 19, pieces)).send(GET);
        assertTrue(client.aborted());
        assertEquals(1, pieces.closed);
    }

    @Test
    void shouldTellASourceThatWritesNothing() {
        RecordingConnection client =
                connect(request -> Response.stream("text/plain", -1, out -> true));
        assertThrows(IllegalStateException.class, () -> client.send(GET));
    }

    @Test
    void shouldCloseTheSourceWhenTheConnectionEnds() {
        Pieces pieces = new Pieces(100_000);
        RecordingConnection client =
                connect(request -> Response.stream("text/plain", -1, pieces)).slow().send(GET);
        assertEquals(0, pieces.closed);
        client.fail(104);
        assertEquals(1, pieces.closed);
    }

    @Test
    void shouldCloseTheSourceOfAnAnswerToHead() {
        Pieces pieces = new Pieces(1);
        RecordingConnection client = connect(request -> Response.stream("text/plain", -1, pieces));
        String text = client.send(GET.replace("GET", "HEAD")).text();
        assertTrue(text.endsWith("\r\nTransfer-Encoding: chunked\r\n\r\n"), text);
        assertEquals(1, pieces.closed);
        assertEquals(0, pieces.written);
    }

    @Test
    void shouldSplitWhatIsLargerThanAChunkMayBe() {
        byte[] large = "y".repeat(1500).getBytes(StandardCharsets.US_ASCII);
        Handler handler =
                request ->
                        Response.stream(
                                "text/plain",
                                -1,
                                out -> {
                                    out.write(large);
                                    return false;
                                });
        RecordingConnection client =
                new RecordingConnection(new HttpProtocol(handler), 1024).send(GET);
        String text = client.text();
        String first = "\r\n\r\n3f4\r\n" + "y".repeat(1012) + "\r\n";
        assertTrue(text.endsWith(first + "1e8\r\n" + "y".repeat(488) + "\r\n0\r\n\r\n"), text);
    }
}

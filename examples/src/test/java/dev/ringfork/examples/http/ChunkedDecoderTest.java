// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.reactor.protocol.Buffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ChunkedDecoderTest {
    private static final String TWO_CHUNKS =
            "5\r\nhello\r\n00A;a=\"b c\";d\r\n, world!!!\r\n0\r\nX: y\r\nZ:\r\n\r\n";

    /** What a decoder makes of bytes that come in pieces. */
    private static final class Feed {
        final RequestBody body = new RequestBody(HttpLimits.DEFAULT);
        final Buffer in;
        final StringBuilder content = new StringBuilder();
        int result;

        Feed(Arena arena) {
            in = new Buffer(arena.allocate(16 * 1024));
        }

        Feed() {
            this(Arena.ofAuto());
        }

        Feed send(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            in.compact();
            MemorySegment.copy(
                    bytes, 0, in.segment(), ValueLayout.JAVA_BYTE, in.end(), bytes.length);
            in.produced(bytes.length);
            while ((result = body.available(in)) > 0) {
                assertTrue(result <= in.length());
                content.append(Ascii.string(in.segment(), in.start(), in.start() + result));
                body.take(in, result);
            }
            return this;
        }
    }

    @Test
    void shouldFindTheContent() {
        Feed feed = new Feed().send(TWO_CHUNKS + "GET");
        assertEquals(RequestBody.END, feed.result);
        assertEquals("hello, world!!!", feed.content.toString());
        assertEquals(3, feed.in.length());
        assertEquals(15, feed.body.taken());
        assertEquals(-1, feed.body.declared());
    }

    @Test
    void shouldFindTheSameContentInPieces() {
        for (int cut = 0; cut <= TWO_CHUNKS.length(); cut++) {
            Feed feed = new Feed().send(TWO_CHUNKS.substring(0, cut));
            boolean whole = cut == TWO_CHUNKS.length();
            assertEquals(whole ? RequestBody.END : RequestBody.NOTHING_YET, feed.result);
            assertEquals(0, feed.in.length(), "all that is understood is consumed");
            feed.send(TWO_CHUNKS.substring(cut));
            assertEquals(RequestBody.END, feed.result);
            assertEquals("hello, world!!!", feed.content.toString());
        }
    }

    @Test
    void shouldFindTheSameContentByteByByte() {
        Feed feed = new Feed();
        TWO_CHUNKS.chars().forEach(c -> feed.send(Character.toString(c)));
        assertEquals(RequestBody.END, feed.result);
        assertEquals("hello, world!!!", feed.content.toString());
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("no size", 400, "\r\nhello\r\n"),
                Arguments.of("extension without a size", 400, ";a\r\n"),
                Arguments.of("size with a sign", 400, "+5\r\nhello\r\n"),
                Arguments.of("negative size", 400, "-5\r\nhello\r\n"),
                Arguments.of("size with a prefix", 400, "0x5\r\nhello\r\n"),
                Arguments.of("size that is no number", 400, "g\r\n"),
                Arguments.of("size of a wide digit", 400, "\u00b2\r\n"),
                Arguments.of("space before the size", 400, " 5\r\nhello\r\n"),
                Arguments.of("space behind the size", 400, "5 \r\nhello\r\n"),
                Arguments.of("size that overflows", 400, "10000000000000000\r\n"),
                Arguments.of("size of all digits", 400, "ffffffffffffffff\r\n"),
                Arguments.of("size of many zeros", 400, "0".repeat(16) + "5\r\nhello\r\n"),
                Arguments.of("bare LF behind the size", 400, "5\nhello\r\n"),
                Arguments.of("bare CR behind the size", 400, "5\rhello\r\n"),
                Arguments.of("bare LF in an extension", 400, "5;a\nhello\r\n"),
                Arguments.of("bare CR in an extension", 400, "5;a\rb\r\nhello\r\n"),
                Arguments.of("NUL in an extension", 400, "5;\0\r\nhello\r\n"),
                Arguments.of("long extension", 400, "5;" + "a".repeat(5000) + "\r\nhello\r\n"),
                Arguments.of("many extensions", 400, "1;aaaaaaaaaaaaaaa\r\nx\r\n".repeat(300)),
                Arguments.of("many blanks", 400, "1" + " ".repeat(5000) + ";a\r\nx\r\n"),
                Arguments.of("more content than declared", 400, "5\r\nhello!\r\n"),
                Arguments.of("less content than declared", 400, "5\r\nhell\r\n0\r\n\r\n"),
                Arguments.of("bare LF behind the content", 400, "5\r\nhello\n"),
                Arguments.of("no line end behind the content", 400, "5\r\nhello0\r\n\r\n"),
                Arguments.of("bare LF at the end", 400, "0\r\n\n"),
                Arguments.of("trailer without a colon", 400, "0\r\nX\r\n\r\n"),
                Arguments.of("trailer with a space before the colon", 400, "0\r\nX : y\r\n\r\n"),
                Arguments.of("folded trailer", 400, "0\r\nX: y\r\n z\r\n\r\n"),
                Arguments.of("trailer with NUL", 400, "0\r\nX: \0\r\n\r\n"),
                Arguments.of("trailer without a name", 400, "0\r\n: y\r\n\r\n"),
                Arguments.of("bare LF behind a trailer", 400, "0\r\nX: y\n\r\n"),
                Arguments.of("bare CR in a trailer", 400, "0\r\nX: y\rz\r\n\r\n"),
                Arguments.of("long trailer", 431, "0\r\nX: " + "a".repeat(9000) + "\r\n\r\n"),
                Arguments.of("many trailers", 431, "0\r\n" + "a:\r\n".repeat(101) + "\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void shouldRefuse(String what, int status, String body) {
        assertEquals(-status, new Feed().send(body).result, what);
        Feed slow = new Feed();
        for (int i = 0; i < body.length() && slow.result >= 0; i++) {
            slow.send(body.substring(i, i + 1));
        }
        assertEquals(-status, slow.result, what + ", byte by byte");
    }

    @Test
    void shouldTakeTheLargestSizeWithoutOverflow() {
        Feed feed = new Feed().send("fffffffffffffff\r\nabc");
        assertEquals(RequestBody.NOTHING_YET, feed.result);
        assertEquals("abc", feed.content.toString());
    }

    @Test
    void shouldGiveASensibleAnswerToAnything() {
        Random random = new Random(7230);
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder(TWO_CHUNKS);
            for (int edits = random.nextInt(3); edits >= 0; edits--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
            }
            try (Arena arena = Arena.ofConfined()) {
                Feed feed = new Feed(arena).send(text.toString());
                boolean known =
                        feed.result == RequestBody.END
                                || feed.result == RequestBody.NOTHING_YET
                                || feed.result == -400;
                assertTrue(known, "result " + feed.result);
                assertTrue(feed.content.length() <= text.length());
            }
        }
    }
}

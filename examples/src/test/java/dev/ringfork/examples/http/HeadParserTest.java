// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadParserTest {
    private static final String LINE = "GET / HTTP/1.1\r\n";
    private static final String HOST = "Host: a\r\n";

    private static Arguments row(String what, int status, String head) {
        return Arguments.of(what, status, head);
    }

    static Stream<Arguments> refusedLines() {
        return Stream.of(
                row("no version", 400, "GET /\r\n" + HOST + "\r\n"),
                row("no target", 400, "GET HTTP/1.1\r\n" + HOST + "\r\n"),
                row("empty target", 400, "GET  HTTP/1.1\r\n" + HOST + "\r\n"),
                row("two spaces before the version", 400, "GET /  HTTP/1.1\r\n" + HOST + "\r\n"),
                row("space in the target", 400, "GET /a b HTTP/1.1\r\n" + HOST + "\r\n"),
                row("tab in the target", 400, "GET /a\tb HTTP/1.1\r\n" + HOST + "\r\n"),
                row("NUL in the target", 400, "GET /a\0b HTTP/1.1\r\n" + HOST + "\r\n"),
                row("CR in the target", 400, "GET /a\rb HTTP/1.1\r\n" + HOST + "\r\n"),
                row("DEL in the target", 400, "GET /\u007f HTTP/1.1\r\n" + HOST + "\r\n"),
                row("high byte in the target", 400, "GET /\u00e9 HTTP/1.1\r\n" + HOST + "\r\n"),
                row("fragment in the target", 400, "GET /a#b HTTP/1.1\r\n" + HOST + "\r\n"),
                row("relative target", 400, "GET a HTTP/1.1\r\n" + HOST + "\r\n"),
                row("asterisk of a GET", 400, "GET * HTTP/1.1\r\n" + HOST + "\r\n"),
                row("asterisk and more", 400, "OPTIONS *a HTTP/1.1\r\n" + HOST + "\r\n"),
                row("unknown scheme", 400, "GET ftp://a/ HTTP/1.1\r\n" + HOST + "\r\n"),
                row("scheme without a host", 400, "GET http:///a HTTP/1.1\r\n" + HOST + "\r\n"),
                row("user in the authority", 400, "GET http://u@a/ HTTP/1.1\r\n" + HOST + "\r\n"),
                row("tunnel", 501, "CONNECT a:443 HTTP/1.1\r\n" + HOST + "\r\n"),
                row("space before the method", 400, " GET / HTTP/1.1\r\n" + HOST + "\r\n"),
                row("no method", 400, ": / HTTP/1.1\r\n" + HOST + "\r\n"),
                row("method that is no token", 400, "G(T / HTTP/1.1\r\n" + HOST + "\r\n"),
                row("tab behind the method", 400, "GET\t/ HTTP/1.1\r\n" + HOST + "\r\n"),
                row("bare LF", 400, "GET / HTTP/1.1\n" + HOST + "\r\n"),
                row("bare LF behind the target", 400, "GET /\n"),
                row("bare LF behind the space", 400, "GET / \n"),
                row("bare LF behind the method", 400, "GET\n"),
                row("bare CR", 400, "GET / HTTP/1.1\rX" + HOST + "\r\n"),
                row("two CRs", 400, "GET / HTTP/1.1\r\r\n" + HOST + "\r\n"),
                row("space behind the version", 400, "GET / HTTP/1.1 \r\n" + HOST + "\r\n"),
                row("version in lower case", 400, "GET / http/1.1\r\n" + HOST + "\r\n"),
                row("version without a dot", 400, "GET / HTTP/11\r\n" + HOST + "\r\n"),
                row("version of two digits", 400, "GET / HTTP/1.10\r\n" + HOST + "\r\n"),
                row("version with a letter", 400, "GET / HTTP/1.x\r\n" + HOST + "\r\n"),
                row("no version at all", 400, "GET / HTCPCP/1.0\r\n" + HOST + "\r\n"),
                row("short version", 400, "GET / HTTP/1\r\n\r\n"),
                row("version 2.0", 505, "GET / HTTP/2.0\r\n" + HOST + "\r\n"),
                row("preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                row("greeting of TLS", 400, "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc"));
    }

    static Stream<Arguments> refusedFields() {
        return Stream.of(
                row("no host", 400, LINE + "\r\n"),
                row("two hosts", 400, LINE + HOST + HOST + "\r\n"),
                row("two different hosts", 400, LINE + HOST + "hOST: b\r\n\r\n"),
                row("host with a space", 400, LINE + "Host: a b\r\n\r\n"),
                row("host with a slash", 400, LINE + "Host: a/b\r\n\r\n"),
                row("host with a user", 400, LINE + "Host: u@a\r\n\r\n"),
                row("host with a tab", 400, LINE + "Host: a\tb\r\n\r\n"),
                row("list of hosts", 400, LINE + "Host: a, b\r\n\r\n"),
                row("space before the colon", 400, LINE + "Host : a\r\n\r\n"),
                row("tab before the colon", 400, LINE + HOST + "X\t: a\r\n\r\n"),
                row("no colon", 400, LINE + HOST + "X\r\n\r\n"),
                row("empty name", 400, LINE + HOST + ": a\r\n\r\n"),
                row("name that is no token", 400, LINE + HOST + "X(: a\r\n\r\n"),
                row("NUL in a name", 400, LINE + HOST + "X\0: a\r\n\r\n"),
                row("high byte in a name", 400, LINE + HOST + "X\u00e9: a\r\n\r\n"),
                row("space before the first field", 400, LINE + " " + HOST + "\r\n"),
                row("folded line", 400, LINE + HOST + "X: a\r\n b\r\n\r\n"),
                row("line folded with a tab", 400, LINE + HOST + "X: a\r\n\tb\r\n\r\n"),
                row("NUL in a value", 400, LINE + HOST + "X: a\0b\r\n\r\n"),
                row("escape in a value", 400, LINE + HOST + "X: \u001b[0m\r\n\r\n"),
                row("DEL in a value", 400, LINE + HOST + "X: \u007f\r\n\r\n"),
                row("bare CR in a value", 400, LINE + HOST + "X: a\rb\r\n\r\n"),
                row("bare LF in a value", 400, LINE + HOST + "X: a\nY: b\r\n\r\n"),
                row("bare LF behind a field", 400, LINE + HOST + "X: a\n\r\n"),
                row("bare LF as the empty line", 400, LINE + HOST + "\n"),
                row("bare CR as the empty line", 400, LINE + HOST + "\rX"),
                row("two CRs behind a field", 400, LINE + HOST + "X: a\r\r\n\r\n"),
                row("unknown expectation", 417, LINE + HOST + "Expect: 200-ok\r\n\r\n"),
                row("two expectations", 417, LINE + HOST + "Expect: 100-continue, a\r\n\r\n"));
    }

    private static Arguments smuggled(String what, int status, String... fields) {
        return row(what, status, "POST / HTTP/1.1\r\n" + HOST + Heads.of(fields));
    }

    static Stream<Arguments> smuggling() {
        return Stream.of(
                smuggled("CL and TE", 400, "Content-Length: 5", "Transfer-Encoding: chunked"),
                smuggled("TE and CL", 400, "Transfer-Encoding: chunked", "Content-Length: 5"),
                smuggled("CL 0 and TE", 400, "Content-Length: 0", "Transfer-Encoding: chunked"),
                smuggled("two equal CLs", 400, "Content-Length: 5", "Content-Length: 5"),
                smuggled("two different CLs", 400, "Content-Length: 5", "Content-Length: 6"),
                smuggled("CLs of different case", 400, "content-length: 5", "CONTENT-LENGTH: 5"),
                smuggled("list of equal CLs", 400, "Content-Length: 5, 5"),
                smuggled("list of CLs", 400, "Content-Length: 5,6"),
                smuggled("positive CL", 400, "Content-Length: +5"),
                smuggled("negative CL", 400, "Content-Length: -5"),
                smuggled("hexadecimal CL", 400, "Content-Length: 0x5"),
                smuggled("fractional CL", 400, "Content-Length: 5.0"),
                smuggled("CL with a space", 400, "Content-Length: 5 5"),
                smuggled("empty CL", 400, "Content-Length:"),
                smuggled("CL with a letter", 400, "Content-Length: 5a"),
                smuggled("CL of 2^64", 400, "Content-Length: 18446744073709551616"),
                smuggled("CL of 2^63", 400, "Content-Length: 9223372036854775808"),
                smuggled("CL of many zeros", 400, "Content-Length: " + "0".repeat(30) + "5"),
                smuggled("CL with a space before the colon", 400, "Content-Length : 5"),
                smuggled("TE with a space before the colon", 400, "Transfer-Encoding : chunked"),
                smuggled("TE with a tab before the colon", 400, "Transfer-Encoding\t: chunked"),
                smuggled("TE with a byte before it", 400, "\u000bTransfer-Encoding: chunked"),
                smuggled("TE on a folded line", 400, "X: a", " Transfer-Encoding: chunked"),
                smuggled("folded TE", 400, "Transfer-Encoding:", " chunked"),
                smuggled("TE with VT", 400, "Transfer-Encoding: \u000bchunked"),
                smuggled("TE with NUL", 400, "Transfer-Encoding: chunked\0"),
                smuggled("TE with a bare CR", 400, "Transfer-Encoding:\rchunked"),
                smuggled("TE in quotes", 400, "Transfer-Encoding: \"chunked\""),
                smuggled("TE with a parameter", 400, "Transfer-Encoding: chunked;a=b"),
                smuggled("TE with more", 400, "Transfer-Encoding: chunkedx"),
                smuggled("TE that is too short", 400, "Transfer-Encoding: chunke"),
                smuggled("TE identity", 400, "Transfer-Encoding: identity"),
                smuggled("TE gzip", 400, "Transfer-Encoding: gzip"),
                smuggled("empty TE", 400, "Transfer-Encoding:"),
                smuggled("chunked before another", 400, "Transfer-Encoding: chunked, gzip"),
                smuggled("chunked before identity", 400, "Transfer-Encoding: chunked, identity"),
                smuggled("chunked and a comma", 400, "Transfer-Encoding: chunked,"),
                smuggled("chunked after another", 501, "Transfer-Encoding: gzip, chunked"),
                smuggled("chunked after a comma", 501, "Transfer-Encoding: ,chunked"),
                smuggled("chunked twice", 501, "Transfer-Encoding: chunked, chunked"),
                smuggled(
                        "two TEs", 400, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
                smuggled(
                        "TE hidden by another",
                        400,
                        "Transfer-Encoding: chunked",
                        "Transfer-Encoding: identity"),
                smuggled(
                        "TE behind another",
                        400,
                        "Transfer-Encoding: identity",
                        "Transfer-Encoding: chunked"),
                row(
                        "TE of HTTP/1.0",
                        400,
                        Heads.of("POST / HTTP/1.0", "Transfer-Encoding: chunked")),
                row(
                        "TE and CL of HTTP/1.0",
                        400,
                        Heads.of(
                                "POST / HTTP/1.0",
                                "Transfer-Encoding: chunked",
                                "Content-Length: 5")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"refusedLines", "refusedFields", "smuggling"})
    void shouldRefuse(String what, int status, String head) {
        assertEquals(-status, Heads.parse(head), what);
    }

    /** What is refused must be so before the rest of the head, or anything else, has come. */
    @ParameterizedTest(name = "{0}")
    @MethodSource({"refusedLines", "refusedFields", "smuggling"})
    void shouldNeverAcceptABeginningOfWhatIsRefused(String what, int status, String head) {
        for (int end = 0; end < head.length(); end++) {
            int result = Heads.parse(head.substring(0, end));
            boolean pending = result == HeadParser.INCOMPLETE;
            assertTrue(pending || result == -status, what + ": " + result + " after " + end);
        }
    }

    @Test
    void shouldFindTheParts() {
        RequestHead head = Heads.head();
        String text =
                Heads.of(
                        "PATCH /a/b?c=d?e HTTP/1.1",
                        "Host: h",
                        "X-Y:\t z z \t",
                        "Empty:",
                        "Q:\u00e9");
        assertEquals(text.length(), Heads.parse(text, head));
        Request request = new Request(head);
        request.bind(new RecordingConnection(_ -> _ -> {}));
        assertEquals("PATCH", request.method());
        assertEquals("/a/b?c=d?e", request.target());
        assertEquals("/a/b", request.path());
        assertEquals("c=d?e", request.query());
        assertEquals(1, request.minorVersion());
        assertEquals("z z", request.header("x-y"));
        assertEquals("", request.header("EMPTY"));
        assertEquals("\u00e9", request.header("Q"));
        assertNull(request.header("X"));
        assertEquals(4, request.fieldCount());
        assertEquals("X-Y", request.fieldName(1));
        assertEquals("z z", request.fieldValue(1));
        assertEquals(0, request.contentLength());
    }

    @Test
    void shouldRefuseToBeReadOnceAnswered() {
        RequestHead head = Heads.head();
        Heads.parse(Heads.of("GET / HTTP/1.1", "Host: h"), head);
        Request request = new Request(head);
        assertThrows(IllegalStateException.class, request::path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a", "HTTPS://a:1/", "http://[::1]:80/", "http://a?b"})
    void shouldTakeAWholeUri(String uri) {
        RequestHead head = Heads.head();
        String text = Heads.of("GET " + uri + " HTTP/1.1", "Host: a");
        assertEquals(text.length(), Heads.parse(text, head));
        Request request = new Request(head);
        request.bind(new RecordingConnection(_ -> _ -> {}));
        assertEquals("/", request.path());
        assertTrue(request.pathIs(new byte[] {'/'}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                "M-SEARCH! / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.9\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nhOsT:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
                "GET /%00%zz|{}\"<>\\^` HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: a\tb\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n",
            })
    void shouldTake(String text) {
        assertEquals(text.length(), Heads.parse(text));
    }

    @Test
    void shouldReadTheFraming() {
        RequestHead head = Heads.head();
        Heads.parse(Heads.of("POST / HTTP/1.1", "Host: a", "Content-Length: 00123"), head);
        assertEquals(123, head.contentLength);
        Heads.parse(Heads.of("POST / HTTP/1.1", "Host: a", "TRANSFER-encoding: Chunked "), head);
        assertEquals(-1, head.contentLength);
        assertTrue(head.has(RequestHead.CHUNKED));
        Heads.parse(Heads.of("GET / HTTP/1.1", "Host: a", "Connection: upgrade ,\tCLOSE,"), head);
        assertTrue(head.has(RequestHead.CLOSE));
        assertFalse(head.has(RequestHead.KEEP_ALIVE));
        assertFalse(head.has(RequestHead.CHUNKED));
        Heads.parse(Heads.of("GET / HTTP/1.0", "Connection: closed, keep-Alive"), head);
        assertFalse(head.has(RequestHead.CLOSE));
        assertTrue(head.has(RequestHead.KEEP_ALIVE));
    }

    @Test
    void shouldLimitTheRequestLine() {
        int room = HttpLimits.DEFAULT.lineBytes() - "GET / HTTP/1.1".length();
        String fits = Heads.of("GET /" + "a".repeat(room) + " HTTP/1.1", "Host: a");
        assertEquals(fits.length(), Heads.parse(fits));
        String tooLong = Heads.of("GET /" + "a".repeat(room + 1) + " HTTP/1.1", "Host: a");
        assertEquals(-414, Heads.parse(tooLong));
        assertEquals(-414, Heads.parse("A".repeat(HttpLimits.DEFAULT.lineBytes() + 2)));
        assertEquals(-414, Heads.parse("GET /" + "a".repeat(HttpLimits.DEFAULT.lineBytes())));
        assertEquals(HeadParser.INCOMPLETE, Heads.parse(fits.substring(0, fits.indexOf('\n'))));
    }

    @Test
    void shouldLimitTheFields() {
        String host = LINE + HOST;
        int room = HttpLimits.DEFAULT.headerBytes() - HOST.length() - "X: \r\n".length();
        String fits = host + "X: " + "a".repeat(room) + "\r\n\r\n";
        assertEquals(fits.length(), Heads.parse(fits));
        assertEquals(-431, Heads.parse(host + "X: " + "a".repeat(room + 1) + "\r\n\r\n"));
        assertEquals(-431, Heads.parse(host + "X".repeat(HttpLimits.DEFAULT.headerBytes())));
        assertEquals(HeadParser.INCOMPLETE, Heads.parse(fits.substring(0, fits.length() - 1)));
    }

    @Test
    void shouldLimitTheNumberOfFields() {
        int most = HttpLimits.DEFAULT.fieldCount();
        String fits = LINE + HOST + "a:\r\n".repeat(most - 1) + "\r\n";
        assertEquals(fits.length(), Heads.parse(fits));
        assertEquals(-431, Heads.parse(LINE + HOST + "a:\r\n".repeat(most) + "\r\n"));
    }

    @Test
    void shouldTryAgainOnlyWhenThatMayHelp() {
        String head = Heads.of("GET / HTTP/1.1", "Host: a", "X: y");
        int lineEnd = head.indexOf('\n');
        for (int end = 1; end <= head.length(); end++) {
            boolean known = end - 1 > lineEnd;
            boolean expected = end - 1 == lineEnd || end == head.length();
            boolean changed = HeadParser.changed(Heads.memory(head), 0, end - 1, end, known);
            assertEquals(expected, changed, "after " + end);
        }
        String bare = "GET / HTTP/1.1\r\nHost: a\n";
        assertTrue(HeadParser.changed(Heads.memory(bare), 0, 16, bare.length(), true));
        assertTrue(HeadParser.changed(Heads.memory("\n"), 0, 0, 1, true));
    }
}

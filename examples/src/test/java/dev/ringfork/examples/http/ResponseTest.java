// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseTest {
    private final Response hello = Response.text("hello");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "a:",
                "a\r\nb",
                "\u00e9",
                "\u0100",
                "Date",
                "content-length",
                "Transfer-Encoding",
                "CONNECTION"
            })
    void shouldRefuseNames(String name) {
        assertThrows(IllegalArgumentException.class, () -> hello.withHeader(name, "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\0b", "\u007f", "\u0100"})
    void shouldRefuseValues(String value) {
        assertThrows(IllegalArgumentException.class, () -> hello.withHeader("X", value));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 99, 100, 101, 199, 600, -1})
    void shouldRefuseStatuses(int status) {
        assertThrows(IllegalArgumentException.class, () -> hello.withStatus(status));
    }

    @Test
    void shouldLeaveTheOriginalAsItWas() {
        Response other = hello.withHeader("X", "y").withStatus(404);
        assertEquals("y", other.header("x"));
        assertEquals(404, other.status());
        assertNull(hello.header("x"));
        assertEquals(200, hello.status());
    }

    @Test
    void shouldReplaceABodyAndItsType() {
        byte[] bytes = "<p>".getBytes(StandardCharsets.US_ASCII);
        Response other = hello.withHeader("X", "y").withBody("text/html", bytes);
        assertEquals("text/html", other.header("Content-Type"));
        assertEquals("y", other.header("X"));
        assertEquals(3, other.contentLength());
    }

    @Test
    void shouldKnowNothingOfAPendingResponse() {
        Response pending = Response.later(deferred -> {});
        assertEquals(0, pending.status());
        assertEquals(-1, pending.contentLength());
        assertNull(pending.header("Content-Type"));
    }

    @Test
    void shouldChangeAPendingResponseOnceItIsKnown() {
        String get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        Handler handler =
                request ->
                        Response.afterBody(body -> Response.text("a"))
                                .withStatus(201)
                                .withHeader("X", "1")
                                .map(known -> known.withHeader("Y", known.header("X") + "2"))
                                .withBody("b/c", new byte[] {'d'});
        String text = new RecordingConnection(new HttpProtocol(handler)).send(get).text();
        String expected = "\r\nX: 1\r\nY: 12\r\nContent-Type: b/c\r\nContent-Length: 1\r\n\r\nd";
        assertEquals(expected, text.substring(text.length() - expected.length()));
        assertEquals("HTTP/1.1 201 Created", text.substring(0, text.indexOf('\r')));
    }

    @Test
    void shouldWriteAndReadDates() {
        assertEquals("Thu, 01 Jan 1970 00:00:00 GMT", HttpDate.format(0));
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.format(784111777));
        assertEquals("Thu, 29 Feb 2024 23:59:59 GMT", HttpDate.format(1709251199));
        for (long second = 0; second < 4_000_000_000L; second += 86_400L * 17 + 3671) {
            assertEquals(second, HttpDate.parse(HttpDate.format(second)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994     ",
                "Mon, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 UTC",
                "Sun, 06 Nox 1994 08:49:37 GMT",
                "Sun, 31 Feb 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 24:49:37 GMT",
                "Sun, +6 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 gmt"
            })
    void shouldReadNoOtherDates(String text) {
        assertEquals(-1, HttpDate.parse(text));
    }
}

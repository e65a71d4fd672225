// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouterTest {
    private static Handler says(String text) {
        Response response = Response.text(text);
        return request -> response;
    }

    private final Handler router =
            Router.builder()
                    .on("GET", "/", says("root"))
                    .on("GET", "/a", says("get a"))
                    .on("POST", "/a", says("post a"))
                    .on("/any", says("any"))
                    .on("PURGE", "/any", says("purge any"))
                    .under("/files/", says("files"))
                    .under("/files/deep/", says("deep"))
                    .on("GET", "/files/exact", says("exact"))
                    .build()
                    .behind(new ErrorPages());

    private String ask(String method, String target, String... fields) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: a\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return new RecordingConnection(new HttpProtocol(router)).send(head + "\r\n").text();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, root",
        "GET, /?a=b, root",
        "GET, http://a, root",
        "GET, http://a/a?/, get a",
        "GET, /a, get a",
        "POST, /a?x, post a",
        "GET, /any, any",
        "BREW, /any, any",
        "PURGE, /any, purge any",
        "GET, /files/, files",
        "GET, /files/x/y, files",
        "GET, /files/deep/x, deep",
        "GET, /files/exact, exact",
    })
    void shouldChoose(String method, String target, String body) {
        String text = ask(method, target);
        assertTrue(text.startsWith("HTTP/1.1 200 OK\r\n"), text);
        assertEquals(body, text.substring(text.indexOf("\r\n\r\n") + 4));
    }

    @ParameterizedTest
    @CsvSource({"/b", "/a/", "/aa", "/A", "/files", "/%61"})
    void shouldFindNothingElsewhere(String target) {
        assertTrue(ask("GET", target).startsWith("HTTP/1.1 404 Not Found\r\n"));
    }

    @Test
    void shouldSayWhichMethodsAPathHas() {
        String refusal = ask("DELETE", "/a");
        assertTrue(refusal.startsWith("HTTP/1.1 405 Method Not Allowed\r\n"), refusal);
        assertTrue(refusal.contains("\r\nAllow: GET, HEAD, OPTIONS, POST\r\n"), refusal);
        String options = ask("OPTIONS", "/");
        assertTrue(options.startsWith("HTTP/1.1 204 No Content\r\n"), options);
        assertTrue(options.contains("\r\nAllow: GET, HEAD, OPTIONS\r\n"), options);
    }

    @Test
    void shouldAnswerHeadWhereThereIsGet() {
        assertTrue(ask("HEAD", "/a").endsWith("\r\nContent-Length: 5\r\n\r\n"));
    }

    @Test
    void shouldRefuseRoutesThatCannotBeMeant() {
        Router.Builder routes = Router.builder().on("GET", "/a", says("a"));
        assertThrows(IllegalArgumentException.class, () -> routes.on("GET", "/a", says("again")));
        assertThrows(IllegalArgumentException.class, () -> routes.on("GET", "a", says("a")));
        assertThrows(IllegalArgumentException.class, () -> routes.under("/a", says("a")));
    }

    @Test
    void shouldGiveErrorsAPageThatTheClientCanRead() {
        assertTrue(ask("GET", "/b").endsWith("\r\n\r\n404 Not Found\n"));
        String html = ask("GET", "/b", "Accept: text/html,*/*;q=0.8");
        assertTrue(html.contains("\r\nContent-Type: text/html; charset=utf-8\r\n"), html);
        assertTrue(html.contains("<h1>404 Not Found</h1>"), html);
    }

    @Test
    void shouldLeaveErrorsThatHaveABodyAlone() {
        Handler handler =
                says("gone").behind(next -> request -> next.handle(request).withStatus(410));
        String text =
                new RecordingConnection(new HttpProtocol(handler.behind(new ErrorPages())))
                        .send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                        .text();
        assertTrue(text.startsWith("HTTP/1.1 410 Gone\r\n") && text.endsWith("\r\n\r\ngone"), text);
    }

    @Test
    void shouldGiveAPageToWhatAHandlerThrows() {
        Handler broken =
                request -> {
                    throw new IllegalStateException("secret");
                };
        String text =
                new RecordingConnection(new HttpProtocol(broken.behind(new ErrorPages())))
                        .send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                        .text();
        assertTrue(text.endsWith("\r\n\r\n500 Internal Server Error\n"), text);
    }
}

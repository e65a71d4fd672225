// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;

/**
 * Middleware: gives errors without a body a page, in HTML if the client would take that, else in
 * text; and answers 500 where a handler throws. Stateless.
 */
public final class ErrorPages implements Middleware {
    private static final System.Logger LOG = System.getLogger(ErrorPages.class.getName());

    /** Nothing to choose. */
    public ErrorPages() {}

    @Override
    public Handler around(Handler next) {
        return request -> {
            Response response = handled(next, request);
            if (response.status() != 0 && response.status() < 400) {
                return response;
            }
            boolean html = takesHtml(request);
            return response.map(known -> page(known, html));
        };
    }

    private static Response handled(Handler next, Request request) {
        try {
            return next.handle(request);
        } catch (RuntimeException e) {
            report(e);
            return Response.status(500);
        }
    }

    /** What went wrong is for the operator; the client is only told that something did. */
    static void report(RuntimeException e) {
        LOG.log(Level.WARNING, "a handler failed; the client is answered 500", e);
    }

    private static boolean takesHtml(Request request) {
        String accept = request.header("Accept");
        return accept != null && accept.contains("text/html");
    }

    private static Response page(Response response, boolean html) {
        if (response.status() < 400 || response.contentLength() != 0) {
            return response;
        }
        String line = HttpStatus.line(response.status());
        return html
                ? response.withBody(
                        "text/html; charset=utf-8",
                        bytes(
                                """
                                <!doctype html>
                                <html lang="en">
                                <title>%1$s</title>
                                <h1>%1$s</h1>
                                </html>
                                """
                                        .formatted(line)))
                : response.withBody("text/plain; charset=utf-8", bytes(line + "\n"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

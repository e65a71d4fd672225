// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.nio.charset.StandardCharsets;

/**
 * Tells balancers whether to send more: 200 at a path, and 503 once the server is about to end.
 * From then on every answer, this one too, is the last of its connection, so that clients that stay
 * connected come again elsewhere before the server drains.
 *
 * <p>Safe for use by many threads.
 *
 * <pre>{@code
 * Health health = new Health("/health");
 * new HttpProtocol(application.behind(health), limits, clock, health);
 * }</pre>
 */
public final class Health implements Middleware {
    private final byte[] path;
    private final Response good = answer("serving\n");
    private final Response bad = answer("draining\n").withStatus(503);
    private volatile boolean leaving;

    /** Of a server that serves. */
    public Health(String path) {
        this.path = path.getBytes(StandardCharsets.US_ASCII);
    }

    private static Response answer(String text) {
        // Nobody between a balancer and here should know an answer by heart.
        return Response.text(text).withHeader("Cache-Control", "no-store");
    }

    /** The server is about to end. */
    public void leave() {
        leaving = true;
    }

    /** Whether it is about to. */
    boolean leaving() {
        return leaving;
    }

    @Override
    public Handler around(Handler next) {
        return request -> {
            boolean asked =
                    request.pathIs(path) && (request.is(Methods.GET) || request.is(Methods.HEAD));
            if (!asked) {
                return next.handle(request);
            }
            return leaving ? bad : good;
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.protocol.WholeMessages;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 with an application behind it.
 *
 * <p>Immutable but for the text of the date, and safe for use by many loops. What parsing needs is
 * kept once a thread, not once a connection, so a connection that waits for its next request costs
 * little more than its socket.
 *
 * <pre>{@code
 * Server.builder(new HttpProtocol(request -> Response.text("hello"))).listen(address).start();
 * }</pre>
 */
public final class HttpProtocol implements Protocol, WholeMessages {
    private final Handler handler;
    private final HttpLimits limits;
    private final @Nullable Health health;
    private final DateCache dates;
    private final ThreadLocal<Scratch> scratch;

    /** What one thread parses with; nothing in it outlives a call of a session. */
    record Scratch(RequestHead head, Request request) {
        static Scratch make(HttpLimits limits) {
            RequestHead head = new RequestHead(limits.fieldCount());
            return new Scratch(head, new Request(head));
        }
    }

    /** An application with the usual limits and the system's clock. */
    public HttpProtocol(Handler handler) {
        this(handler, HttpLimits.DEFAULT, InstantSource.system());
    }

    /**
     * An application.
     *
     * @param clock where the {@code Date} field comes from
     */
    public HttpProtocol(Handler handler, HttpLimits limits, InstantSource clock) {
        this(handler, limits, clock, null);
    }

    /**
     * An application of a server that says when it is about to end.
     *
     * @param health says when each answer is to be the last of its connection; null for never
     */
    public HttpProtocol(
            Handler handler, HttpLimits limits, InstantSource clock, @Nullable Health health) {
        this.handler = handler;
        this.limits = limits;
        this.health = health;
        this.dates = new DateCache(clock);
        this.scratch = ThreadLocal.withInitial(() -> Scratch.make(limits));
    }

    @Override
    public Session open(Connection connection) {
        return new HttpSession(this, connection);
    }

    @Override
    public boolean needsStream() {
        return true;
    }

    @Override
    public WholeMessages.Judge judge() {
        return new MessageJudge(this);
    }

    Handler handler() {
        return handler;
    }

    HttpLimits limits() {
        return limits;
    }

    /** Whether each answer is to be the last of its connection. */
    boolean leaving() {
        return health != null && health.leaving();
    }

    DateCache dates() {
        return dates;
    }

    Scratch scratch() {
        return scratch.get();
    }
}

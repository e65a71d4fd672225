// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A request that another thread answers. What the client sends meanwhile stays in the kernel. */
final class WaitPhase implements Phase {
    private final Exchange exchange;
    private final HttpSession session;
    private final UnaryOperator<Response> then;
    private final Deferred deferred;
    private boolean over;

    WaitPhase(
            Exchange exchange,
            HttpSession session,
            Connection connection,
            UnaryOperator<Response> then) {
        this.exchange = exchange;
        this.session = session;
        this.then = then;
        this.deferred = new Deferred(connection, this::answered);
    }

    void start(Consumer<Deferred> start) {
        session.enter(this);
        try {
            start.accept(deferred);
        } catch (RejectedExecutionException e) {
            // Too much to do is said to the client, not to the log: it would have as much to do.
            give(503);
        } catch (RuntimeException e) {
            ErrorPages.report(e);
            give(500);
        }
    }

    /** Called on the loop's thread, perhaps long after the phase has ended. */
    private void answered(Response response) {
        if (over) {
            response.release();
            return;
        }
        over = true;
        session.leave();
        exchange.answer(Exchange.guarded(() -> response.map(then)));
        session.settle();
    }

    private void give(int status) {
        closed();
        session.leave();
        exchange.answer(Exchange.guarded(() -> Response.error(status).map(then)));
    }

    @Override
    public boolean takesInput() {
        return false;
    }

    @Override
    public long timeoutNs() {
        return session.limits().responseTimeout().toNanos();
    }

    @Override
    public boolean received(Buffer in) {
        return false;
    }

    @Override
    public void expired() {
        give(503);
    }

    @Override
    public void closed() {
        over = true;
        deferred.cancel();
    }
}

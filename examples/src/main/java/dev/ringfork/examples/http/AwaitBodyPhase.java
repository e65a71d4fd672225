// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;
import java.util.function.UnaryOperator;

/**
 * A body that will be answered while it arrives, before its first byte of content is here.
 *
 * <p>The head of the answer waits for it: what is wrong with the first chunk, or with a client that
 * sends none, can still be answered with a status of its own.
 */
final class AwaitBodyPhase extends BodyPhase {
    private final RequestBody body;
    private final ReadyResponse response;

    AwaitBodyPhase(
            Exchange exchange, HttpSession session, RequestBody body, ReadyResponse response) {
        super(exchange, session);
        this.body = body;
        this.response = response;
    }

    @Override
    public boolean received(Buffer in) {
        int available = body.available(in);
        if (available == RequestBody.NOTHING_YET) {
            return false;
        }
        if (available < 0 && available != RequestBody.END) {
            refuse(-available);
            return false;
        }
        session.leave();
        exchange.sendHead(response);
        return true;
    }

    private void refuse(int status) {
        response.content().release();
        session.leave();
        exchange.refuse(status, UnaryOperator.identity());
    }

    @Override
    public void expired() {
        refuse(408);
    }

    @Override
    public void truncated() {
        refuse(400);
    }

    @Override
    public void closed() {
        response.content().release();
    }
}

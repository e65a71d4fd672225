// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;

/** A body that nobody wanted, thrown away so that the next request can be found behind it. */
final class DiscardPhase extends BodyPhase {
    /** What may be thrown away: reading more costs more than a new connection. */
    static final int MOST_BYTES = 64 * 1024;

    private final RequestBody body;

    DiscardPhase(Exchange exchange, HttpSession session, RequestBody body) {
        super(exchange, session);
        this.body = body;
    }

    @Override
    public boolean received(Buffer in) {
        int count = body.available(in);
        if (count == RequestBody.END) {
            exchange.bodyTaken();
            exchange.finish();
            return true;
        }
        if (count == RequestBody.NOTHING_YET) {
            return false;
        }
        // The request has been answered: there is nothing left to say about its body.
        if (count < 0 || body.taken() + count > MOST_BYTES) {
            session.close();
            return false;
        }
        body.take(in, count);
        return true;
    }

    @Override
    public void expired() {
        session.close();
    }

    @Override
    public void truncated() {
        session.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way in that is answered while it arrives. The head of the answer is out, so
 * whatever goes wrong can only be said by cutting the connection.
 */
final class PipePhase extends BodyPhase {
    private final @Nullable RequestBody body;
    private final BodySink sink;
    private final BodyWriter out;

    PipePhase(
            Exchange exchange,
            HttpSession session,
            @Nullable RequestBody body,
            BodySink sink,
            BodyWriter out) {
        super(exchange, session);
        this.body = body;
        this.sink = sink;
        this.out = out;
    }

    void start() {
        session.enter(this);
        if (body == null) {
            end();
        }
    }

    @Override
    public boolean received(Buffer in) {
        if (body == null) {
            return false;
        }
        int count = body.available(in);
        if (count == RequestBody.END) {
            end();
            return true;
        }
        if (count < 0) {
            session.abort();
            return false;
        }
        if (count == RequestBody.NOTHING_YET) {
            return false;
        }
        sink.received(in.segment(), in.start(), count, out);
        body.take(in, count);
        if (out.failed()) {
            session.abort();
            return false;
        }
        return true;
    }

    private void end() {
        sink.end(out);
        if (!out.finish()) {
            session.abort();
            return;
        }
        session.leave();
        sink.close();
        exchange.bodyTaken();
        exchange.finish();
    }

    @Override
    public void expired() {
        session.abort();
    }

    @Override
    public void truncated() {
        session.abort();
    }

    @Override
    public void closed() {
        sink.close();
    }
}

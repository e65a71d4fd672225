// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;

/**
 * A body on its way out, as fast as the client takes it. How long the client may take is the
 * connection's to watch.
 */
final class SendPhase implements Phase {
    private final Exchange exchange;
    private final HttpSession session;
    private final BodySource source;
    private final BodyWriter out;

    SendPhase(Exchange exchange, HttpSession session, BodySource source, BodyWriter out) {
        this.exchange = exchange;
        this.session = session;
        this.source = source;
        this.out = out;
    }

    @Override
    public boolean takesInput() {
        return false;
    }

    @Override
    public long timeoutNs() {
        return 0;
    }

    @Override
    public boolean received(Buffer in) {
        return false;
    }

    @Override
    public void writable() {
        boolean more = true;
        while (more && out.ready()) {
            long before = out.written();
            more = source.write(out);
            if (more && out.written() == before) {
                throw new IllegalStateException(source + " has more to write, but writes nothing");
            }
        }
        if (out.failed()) {
            session.abort();
        } else if (!more) {
            end();
        }
    }

    private void end() {
        if (!out.finish()) {
            session.abort();
        } else {
            session.leave();
            source.close();
            exchange.finish();
        }
    }

    @Override
    public void expired() {}

    @Override
    public void closed() {
        source.close();
    }
}

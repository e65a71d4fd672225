// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Session;
import org.jspecify.annotations.Nullable;

/**
 * The session of a connection that begins with a header, and from then on the session inside.
 *
 * <p>Confined to the loop's thread.
 */
final class ProxiedSession implements Session {
    /** A drain does not wait for a header that is stuck. */
    private static final long DRAIN_GRACE_NS = 2_000_000_000L;

    private final ProxiedProtocol protocol;
    private final Connection outer;
    private @Nullable ProxiedConnection connection;
    private @Nullable Session inner;
    private boolean begun;
    private boolean draining;

    ProxiedSession(ProxiedProtocol protocol, Connection outer) {
        this.protocol = protocol;
        this.outer = outer;
        outer.expireAfter(protocol.headerTimeoutNs);
    }

    @Override
    public void received(Buffer in) {
        if (inner != null) {
            inner.received(in);
            return;
        }
        begun = true;
        int most = Math.min(ProxiedProtocol.HEADER_BYTES_MAX, in.capacity());
        ProxyHeader header = ProxyHeader.read(in.segment(), in.start(), in.end(), most);
        if (header.malformed()) {
            reject();
        } else if (header.complete()) {
            in.consume(header.bytes());
            begin(header, in);
        }
    }

    private void begin(ProxyHeader header, Buffer in) {
        protocol.accepted.increment();
        outer.expireAfter(0);
        ProxiedConnection opened = new ProxiedConnection(outer, header);
        Session session = protocol.inner.open(opened);
        connection = opened;
        inner = session;
        if (in.length() > 0 && opened.reading()) {
            session.received(in);
        }
        if (draining && !opened.closing()) {
            session.draining(opened);
        }
    }

    private void reject() {
        protocol.malformed.increment();
        outer.abort();
    }

    @Override
    public void endOfInput(Connection same) {
        if (inner != null && connection != null) {
            inner.endOfInput(connection);
        } else if (begun) {
            reject();
        } else {
            // Who only looks whether the port is open has nothing to say.
            outer.close();
        }
    }

    @Override
    public void writable(Connection same) {
        if (inner != null && connection != null) {
            inner.writable(connection);
        }
    }

    @Override
    public void expired(Connection same) {
        if (inner != null && connection != null) {
            inner.expired(connection);
        } else {
            protocol.late.increment();
            outer.abort();
        }
    }

    @Override
    public void draining(Connection same) {
        if (inner != null && connection != null) {
            inner.draining(connection);
        } else {
            draining = true;
            outer.expireAfter(Math.min(DRAIN_GRACE_NS, protocol.headerTimeoutNs));
        }
    }

    @Override
    public void closed(Connection same, int errno) {
        if (inner != null && connection != null) {
            inner.closed(connection, errno);
        }
    }
}

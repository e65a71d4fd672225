// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.ForwardingConnection;

/** A connection with the addresses that its header names; what it opens sends no header. */
final class ProxiedConnection extends ForwardingConnection {
    private final ProxyHeader header;
    private boolean paused;

    ProxiedConnection(Connection outer, ProxyHeader header) {
        super(outer);
        this.header = header;
    }

    /** Whether the session that was just opened wants to be shown what came with the header. */
    boolean reading() {
        return !paused && !closing() && !congested();
    }

    @Override
    public Address remoteAddress() {
        Address source = header.source();
        return source == null ? super.remoteAddress() : source;
    }

    @Override
    public Address localAddress() {
        Address destination = header.destination();
        return destination == null ? super.localAddress() : destination;
    }

    @Override
    public void pause() {
        paused = true;
        super.pause();
    }

    @Override
    public void resume() {
        paused = false;
        super.resume();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Session;

/** Reads nothing until its time is over. */
final class PausedSession implements Session {
    private final Connection connection;
    private boolean resumed;

    PausedSession(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void received(Buffer in) {
        if (!resumed) {
            throw new IllegalStateException("called though it had paused");
        }
        connection.write(in);
    }

    @Override
    public void expired(Connection same) {
        resumed = true;
        same.write(Headers.text("resumed\n"));
        same.resume();
    }
}

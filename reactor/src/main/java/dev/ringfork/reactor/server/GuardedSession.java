// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.offload.SentListener;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import org.jspecify.annotations.Nullable;

/**
 * A session whose exceptions end its own connection and no other.
 *
 * <p>Confined to the loop's thread.
 */
final class GuardedSession {
    private final StreamConnection connection;
    private @Nullable Session session;

    GuardedSession(StreamConnection connection) {
        this.connection = connection;
    }

    void open(Protocol protocol) {
        try {
            session = protocol.open(connection);
        } catch (RuntimeException | Error e) {
            connection.broke(e);
        }
    }

    void connected() {
        try {
            session().connected(connection);
        } catch (RuntimeException | Error e) {
            connection.broke(e);
        }
    }

    void received(Buffer in) {
        try {
            session().received(in);
        } catch (RuntimeException | Error e) {
            connection.broke(e);
        }
    }

    void endOfInput() {
        try {
            session().endOfInput(connection);
        } catch (RuntimeException | Error e) {
            connection.broke(e);
        }
    }

    /** Something was sent: told to those who count along on another thread. */
    void sent() {
        if (session instanceof SentListener listener) {
            listener.sent();
        }
    }

    void writable() {
        try {
            session().writable(connection);
        } catch (RuntimeException | Error e) {
            connection.broke(e);
        }
    }

    void expired() {
        try {
            session().expired(connection);
        } catch (RuntimeException | Error e) {
            connection.broke(e);
        }
    }

    void draining() {
        try {
            session().draining(connection);
        } catch (RuntimeException | Error e) {
            connection.broke(e);
        }
    }

    /** The last call; a session that could not be opened is not told. */
    void closed(int errno) {
        try {
            if (session != null) {
                session.closed(connection, errno);
            }
        } catch (RuntimeException | Error e) {
            connection.broke(e);
        }
    }

    @SuppressWarnings("NullAway") // A connection whose session could not be opened is closed.
    private Session session() {
        return session;
    }
}

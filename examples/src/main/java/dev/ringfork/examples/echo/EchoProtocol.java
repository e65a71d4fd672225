// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.echo;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import java.time.Duration;

/**
 * RFC 862: sends back what it receives, until the client closes its direction or says nothing for
 * too long. Immutable.
 */
public final class EchoProtocol implements Protocol {
    private final long idleTimeoutNs;

    /**
     * Repeats whatever comes.
     *
     * @param idleTimeout after this time without a byte the connection is closed; zero: never
     */
    public EchoProtocol(Duration idleTimeout) {
        this.idleTimeoutNs = idleTimeout.toNanos();
    }

    @Override
    public Session open(Connection connection) {
        connection.expireAfter(idleTimeoutNs);
        return new Echo(connection);
    }

    private final class Echo implements Session {
        private final Connection connection;

        Echo(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void received(Buffer in) {
            connection.write(in);
            connection.expireAfter(idleTimeoutNs);
        }
    }
}

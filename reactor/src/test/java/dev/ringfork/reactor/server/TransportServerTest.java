// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract over other transports than TCP on IPv4. */
@ParameterizedClass
@CsvSource({"EPOLL_LEVEL, TCP6", "EPOLL_LEVEL, UNIX", "EPOLL_EDGE, UNIX", "POLL, UNIX"})
final class TransportServerTest extends ServerContract {
    private final EngineUnderTest engine;
    private final TransportUnderTest transport;

    TransportServerTest(EngineUnderTest engine, TransportUnderTest transport) {
        this.engine = engine;
        this.transport = transport;
    }

    @Override
    EngineUnderTest engine() {
        return engine;
    }

    @Override
    TransportUnderTest transport() {
        return transport;
    }
}

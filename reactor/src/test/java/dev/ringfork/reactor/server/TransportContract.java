// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The contract over another transport than TCP on IPv4. One class for each, because tests run a
 * class at a time and all of them in one would be waited for in the end.
 */
abstract class TransportContract extends ServerContract {
    private final LoopsUnderTest loops;
    private final EngineUnderTest engine;
    private final TransportUnderTest transport;

    TransportContract(LoopsUnderTest loops, EngineUnderTest engine, TransportUnderTest transport) {
        this.loops = loops;
        this.engine = engine;
        this.transport = transport;
    }

    /** Every architecture that listens there, on its usual engine. */
    static Stream<Arguments> architectures(TransportUnderTest transport) {
        return Arrays.stream(LoopsUnderTest.values())
                .filter(loops -> loops.listensOn(transport))
                .map(loops -> Arguments.of(loops, loops.usualEngine()));
    }

    /** The reactor on further engines, which may see a transport in a way of their own. */
    static Stream<Arguments> engines() {
        return Stream.of(
                        EngineUnderTest.EPOLL_EDGE,
                        EngineUnderTest.EPOLL_ONESHOT,
                        EngineUnderTest.POLL,
                        EngineUnderTest.IO_URING)
                .map(engine -> Arguments.of(LoopsUnderTest.ONE, engine));
    }

    @Override
    LoopsUnderTest loops() {
        return loops;
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

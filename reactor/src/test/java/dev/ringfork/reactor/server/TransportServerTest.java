// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract over other transports than TCP on IPv4: every architecture on its usual engine, and
 * the reactor on further ones where an engine may see a transport in a way of its own.
 */
@ParameterizedClass
@MethodSource("combinations")
final class TransportServerTest extends ServerContract {
    private final LoopsUnderTest loops;
    private final EngineUnderTest engine;
    private final TransportUnderTest transport;

    TransportServerTest(
            LoopsUnderTest loops, EngineUnderTest engine, TransportUnderTest transport) {
        this.loops = loops;
        this.engine = engine;
        this.transport = transport;
    }

    static Stream<Arguments> combinations() {
        Stream<Arguments> architectures =
                Arrays.stream(LoopsUnderTest.values())
                        .flatMap(loops ->
                                Stream.of(
                                                TransportUnderTest.TCP6,
                                                TransportUnderTest.UNIX,
                                                TransportUnderTest.TLS)
                                        .filter(loops::listensOn)
                                        .map(over ->
                                                Arguments.of(loops, loops.usualEngine(), over)));
        Stream<Arguments> engines =
                Stream.of(
                                EngineUnderTest.EPOLL_EDGE,
                                EngineUnderTest.EPOLL_ONESHOT,
                                EngineUnderTest.POLL,
                                EngineUnderTest.IO_URING)
                        .flatMap(engine ->
                                Stream.of(TransportUnderTest.UNIX, TransportUnderTest.TLS)
                                        .map(over ->
                                                Arguments.of(LoopsUnderTest.ONE, engine, over)));
        return Stream.concat(architectures, engines);
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

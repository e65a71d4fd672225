// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract over TCP on IPv6. */
@ParameterizedClass
@MethodSource("combinations")
final class Tcp6ServerTest extends TransportContract {
    Tcp6ServerTest(LoopsUnderTest loops, EngineUnderTest engine) {
        super(loops, engine, TransportUnderTest.TCP6);
    }

    static Stream<Arguments> combinations() {
        return architectures(TransportUnderTest.TCP6);
    }
}

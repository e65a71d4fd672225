// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract over Unix sockets. */
@ParameterizedClass
@MethodSource("combinations")
final class UnixServerTest extends TransportContract {
    UnixServerTest(LoopsUnderTest loops, EngineUnderTest engine) {
        super(loops, engine, TransportUnderTest.UNIX);
    }

    static Stream<Arguments> combinations() {
        return Stream.concat(architectures(TransportUnderTest.UNIX), engines());
    }
}

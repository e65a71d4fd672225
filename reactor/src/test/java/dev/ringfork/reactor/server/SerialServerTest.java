// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"POLL", "IO_URING"})
final class SerialServerTest extends ServerContract {
    private final EngineUnderTest engine;

    SerialServerTest(EngineUnderTest engine) {
        this.engine = engine;
    }

    @Override
    LoopsUnderTest loops() {
        return LoopsUnderTest.SERIAL;
    }

    @Override
    EngineUnderTest engine() {
        return engine;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class SerialServerTest extends ServerContract {

    @Override
    LoopsUnderTest loops() {
        return LoopsUnderTest.SERIAL;
    }

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.POLL;
    }
}

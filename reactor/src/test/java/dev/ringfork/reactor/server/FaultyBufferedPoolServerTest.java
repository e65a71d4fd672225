// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class FaultyBufferedPoolServerTest extends FaultyServerContract {

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.POLL;
    }

    @Override
    LoopsUnderTest loops() {
        return LoopsUnderTest.BUFFERED;
    }
}

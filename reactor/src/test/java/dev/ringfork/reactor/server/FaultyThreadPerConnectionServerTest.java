// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class FaultyThreadPerConnectionServerTest extends FaultyServerContract {

    @Override
    LoopsUnderTest loops() {
        return LoopsUnderTest.THREADS;
    }

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.POLL;
    }
}

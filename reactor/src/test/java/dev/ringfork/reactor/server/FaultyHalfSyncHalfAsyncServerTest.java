// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class FaultyHalfSyncHalfAsyncServerTest extends FaultyServerContract {

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.EPOLL_EDGE;
    }

    @Override
    LoopsUnderTest loops() {
        return LoopsUnderTest.SYNC;
    }
}

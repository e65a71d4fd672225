// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class FaultyVirtualThreadsServerTest extends FaultyServerContract {

    @Override
    LoopsUnderTest loops() {
        return LoopsUnderTest.VIRTUAL;
    }

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.EPOLL_EDGE;
    }
}

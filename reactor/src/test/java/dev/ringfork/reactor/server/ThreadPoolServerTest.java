// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class ThreadPoolServerTest extends ServerContract {

    @Override
    LoopsUnderTest loops() {
        return LoopsUnderTest.THREAD_POOL;
    }

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.POLL;
    }
}

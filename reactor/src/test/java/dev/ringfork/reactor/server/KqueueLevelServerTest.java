// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class KqueueLevelServerTest extends ServerContract {

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.KQUEUE_LEVEL;
    }
}

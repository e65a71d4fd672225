// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class IoUringServerTest extends ServerContract {

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.IO_URING;
    }
}

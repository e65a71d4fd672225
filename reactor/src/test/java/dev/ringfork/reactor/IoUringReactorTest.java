// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class IoUringReactorTest extends ReactorContract {

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.IO_URING;
    }
}

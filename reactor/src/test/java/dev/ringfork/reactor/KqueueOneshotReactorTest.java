// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class KqueueOneshotReactorTest extends ReactorContract {

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.KQUEUE_ONESHOT;
    }
}

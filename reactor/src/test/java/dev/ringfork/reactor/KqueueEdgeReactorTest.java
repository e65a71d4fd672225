// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class KqueueEdgeReactorTest extends ReactorContract {

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.KQUEUE_EDGE;
    }
}

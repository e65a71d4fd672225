// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.reactor.testing.EngineUnderTest;

final class SelectReactorTest extends ReactorContract {

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.SELECT;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"POLL", "EPOLL_EDGE", "EPOLL_ONESHOT"})
final class LeaderFollowersServerTest extends ServerContract {
    private final EngineUnderTest engine;

    LeaderFollowersServerTest(EngineUnderTest engine) {
        this.engine = engine;
    }

    @Override
    EngineUnderTest engine() {
        return engine;
    }

    @Override
    LoopsUnderTest loops() {
        return LoopsUnderTest.FOLLOWERS;
    }
}

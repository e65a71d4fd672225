// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

@ParameterizedClass
@CsvSource({
    "EPOLL_LEVEL, SHARED",
    "EPOLL_LEVEL, REUSEPORT",
    "EPOLL_LEVEL, ACCEPTOR",
    "EPOLL_EDGE, SHARED",
    "EPOLL_EDGE, REUSEPORT",
    "EPOLL_EDGE, ACCEPTOR",
    "POLL, SHARED",
    "POLL, REUSEPORT",
    "POLL, ACCEPTOR",
    "IO_URING, SHARED",
    "IO_URING, REUSEPORT",
    "IO_URING, ACCEPTOR"
})
final class MultiReactorServerTest extends LoopsServerContract {
    MultiReactorServerTest(EngineUnderTest engine, LoopsUnderTest loops) {
        super(engine, loops);
    }
}

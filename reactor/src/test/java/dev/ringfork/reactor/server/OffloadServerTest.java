// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

@ParameterizedClass
@CsvSource({
    "EPOLL_LEVEL, PROACTOR",
    "EPOLL_LEVEL, SYNC",
    "EPOLL_LEVEL, BUFFERED",
    "EPOLL_EDGE, PROACTOR",
    "EPOLL_EDGE, SYNC",
    "EPOLL_EDGE, BUFFERED",
    "POLL, PROACTOR",
    "POLL, SYNC",
    "POLL, BUFFERED",
    "IO_URING, PROACTOR",
    "IO_URING, SYNC",
    "IO_URING, BUFFERED"
})
final class OffloadServerTest extends LoopsServerContract {
    OffloadServerTest(EngineUnderTest engine, LoopsUnderTest loops) {
        super(engine, loops);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.PollDemultiplexer;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeakedDescriptors.class)
final class TurnsTest {

    @Test
    void shouldAskForAnotherTurnWhenWokenInOne() {
        Syscalls syscalls = Syscalls.get();
        AtomicInteger wakeups = new AtomicInteger();
        try (SharedDemultiplexer shared =
                        new SharedDemultiplexer(syscalls, new PollDemultiplexer(syscalls));
                TurnPort port = new TurnPort(shared, wakeups::getAndIncrement);
                Reactor reactor = new Reactor(syscalls, port, Long.MAX_VALUE, report -> {})) {
            reactor.beforePoll(reactor::wakeup);
            reactor.wakeup();
            assertEquals(1, wakeups.get());

            reactor.runOnce(-1);

            assertEquals(2, wakeups.get());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import org.junit.jupiter.api.Test;

final class DemultiplexersTest {
    private final Calls calls = new Calls(Syscalls.get());

    @Test
    void shouldOpenTheBestThatIsThere() {
        String expected =
                Demultiplexers.find(Syscalls.get()).noEpoll() == null ? "epoll" : "kqueue";

        try (Demultiplexer best = Demultiplexers.best(Syscalls.get(), Trigger.EDGE)) {
            assertEquals(expected, best.name());
            assertEquals(Trigger.EDGE, best.trigger());
        }
    }

    @Test
    void shouldOpenKqueueWhereThereIsNoEpoll() {
        Syscalls mac = EngineUnderTest.KQUEUE_ONESHOT.over(Syscalls.get());

        try (Demultiplexer best = Demultiplexers.best(mac, Trigger.ONESHOT)) {
            assertEquals("kqueue", best.name());
        }
    }

    @Test
    void shouldFallBackToPoll() {
        calls.miss("epoll_create1", "it is no Linux");
        calls.miss("kqueue", "it is no Mac");

        try (Demultiplexer best = Demultiplexers.best(calls.syscalls(), Trigger.LEVEL)) {
            assertEquals("poll", best.name());
        }
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Demultiplexers.best(calls.syscalls(), Trigger.EDGE));
        assertEquals(
                "poll reports levels only; no epoll: it is no Linux; no kqueue: it is no Mac",
                e.getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a server does that is one of several processes: it inherits listeners, and adopts. */
interface SharingContract extends Rigged {

    private Server startOn(BoundElsewhere bound) {
        assumeTrue(rig().loops != LoopsUnderTest.REUSEPORT, "one listener cannot be several");
        return rig().startWith(
                        builder -> builder.listen(bound.copy()), Rig.ECHO, settings -> settings);
    }

    private Server startNowhere() {
        return rig().startWith(ServerBuilder::listenNowhere, Rig.ECHO, settings -> settings);
    }

    private Client connectThrough(BoundElsewhere bound, Server server) throws IOException {
        Thread passing = bound.passNextTo(server);
        Client client = rig().connect(bound.address());
        Waiting.of(passing);
        return client;
    }

    @Test
    default void shouldServeFromAListenerThatItInherits() {
        try (BoundElsewhere bound = new BoundElsewhere(Rig.LOOPBACK)) {
            Server server = startOn(bound);
            assertEquals(List.of(bound.address()), server.addresses());

            rig().connect().ping();

            assertEquals(1, server.statistics().accepts());
            assertTrue(server.statistics().wakeups() > 0);
        }
    }

    @Test
    default void shouldLeaveAnInheritedListenerToTheOthersWhenItEnds() throws IOException {
        try (BoundElsewhere bound = new BoundElsewhere(Rig.LOOPBACK)) {
            startOn(bound).stop();

            try (Client _ = Client.connect(bound.address())) {
                Syscalls.get().descriptors().close(bound.accept());
            }
        }
    }

    @Test
    default void shouldRunATaskOnEachLoopThatTurns() {
        Server server = rig().start(Rig.ECHO);
        AtomicInteger turned = new AtomicInteger();

        int loops = server.onEachLoop(turned::incrementAndGet);

        assertTrue(loops > 0);
        Waiting.until(() -> turned.get() == loops, "all loops");
        server.stop();
        assertEquals(0, server.onEachLoop(turned::incrementAndGet));
    }

    @Test
    default void shouldServeAConnectionThatItAdopts() throws IOException {
        try (BoundElsewhere bound = new BoundElsewhere(Rig.LOOPBACK)) {
            Server server = startNowhere();

            connectThrough(bound, server).ping();

            assertEquals(1, server.statistics().accepted());
            assertEquals(0, server.statistics().accepts());
            rig().closeClients();
            rig().awaitOpen(0);
        }
    }

    @Test
    default void shouldShedWhatItAdoptsBeyondItsLimit() throws IOException {
        try (BoundElsewhere bound = new BoundElsewhere(Rig.LOOPBACK)) {
            Server server =
                    rig().startWith(
                                    ServerBuilder::listenNowhere,
                                    Rig.ECHO,
                                    settings -> settings.maxConnections(1));
            Client first = connectThrough(bound, server);
            first.ping();
            Thread passing = bound.passNextTo(server);

            // Without TLS, whatever the others do: it gets no answer anyhow.
            try (Client second = Client.connect(bound.address())) {
                second.expectClosed();
            }

            Waiting.of(passing);
            Waiting.until(() -> server.statistics().shed() == 1, "the shed connection");
            first.ping();
        }
    }

    @Test
    default void shouldTellEachTimeWhenTheLastConnectionHasClosed() throws IOException {
        AtomicInteger told = new AtomicInteger();
        try (BoundElsewhere bound = new BoundElsewhere(Rig.LOOPBACK)) {
            Server server =
                    rig().startWith(
                                    builder ->
                                            builder.listenNowhere()
                                                    .whenVacant(told::incrementAndGet),
                                    Rig.ECHO,
                                    settings -> settings);
            for (int times = 1; times <= 2; times++) {
                int expected = times;
                try (Client client = connectThrough(bound, server)) {
                    client.ping();
                    assertEquals(expected - 1, told.get());
                }
                Waiting.until(() -> told.get() == expected, "the end of the last connection");
            }
        }
    }

    @Test
    default void shouldAdoptNothingOnceItHasEnded() throws Exception {
        try (BoundElsewhere bound = new BoundElsewhere(Rig.LOOPBACK)) {
            Server server = startNowhere();
            server.drain(Duration.ofSeconds(10));
            server.awaitStop();
            try (Client _ = Client.connect(bound.address())) {
                int fd = bound.accept();

                assertFalse(server.adopt(fd));

                assertEquals(0, Syscalls.get().descriptors().close(fd));
            }
        }
    }
}

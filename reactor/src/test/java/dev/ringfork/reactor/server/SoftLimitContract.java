// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.testing.Waiting;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a server does with idle connections when it has more than it wants. */
interface SoftLimitContract {
    Duration IDLE = Duration.ofMillis(40);

    Rig rig();

    /** One that has let a client go over TLS waits for it to close, and the clients here do not. */
    private static UnaryOperator<ServerSettings.Builder> wanting(int connections) {
        return settings -> settings.softConnections(connections).softIdle(IDLE).lingerIdle(IDLE);
    }

    @Test
    default void shouldLetTheLongestIdleGoAboveItsSoftLimit() {
        Server server = rig().start(Rig.ECHO, wanting(2));
        Client first = rig().connect();
        first.ping();
        Client second = rig().connect();
        second.ping();
        Client third = rig().connect();
        third.ping();

        Waiting.until(
                () -> {
                    if (rig().loops.ordersIdle()) {
                        // A server on a busy machine may note late when bytes moved.
                        second.ping();
                        third.ping();
                    }
                    return server.statistics().dismissed() == 1;
                },
                "one to go");

        rig().awaitOpen(2);
        if (rig().loops.ordersIdle()) {
            first.expectEnd();
        }
        assertEquals(1, server.statistics().dismissed());
        assertEquals(0, server.statistics().shed());
    }

    @Test
    default void shouldLetIdleConnectionsGoUntilThereAreAsManyAsWanted() {
        Server server = rig().start(Rig.ECHO, wanting(1));
        for (int i = 0; i < 6; i++) {
            rig().connect().ping();
        }

        rig().awaitOpen(1);

        assertEquals(5, server.statistics().dismissed());
    }

    @Test
    default void shouldKeepWhoHasBytesToComeAboveItsSoftLimit() {
        byte[] bulk = Rig.bulk(8_000_000);
        Protocol protocol =
                connection ->
                        in -> {
                            boolean wanted = in.get(in.start()) == 'b';
                            if (wanted) {
                                in.consume(in.length());
                                connection.write(bulk);
                            } else {
                                connection.write(in);
                            }
                        };
        Server server = rig().start(protocol, wanting(1));
        Client slow = rig().connect(2048);
        slow.send("b".getBytes(US_ASCII));
        Waiting.until(() -> server.statistics().bytesOut() > 0, "the first of the bytes");

        rig().assumeThatManyAreServed();
        rig().expectShed();

        assertEquals(1, server.statistics().dismissed());
        assertArrayEquals(bulk, slow.readBytes(bulk.length));
    }

    @Test
    default void shouldTellASessionOnceThatItIsToGo() {
        AtomicInteger told = new AtomicInteger();
        Server server = rig().start(_ -> new Unmoved(told), wanting(1));
        rig().connect().send("here");
        rig().connect().send("here");
        Waiting.until(() -> server.statistics().dismissed() == 1, "the one that is to go");

        server.drain(Waiting.DEADLINE);

        Waiting.until(() -> told.get() >= 2, "both to be told");
        server.stop();
        assertEquals(2, told.get());
    }

    /** A session that has something to do still whenever it is told to go. */
    record Unmoved(AtomicInteger told) implements Session {
        @Override
        public void received(Buffer in) {
            in.consume(in.length());
        }

        @Override
        public void draining(Connection connection) {
            told.getAndIncrement();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.EPROTO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.reactor.protocol.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a session or a task that throws ends, and what it does not. */
interface ThrowingContract extends Rigged {

    /** The calls of a session that may throw. */
    enum Call {
        OPEN,
        RECEIVED,
        END,
        WRITABLE,
        EXPIRED,
        CLOSED
    }

    @ParameterizedTest
    @EnumSource
    default void shouldEndOnlyTheConnectionWhoseSessionThrows(Call call) {
        rig().assumeThatManyAreServed();
        Probe probe = throwing(call);
        AtomicInteger connections = new AtomicInteger();
        rig().start(connection ->
                connections.getAndIncrement() == 1 ? probe.open(connection) : connection::write);
        Client bystander = rig().connect();
        bystander.ping();

        provoke(rig().connect(), probe, call);

        rig().awaitReport("of the session");
        rig().awaitOpen(1);
        if (call != Call.OPEN) {
            assertEquals(call == Call.CLOSED ? 0 : EPROTO, probe.awaitClosed());
            assertEquals(1, probe.closings.get());
        }
        bystander.ping();
        rig().connect().ping();
    }

    private static Probe throwing(Call call) {
        Consumer<Connection> thrower =
                connection -> {
                    throw new IllegalStateException("of the session");
                };
        Probe probe = new Probe();
        switch (call) {
            case OPEN -> probe.onOpen(thrower);
            case RECEIVED -> probe.onReceived((connection, in) -> thrower.accept(connection));
            case END -> probe.onEnd(thrower);
            case WRITABLE -> probe.onWritable(thrower);
            case EXPIRED -> probe.onExpired(thrower);
            case CLOSED -> probe.onClosed(thrower);
        }
        return probe;
    }

    private static void provoke(Client client, Probe probe, Call call) {
        switch (call) {
            case OPEN -> client.expectClosed();
            case RECEIVED -> client.send("x").expectClosed();
            case END -> client.shutdownOutput();
            case WRITABLE -> {
                byte[] much = new byte[8_000_000];
                probe.run(connection -> {
                    connection.write(much);
                    assertTrue(connection.congested());
                });
                client.drain();
            }
            case EXPIRED -> probe.run(connection -> connection.expireAfter(1));
            case CLOSED -> probe.run(Connection::abort);
        }
    }

    @Test
    default void shouldEndOnlyTheConnectionWhoseSessionIsOutOfMemory() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            throw new OutOfMemoryError("pretended failure");
                        });
        rig().start(probe);

        rig().connect().send("x").expectClosed();

        assertEquals(EPROTO, probe.awaitClosed());
        rig().awaitReport("pretended failure");
    }

    @Test
    default void shouldGoOnAfterATaskThatThrows() {
        Probe probe = new Probe().onReceived((connection, in) -> connection.write(in));
        rig().start(probe);
        Client client = rig().connect();

        probe.awaitOpen()
                .execute(() -> {
                    throw new IllegalStateException("of the task");
                });

        rig().awaitReport("of the task");
        client.ping();
    }
}

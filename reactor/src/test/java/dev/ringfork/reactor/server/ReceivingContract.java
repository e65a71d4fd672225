// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.ECONNRESET;
import static dev.ringfork.bindings.Errno.ENOBUFS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.testing.Waiting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How bytes, ends and resets reach a session. */
interface ReceivingContract extends Rigged {
    /** Small, so that a few kilobytes fill it several times. */
    int BUFFER = 1024;

    @Test
    default void shouldEcho() {
        rig().start(Rig.ECHO);

        Client client = rig().connect();
        client.ping();
        client.ping();
    }

    @Test
    default void shouldKeepTheOrderOfWhatIsSentWithoutWaiting() {
        rig().start(Rig.ECHO, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect();
        byte[] all = Rig.bulk(100_000);
        for (int from = 0, size = 1; from < all.length; from += size, size = size * 3 % 1009) {
            client.send(Arrays.copyOfRange(all, from, Math.min(all.length, from + size)));
        }
        client.shutdownOutput();

        assertArrayEquals(all, client.readToEnd());
    }

    @Test
    default void shouldServeManyConnectionsAtOnce() {
        rig().start(Rig.ECHO);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            clients.add(rig().connect().send("client %03d".formatted(i)));
        }

        for (int i = 0; i < clients.size(); i++) {
            assertEquals("client %03d".formatted(i), clients.get(i).read(10));
        }
    }

    @Test
    default void shouldReceiveAByteAndTheEndThatCameTogether() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();

        try (Probe.Hold _ = probe.hold()) {
            client.send("x");
            client.shutdownOutput();
        }

        assertEquals("x", probe.awaitReceived());
        assertEquals(0, probe.awaitClosed());
        client.expectEnd();
    }

    @Test
    default void shouldReceiveWhatCameBeforeTheConnectionWasAccepted() {
        rig().assumeThatTheKernelConnects();
        Probe first = new Probe();
        Probe second = new Probe();
        AtomicInteger connections = new AtomicInteger();
        rig().start(connection ->
                (connections.getAndIncrement() == 0 ? first : second).open(connection));
        rig().connect();

        try (Probe.Hold _ = first.hold()) {
            rig().connect().send("early").shutdownOutput();
        }

        assertEquals("early", second.awaitReceived());
        assertEquals(0, second.awaitClosed());
    }

    @ParameterizedTest(name = "{0} buffers and {1} bytes")
    @CsvSource({"0, 1", "1, -1", "1, 0", "1, 1", "2, 0", "2, 1", "8, 0", "8, 1", "9, 0", "20, 7"})
    default void shouldReceiveInputOfAnySize(int buffers, int more) {
        Probe probe = new Probe().onReceived((connection, in) -> connection.write(in));
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect();
        byte[] bytes = Arrays.copyOf("begins here".getBytes(US_ASCII), buffers * BUFFER + more);

        try (Probe.Hold _ = probe.hold()) {
            client.send(bytes);
        }

        assertArrayEquals(bytes, client.readBytes(bytes.length));
        client.ping();
    }

    @ParameterizedTest(name = "{0} buffers and the end")
    @CsvSource({"1", "2", "8", "9"})
    default void shouldReceiveTheEndBehindFullBuffers(int buffers) {
        Probe probe = new Probe();
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect();

        try (Probe.Hold _ = probe.hold()) {
            client.send(new byte[buffers * BUFFER]);
            client.shutdownOutput();
        }

        assertEquals(buffers * BUFFER, probe.awaitReceived(buffers * BUFFER).length());
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldKeepInputWhilePausedAndDeliverItWhenResumed() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();
        probe.run(Connection::pause);
        client.send("waits");
        // Two questions are two turns: the loop has looked at what came.
        probe.run(connection -> {});
        probe.run(connection -> {});
        assertFalse(probe.hasReceived());

        probe.run(Connection::resume);

        assertEquals("waits", probe.awaitReceived(5));
    }

    @Test
    default void shouldNotReadForASessionThatBeginsPaused() {
        Probe probe = new Probe().onOpen(Connection::pause);
        rig().start(probe);
        Client client = rig().connect().send("waits");
        client.shutdownOutput();
        probe.run(connection -> {});
        assertFalse(probe.hasReceived());

        probe.run(Connection::resume);

        assertEquals("waits", probe.awaitReceived(5));
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldOfferLeftoversAgainWhenItResumes() {
        Probe probe = new Probe().onReceived((connection, in) -> connection.pause());
        rig().start(probe);
        rig().connect().send("a");
        assertEquals("a", probe.awaitReceived());

        // No byte came since: resuming alone brings what was left.
        probe.run(Connection::resume);

        assertEquals("a", probe.awaitReceived());
    }

    @Test
    default void shouldPauseAndResumeInOneCall() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            connection.pause();
                            connection.resume();
                            connection.write(in);
                        });
        rig().start(probe);

        Client client = rig().connect();
        client.ping();
        client.ping();
    }

    @Test
    default void shouldOfferUnconsumedBytesInFrontOfTheNext() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            if (in.length() >= 10) {
                                connection.write(in);
                            }
                        });
        rig().start(probe);
        Client client = rig().connect().send("0123");
        String offered = "";
        while (offered.length() < 4) {
            offered = probe.awaitReceived();
        }
        assertEquals("0123", offered);

        client.send("456789");

        assertEquals("0123456789", client.read(10));
    }

    @Test
    default void shouldMakeRoomBehindAnIncompleteMessageAtTheEndOfTheBuffer() {
        int message = 7;
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            int whole = in.length() - in.length() % message;
                            connection.write(in.segment(), in.start(), whole);
                            in.consume(whole);
                        });
        rig().start(probe, settings -> settings.bufferBytes(64));
        Client client = rig().connect();
        byte[] messages = Arrays.copyOf(Rig.bulk(70_000), 700 * message);

        client.send(messages);

        assertArrayEquals(messages, client.readBytes(messages.length));
    }

    @Test
    default void shouldLeaveTheBytesToASessionThatAbortsUntilItReturns() {
        BlockingQueue<Integer> lengths = new ArrayBlockingQueue<>(2);
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            lengths.add(in.length());
                            connection.abort();
                            lengths.add(in.length());
                        });
        rig().start(probe);

        rig().connect().send("bytes");

        int before = Waiting.of(lengths, "bytes");
        assertEquals(before, Waiting.of(lengths, "what is left of them"));
        probe.awaitClosed();
    }

    @Test
    default void shouldEndASessionThatLeavesAFullBuffer() {
        Probe probe = new Probe().onReceived((connection, in) -> {});
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect().send(new byte[BUFFER]);

        assertEquals(ENOBUFS, probe.awaitClosed());
        client.expectClosed();
        rig().awaitReport("full buffer");
    }

    @Test
    default void shouldShowNothingMoreToASessionThatLeavesAFullBuffer() {
        Probe probe = new Probe().onReceived((connection, in) -> {});
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect();

        try (Probe.Hold _ = probe.hold()) {
            client.send(new byte[3 * BUFFER]);
        }

        assertEquals(ENOBUFS, probe.awaitClosed());
        rig().awaitReport("full buffer");
        String shown = "";
        while (probe.hasReceived()) {
            shown = probe.awaitReceived();
        }
        assertEquals(BUFFER, shown.length(), "it was shown a full buffer, and that last");
        assertEquals(0, rig().reported("full buffer"), "it was said again");
    }

    @Test
    default void shouldKeepAPausedSessionThatLeavesAFullBuffer() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            if (in.room() == 0 && in.start() == 0) {
                                connection.pause();
                            }
                        });
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect().send(new byte[BUFFER + 1]);
        while (probe.awaitReceived().length() < BUFFER) {}
        probe.onReceived((connection, in) -> connection.write(in));

        probe.run(Connection::resume);

        assertEquals(BUFFER + 1, client.readBytes(BUFFER + 1).length);
    }

    @Test
    default void shouldAnswerAPeerThatHasClosedItsDirection() {
        Probe probe = new Probe().onEnd(connection -> {});
        rig().start(probe);
        Client client = rig().connect().send("question");
        client.shutdownOutput();
        probe.awaitReceived(8);

        probe.run(connection -> {
            connection.write("answer".getBytes(US_ASCII));
            connection.close();
        });

        assertEquals("answer", new String(client.readToEnd(), US_ASCII));
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldReceiveAfterItHasClosedItsOwnDirection() {
        Probe probe = new Probe().onOpen(Connection::shutdownOutput);
        rig().start(probe);
        Client client = rig().connect();
        client.expectEnd();

        client.send("still heard");
        assertEquals("still heard", probe.awaitReceived(11));

        client.close();
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldEndWhenBothDirectionsAreClosedWhateverTheSessionDoes() {
        Probe probe = new Probe().onOpen(Connection::shutdownOutput).onEnd(connection -> {});
        rig().start(probe);

        rig().connect().shutdownOutput();

        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldTellTheErrorOfAReset() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();
        probe.awaitOpen();

        client.reset();

        assertEquals(ECONNRESET, probe.awaitClosed());
    }

    @Test
    default void shouldNoticeTheResetOfAPausedConnection() {
        rig().engine.assumeHangUps();
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();
        probe.run(Connection::pause);

        client.reset();

        assertEquals(ECONNRESET, probe.awaitClosed());
    }

    @Test
    default void shouldNoticeTheResetOfAConnectionThatPausedWithInputQueued() {
        rig().engine.assumeHangUps();
        Probe probe = new Probe().onReceived((connection, in) -> connection.pause());
        rig().start(probe);
        Client client = rig().connect().send("left unread");
        probe.awaitReceived();

        client.reset();

        assertEquals(ECONNRESET, probe.awaitClosed());
    }

    @Test
    default void shouldShowTheSameBytesInBothViewsOfABuffer() {
        List<String> seen = new ArrayList<>();
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            seen.add(US_ASCII.decode(in.view()).toString());
                            connection.write(in);
                        });
        rig().start(probe);

        rig().connect().ping();

        assertEquals("ping", probe.awaitReceived(4));
        assertEquals("ping", String.join("", seen));
    }
}

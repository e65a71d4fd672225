// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.ETIMEDOUT;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.testing.Waiting;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How bytes leave a session: order, bounds, backpressure, slow peers. */
interface SendingContract extends Rigged {
    int BUFFER = 1024;

    @Test
    default void shouldSendInTheOrderOfTheCalls() {
        StringBuilder expected = new StringBuilder();
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            in.consume(in.length());
                            for (int i = 0; i < 2_000; i++) {
                                connection.write((i + ",").getBytes(US_ASCII));
                            }
                        });
        for (int i = 0; i < 2_000; i++) {
            expected.append(i).append(',');
        }
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));

        String got = rig().connect().send("?").read(expected.length());

        assertEquals(expected.toString(), got);
    }

    @Test
    default void shouldSendWhatWasWrittenOutsideOfAnyEvent() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();

        probe.run(connection -> connection.write("unasked".getBytes(US_ASCII)));

        assertEquals("unasked", client.read(7));
    }

    @Test
    default void shouldSendWhatWasWrittenForAnotherConnection() {
        rig().assumeThatOneLoopServes();
        // Of the loop's thread alone.
        List<Connection> all = new ArrayList<>();
        rig().start(connection -> {
            all.add(connection);
            return in -> {
                byte[] message = new byte[in.length()];
                in.view().get(message);
                in.consume(message.length);
                all.forEach(each -> each.write(message));
            };
        });
        Client listener = rig().connect();
        rig().awaitOpen(1);

        rig().connect().send("to all");

        assertEquals("to all", listener.read(6));
    }

    @Test
    default void shouldTakeTheRemainingBytesOfAByteBuffer() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();
        ByteBuffer heap = ByteBuffer.wrap("-heap-".getBytes(US_ASCII)).position(1).limit(5);
        ByteBuffer direct = ByteBuffer.allocateDirect(8).put("(direct)".getBytes(US_ASCII));
        direct.position(1).limit(7);

        probe.run(connection -> {
            assertTrue(connection.write(heap));
            assertTrue(connection.write(direct));
        });

        assertEquals("heapdirect", client.read(10));
        assertEquals(5, heap.position());
        assertEquals(7, direct.position());
    }

    @Test
    default void shouldWriteDirectlyIntoItsQueue() {
        Probe probe = new Probe();
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect();

        probe.run(connection -> {
            connection.write("copied ".getBytes(US_ASCII));
            put(connection, "direct ");
            connection.write("copied".getBytes(US_ASCII));
        });

        assertEquals("copied direct copied", client.read(20));
    }

    private static void put(Connection connection, String text) {
        Buffer out = connection.output(text.length());
        assertTrue(out != null && out.room() >= text.length());
        out.segment().asSlice(out.end()).setString(0, text, US_ASCII);
        out.produced(text.length());
    }

    @Test
    default void shouldSendNothingForAnOutputThatStaysEmpty() {
        Probe probe = new Probe();
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect();

        probe.run(connection -> connection.output(BUFFER));
        probe.run(connection -> connection.write("still works".getBytes(US_ASCII)));

        assertEquals("still works", client.read(11));
    }

    @Test
    default void shouldQueueNothingOfAWriteBeyondItsBound() {
        long bound = 64 * BUFFER;
        Probe probe = new Probe();
        rig().start(
                        probe,
                        settings ->
                                settings.bufferBytes(BUFFER)
                                        .maxQueuedBytes(bound)
                                        .highWaterBytes(16 * BUFFER)
                                        .lowWaterBytes(8 * BUFFER));
        Client client = rig().connect();
        probe.awaitEmptyQueue();

        List<Object> got =
                probe.ask(connection -> {
                    boolean large = connection.write(new byte[(int) bound + 1]);
                    long afterLarge = connection.queuedBytes();
                    boolean one = connection.write(new byte[] {'x'});
                    ByteBuffer rest = ByteBuffer.allocate((int) bound);
                    boolean more = connection.write(rest);
                    return List.of(
                            large,
                            afterLarge,
                            one,
                            connection.queuedBytes(),
                            more,
                            rest.position());
                });

        assertEquals(List.of(false, 0L, true, 1L, false, 0), got);
        assertEquals("x", client.read(1));
    }

    @Test
    default void shouldRefuseAnOutputBeyondItsBound() {
        Probe probe = new Probe();
        rig().start(
                        probe,
                        settings ->
                                settings.bufferBytes(BUFFER)
                                        .maxQueuedBytes(2 * BUFFER)
                                        .highWaterBytes(BUFFER)
                                        .lowWaterBytes(BUFFER));
        rig().connect();

        probe.awaitEmptyQueue();
        boolean refused =
                probe.ask(connection -> {
                    connection.write(new byte[2 * BUFFER]);
                    return connection.output(1) == null;
                });

        assertTrue(refused);
    }

    /** Whatever the sizes, what is accepted is sent and what is refused is not. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    default void shouldSendExactlyWhatItAcceptedNearItsBound(long seed) {
        Random random = new Random(seed);
        Probe probe = new Probe();
        // Not a multiple of the buffer: the bound falls into the middle of one.
        int bound = 10 * BUFFER + random.nextInt(BUFFER);
        rig().start(
                        probe,
                        settings ->
                                settings.bufferBytes(BUFFER)
                                        .maxQueuedBytes(bound)
                                        .highWaterBytes(4 * BUFFER)
                                        .lowWaterBytes(2 * BUFFER));
        Client client = rig().connect();
        for (int round = 0; round < 30; round++) {
            byte[] accepted = probe.ask(connection -> writeToTheBound(connection, random, bound));
            assertArrayEquals(accepted, client.readBytes(accepted.length), "seed " + seed);
        }
    }

    private static byte[] writeToTheBound(Connection connection, Random random, int bound) {
        ByteArrayOutputStream accepted = new ByteArrayOutputStream();
        for (int i = 0; i < 20; i++) {
            byte[] piece = new byte[random.nextInt(bound)];
            random.nextBytes(piece);
            if (connection.write(piece)) {
                accepted.writeBytes(piece);
            }
            assertTrue(connection.queuedBytes() <= bound);
        }
        return accepted.toByteArray();
    }

    @Test
    default void shouldSendMoreThanOneGatherWriteTakes() {
        byte[] bytes = Rig.bulk(2_000_000);
        Probe probe = new Probe();
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect();

        probe.run(connection -> assertTrue(connection.write(bytes)));

        assertArrayEquals(bytes, client.readBytes(bytes.length));
    }

    @Test
    default void shouldSendThroughASocketThatTakesLittleAtATime() {
        byte[] bytes = Rig.bulk(500_000);
        Probe probe = new Probe().onOpen(rig()::takeLittle);
        rig().start(probe, settings -> settings.bufferBytes(BUFFER));
        Client client = rig().connect(2048);

        probe.run(connection -> connection.write(bytes));

        assertArrayEquals(bytes, client.readBytes(bytes.length));
        // A session beside the loop hears of it a moment later than the client.
        probe.awaitEmptyQueue();
    }

    @Test
    default void shouldBoundWhatItQueuesForAPeerThatReadsLater() {
        rig().assumeThatBytesAreAllTheSession();
        byte[] bytes = Rig.bulk(2_000_000);
        AtomicLong most = new AtomicLong();
        Probe probe =
                new Probe()
                        .onOpen(rig()::takeLittle)
                        .onReceived((connection, in) -> {
                            assertTrue(connection.write(in));
                            most.accumulateAndGet(connection.queuedBytes(), Math::max);
                        });
        Server server = rig().start(probe);
        Client client = rig().connect(8192);
        Thread sender = Thread.ofPlatform().start(() -> client.send(bytes));
        // Nothing is read before the server has stopped reading.
        Waiting.until(() -> probe.ask(Connection::congested), "backpressure");

        byte[] back = client.readBytes(bytes.length);

        Waiting.of(sender);
        assertEquals(-1, Arrays.mismatch(bytes, back));
        long bound =
                (long) ServerSettings.DEFAULT.highWaterBytes()
                        + ServerSettings.DEFAULT.bufferBytes();
        assertTrue(most.get() <= bound, () -> "queued " + most.get());
        assertEquals(bytes.length, server.statistics().bytesIn());
        Waiting.until(
                () -> server.statistics().bytesOut() == bytes.length, "the bytes to be counted");
    }

    @Test
    default void shouldSayWhenACongestedQueueHasFallen() {
        byte[] first = Rig.bulk(1_000_000);
        Probe probe =
                new Probe()
                        .onOpen(rig()::takeLittle)
                        .onWritable(connection -> {
                            assertTrue(connection.queuedBytes() <= 32_768);
                            connection.write("and more".getBytes(US_ASCII));
                        });
        rig().start(probe);
        Client client = rig().connect(2048);
        boolean congested =
                probe.ask(connection -> {
                    connection.write(first);
                    return connection.congested();
                });
        assertTrue(congested);

        assertArrayEquals(first, client.readBytes(first.length));

        assertEquals("and more", client.read(8));
        assertFalse(probe.ask(Connection::congested));
    }

    @Test
    default void shouldAnswerOthersWhileOneFloods() {
        rig().assumeThatManyAreServed();
        AtomicInteger connections = new AtomicInteger();
        rig().start(connection ->
                connections.getAndIncrement() == 0
                        ? in -> in.consume(in.length())
                        : connection::write);
        Client flooding = rig().connect();
        Waiting.until(() -> connections.get() == 1, "the session of the first");
        AtomicBoolean over = new AtomicBoolean();
        Thread flood =
                Thread.ofPlatform()
                        .start(() -> {
                            byte[] water = new byte[256 * 1024];
                            while (!over.get()) {
                                flooding.send(water);
                            }
                        });

        Client pinging = rig().connect();
        for (int i = 0; i < 20; i++) {
            pinging.ping();
        }

        over.set(true);
        Waiting.of(flood);
    }

    @Test
    default void shouldGiveUpOnAPeerThatTakesNothing() {
        Probe probe = new Probe().onOpen(rig()::takeLittle);
        rig().start(probe, settings -> settings.writeTimeout(Duration.ofMillis(60)));
        rig().connect(2048);

        probe.run(connection -> connection.write(new byte[4_000_000]));

        assertEquals(ETIMEDOUT, probe.awaitClosed());
    }

    @Test
    default void shouldForgetTheWriteTimeOutOnceAllIsSent() {
        Probe probe = new Probe().onOpen(rig()::takeLittle).onExpired(Connection::abort);
        rig().start(probe, settings -> settings.writeTimeout(Duration.ofMillis(200)));
        Client client = rig().connect(2048);
        byte[] bytes = Rig.bulk(200_000);
        probe.run(connection -> connection.write(bytes));
        client.readBytes(bytes.length);

        // Another deadline, later than the write's: if that still counted, it would end the wait.
        probe.run(connection -> connection.expireAfter(Duration.ofMillis(400).toNanos()));

        assertEquals(0, probe.awaitClosedAfter(probe.expired));
    }

    @Test
    default void shouldLetOthersWaitForABufferAndThenGoOn() {
        List<Probe> probes = new CopyOnWriteArrayList<>();
        List<Client> clients = connectWithTwoBuffers(probes);

        assertFalse(probes.get(2).hasReceived() || probes.get(3).hasReceived());

        clients.getFirst().send(".");
        assertEquals("c.", probes.get(2).awaitReceived(2));
        assertEquals("d.", probes.get(3).awaitReceived(2));
    }

    @Test
    default void shouldGoOnWhenOneThatWaitedForABufferHasGone() {
        List<Probe> probes = new CopyOnWriteArrayList<>();
        List<Client> clients = connectWithTwoBuffers(probes);

        probes.get(2).run(Connection::abort);
        clients.getFirst().send(".");

        assertEquals("d.", probes.get(3).awaitReceived(2));
    }

    /** Four connections: the first two keep a buffer each, so the others wait, in order. */
    private List<Client> connectWithTwoBuffers(List<Probe> probes) {
        rig().assumeThatBuffersAreShared();
        rig().start(
                        connection -> {
                            probes.add(new Probe().onReceived(SendingContract::consumeWhole));
                            return probes.getLast().open(connection);
                        },
                        settings -> settings.bufferBytes(BUFFER).poolBytes(2 * BUFFER));
        List<Client> clients = new ArrayList<>();
        for (String text : List.of("a", "b", "c.", "d.")) {
            clients.add(rig().connect());
            Waiting.until(() -> probes.size() == clients.size(), "the connection");
            clients.getLast().send(text);
            if (clients.size() <= 2) {
                assertEquals(text, probes.getLast().awaitReceived());
            }
        }
        // The loop has looked at what came when it has turned twice.
        probes.getFirst().run(connection -> {});
        probes.getFirst().run(connection -> {});
        return clients;
    }

    /** A message ends with a dot; what has none stays in the buffer. */
    private static void consumeWhole(Connection connection, Buffer in) {
        if (in.get(in.end() - 1) == '.') {
            in.consume(in.length());
        }
    }

    @Test
    default void shouldLeaveBuffersToAnswersWhenAllConnectionsRead() {
        rig().assumeThatOneLoopServes();
        List<Probe> probes = new CopyOnWriteArrayList<>();
        rig().start(
                        connection -> {
                            probes.add(new Probe().onReceived(SendingContract::consumeWhole));
                            return probes.getLast().open(connection);
                        },
                        settings -> settings.bufferBytes(BUFFER).poolBytes(8 * BUFFER));
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(rig().connect());
            Waiting.until(() -> probes.size() == clients.size(), "the connection");
            clients.getLast().send("incomplete");
            probes.getFirst().run(connection -> {});
            probes.getFirst().run(connection -> {});
        }

        boolean accepted =
                probes.getFirst().ask(connection -> connection.write("answer".getBytes(US_ASCII)));

        assertTrue(accepted, "input holds every buffer");
        assertEquals("answer", clients.getFirst().read(6));
    }

    @Test
    default void shouldOfferInputAgainWhenThereIsABufferForTheAnswer() {
        Probe hoarder = new Probe().onOpen(rig()::takeLittle);
        Probe answering = new Probe().onReceived(SendingContract::answerWhole);
        Client slow = connectWithFewBuffers(hoarder, answering, 8 * BUFFER);
        Client client = rig().connect().send("question");
        assertEquals("question", answering.awaitReceived(8));
        int queued = takeAllBuffers(hoarder);

        // It is received into the buffer that is held already; for the answer there is none.
        client.send(".");
        String offered = "";
        while (!offered.endsWith(".")) {
            offered = answering.awaitReceived();
        }
        assertFalse(rig().calls.pollsAgain(20, Duration.ofMillis(60)), "the loop spins");
        slow.readBytes(queued);

        assertEquals("question.", client.read(9));
    }

    @Test
    default void shouldTellASessionThatWasRefusedABuffer() {
        Probe hoarder = new Probe().onOpen(rig()::takeLittle);
        Probe refused = new Probe().onWritable(SendingContract::writeNow);
        Client slow = connectWithFewBuffers(hoarder, refused, 8 * BUFFER);
        Client client = rig().connect();
        refused.awaitOpen();
        int queued = takeAllBuffers(hoarder);
        int accepted = 0;
        // The kernel may take more of what is queued at any time, and that frees a buffer.
        while (refused.ask(connection -> connection.write(new byte[1]))) {
            accepted++;
            queued += takeAllBuffers(hoarder);
        }

        slow.readBytes(queued);

        client.readBytes(accepted);
        assertEquals("now", client.read(3));
    }

    @Test
    default void shouldReadOnAfterAWriteThatCouldNeverFit() {
        Probe probe = new Probe().onReceived((connection, in) -> connection.write(in));
        rig().start(
                        probe,
                        settings ->
                                settings.bufferBytes(BUFFER)
                                        .poolBytes(16 * BUFFER)
                                        .highWaterBytes(BUFFER)
                                        .lowWaterBytes(BUFFER));
        Client client = rig().connect();

        boolean accepted = probe.ask(connection -> connection.write(new byte[17 * BUFFER]));

        assertFalse(accepted);
        client.ping();
    }

    /** The first connection is the hoarder's, the second the other's. */
    private Client connectWithFewBuffers(Probe hoarder, Probe other, int poolBytes) {
        rig().assumeThatOneLoopServes();
        AtomicInteger next = new AtomicInteger();
        rig().start(
                        connection ->
                                (next.getAndIncrement() == 0 ? hoarder : other).open(connection),
                        settings ->
                                settings.bufferBytes(BUFFER)
                                        .poolBytes(poolBytes)
                                        .highWaterBytes(BUFFER)
                                        .lowWaterBytes(BUFFER));
        Client slow = rig().connect(2048);
        hoarder.awaitOpen();
        return slow;
    }

    /** Fills the socket first, then all buffers; returns how many bytes that took. */
    private static int takeAllBuffers(Probe hoarder) {
        int all = 0;
        int written;
        do {
            written = hoarder.ask(SendingContract::writeAllItCan);
            all += written;
        } while (written > 0);
        return all;
    }

    private static int writeAllItCan(Connection connection) {
        int written = 0;
        while (connection.write(new byte[BUFFER])) {
            written += BUFFER;
        }
        return written;
    }

    private static void answerWhole(Connection connection, Buffer in) {
        if (in.get(in.end() - 1) == '.') {
            connection.write(in);
        }
    }

    private static void writeNow(Connection connection) {
        connection.write("now".getBytes(US_ASCII));
    }
}

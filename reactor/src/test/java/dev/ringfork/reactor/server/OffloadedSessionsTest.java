// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.ECONNRESET;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.protocol.WholeMessages;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What sessions may do, and what they cost, when threads beside the loop run them. */
@ExtendWith(NoLeakedDescriptors.class)
@ParameterizedClass
@EnumSource(names = {"PROACTOR", "SYNC", "BUFFERED"})
final class OffloadedSessionsTest {
    private static final int BUFFER = 1024;

    private final LoopsUnderTest loops;
    private final Rig rig;
    private final CountDownLatch release = new CountDownLatch(1);

    OffloadedSessionsTest(LoopsUnderTest loops) {
        this.loops = loops;
        this.rig = new Rig(EngineUnderTest.EPOLL_LEVEL, loops, Syscalls.get(), false);
    }

    @AfterEach
    void end() {
        release.countDown();
        rig.close();
    }

    private Server start(Protocol protocol, UnaryOperator<ServerBuilder> choices) {
        return rig.startWith(
                choices, protocol, settings -> settings.bufferBytes(BUFFER), Rig.LOOPBACK);
    }

    /** Echoes; a session that is sent a {@code b} blocks until the end of the test. */
    private Protocol blocking(CountDownLatch blocked) {
        return connection ->
                in -> {
                    if (in.get(in.start()) == 'b') {
                        blocked.countDown();
                        Waiting.of(release, "the release of the session");
                    }
                    connection.write(in);
                };
    }

    @Test
    void shouldReadNoFurtherThanTheSessionMayBeBehind() {
        int bytes = 30_000_000;
        AtomicInteger consumed = new AtomicInteger();
        AtomicInteger sum = new AtomicInteger();
        start(
                connection ->
                        in -> {
                            // About as fast as the loop: the mailbox is now full, now not.
                            for (int i = in.start(); i < in.end(); i++) {
                                sum.setPlain(sum.getPlain() + in.get(i));
                            }
                            int all = consumed.addAndGet(in.length());
                            in.consume(in.length());
                            if (all == bytes) {
                                connection.write("all".getBytes(US_ASCII));
                            }
                        },
                builder -> builder);
        Client client = rig.connect();

        client.send(new byte[bytes]);

        assertEquals("all", client.read(3));
    }

    @Test
    void shouldSendWhatAnotherSessionHasWrittenThoughTheNextCallBlocks() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe();
            Probe near =
                    new Probe()
                            .onOpen(connection ->
                                    connection.connect(upstream.address(), Waiting.DEADLINE, far));
            start(near, builder -> builder);
            rig.connect();
            near.run(connection -> {
                Connection other = far.awaitOpen();
                other.write("now".getBytes(US_ASCII));
                other.execute(() -> Waiting.of(release, "the release of the session"));
            });

            Upstream.expect(upstream.accept(), "now");
        }
    }

    @Test
    void shouldCloseWhatItDoesNotComeToConnectWhenItStops() {
        CountDownLatch held = new CountDownLatch(1);
        AtomicBoolean holding = new AtomicBoolean();
        rig.calls.before(
                "epoll_wait",
                () -> {
                    if (holding.get()) {
                        held.countDown();
                        Waiting.of(release, "the release of the loop");
                    }
                });
        try (Upstream upstream = new Upstream()) {
            Probe near = new Probe();
            Probe far = new Probe().onOpen(connection -> connection.write(new byte[3 * BUFFER]));
            Server server = start(near, builder -> builder);
            rig.connect();
            Connection client = near.awaitOpen();
            near.run(connection -> holding.set(true));
            // Turns the loop once more, as far as that.
            client.execute(client::shutdownOutput);
            Waiting.of(held, "the loop to be held");

            near.run(connection ->
                    assertTrue(connection.connect(upstream.address(), Waiting.DEADLINE, far)));
            Thread stopping = Thread.startVirtualThread(server::stop);
            Waiting.until(() -> stopping.getState() == Thread.State.WAITING, "the stop");
            release.countDown();

            assertEquals(0, far.awaitClosed());
            Waiting.of(stopping);
            assertTrue(upstream.deserted());
        }
    }

    @Test
    void shouldGiveAPlaceToWhoeverComesAfterManyHaveOpenedConnections() {
        try (Upstream upstream = new Upstream()) {
            Protocol opening =
                    connection -> {
                        for (int i = 0; i < 3; i++) {
                            connection.connect(upstream.address(), Waiting.DEADLINE, Rig.ECHO);
                        }
                        return connection::write;
                    };
            rig.start(opening, settings -> settings.maxConnections(1));
            for (int i = 0; i < 8; i++) {
                Client client = rig.connect();
                client.ping();
                upstream.accept();
                upstream.accept();
                upstream.accept();
                client.close();
                upstream.closeAccepted();
                rig.awaitOpen(0);
            }
        }
    }

    @Test
    void shouldMakeOneCallAtATimeInOrder() {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        start(connection -> new Counting(connection, wrong), builder -> builder.maxThreads(8));
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            clients.add(rig.connect());
        }
        byte[] numbers = new byte[20_000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (byte) (i % 251);
        }
        for (int from = 0; from < numbers.length; from += 500) {
            byte[] piece = Arrays.copyOfRange(numbers, from, from + 500);
            clients.forEach(client -> client.send(piece));
        }
        for (Client client : clients) {
            assertArrayEquals(numbers, client.readBytes(numbers.length));
        }
        assertEquals(List.of(), List.copyOf(wrong));
    }

    /** Notes two calls at once and bytes out of order. */
    private static final class Counting implements Session {
        private final Connection connection;
        private final Queue<String> wrong;
        private final AtomicBoolean busy = new AtomicBoolean();
        // Plain, as a session's state is: it must be seen by whoever makes the next call.
        private int next;

        Counting(Connection connection, Queue<String> wrong) {
            this.connection = connection;
            this.wrong = wrong;
        }

        @Override
        public void received(Buffer in) {
            if (busy.getAndSet(true)) {
                wrong.add("two calls at once");
            }
            for (int i = in.start(); i < in.end(); i++) {
                if (in.get(i) != (byte) next) {
                    wrong.add("byte %d came as %d".formatted(next, in.get(i)));
                }
                next = (next + 1) % 251;
            }
            Thread.onSpinWait();
            connection.write(in);
            busy.set(false);
        }
    }

    @Test
    void shouldServeOthersWhileASessionBlocks() {
        CountDownLatch blocked = new CountDownLatch(1);
        start(blocking(blocked), builder -> builder.maxThreads(2));
        Client client = rig.connect().send("b");
        Waiting.of(blocked, "the blocked session");

        Client other = rig.connect();
        for (int i = 0; i < 20; i++) {
            other.ping();
        }

        release.countDown();
        assertEquals("b", client.read(1));
    }

    @Test
    void shouldLetAsManySessionsBlockAsThereMayBeThreads() {
        CountDownLatch all = new CountDownLatch(50);
        start(
                connection ->
                        in -> {
                            all.countDown();
                            // None goes on before all have come.
                            Waiting.of(all, "all the others");
                            connection.write(in);
                        },
                builder -> builder.maxThreads(50));
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(rig.connect().send("b"));
        }

        for (Client client : clients) {
            assertEquals("b", client.read(1));
        }
    }

    @Test
    void shouldServeWhoeverWaitedWhenAThreadIsFreeAgain() {
        CountDownLatch blocked = new CountDownLatch(2);
        start(blocking(blocked), builder -> builder.maxThreads(2));
        rig.connect().send("b");
        rig.connect().send("b");
        Waiting.of(blocked, "two blocked sessions");
        Client waiting = rig.connect().send("late");
        rig.awaitOpen(3);

        release.countDown();

        assertEquals("late", waiting.read(4));
    }

    @Test
    void shouldNotReadAheadOfASessionWithoutBound() {
        CountDownLatch blocked = new CountDownLatch(1);
        Server server = start(blocking(blocked), builder -> builder.maxThreads(2));
        Client client = rig.connect().send("b");
        Waiting.of(blocked, "the blocked session");
        byte[] much = Rig.bulk(200 * BUFFER);
        client.send(much);
        Client other = rig.connect();
        for (int i = 0; i < 20; i++) {
            other.ping();
        }

        long read = server.statistics().bytesIn();
        assertTrue(read <= 8 * BUFFER, () -> read + " bytes were read for a session that blocks");

        release.countDown();
        assertEquals("b", client.read(1));
        assertArrayEquals(much, client.readBytes(much.length));
    }

    @Test
    void shouldTellTheEndAfterTheCallThatBlocks() {
        CountDownLatch blocked = new CountDownLatch(1);
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            in.consume(in.length());
                            blocked.countDown();
                            Waiting.of(release, "the release of the session");
                            connection.write("nobody reads this".getBytes(US_ASCII));
                        });
        start(probe, builder -> builder);
        Client client = rig.connect().send("b");
        Waiting.of(blocked, "the blocked session");

        client.reset();
        rig.awaitOpen(0);
        assertEquals(0, probe.closings.get());
        assertTrue(probe.awaitOpen().closing());
        release.countDown();

        assertEquals(ECONNRESET, probe.awaitClosed());
        assertEquals(1, probe.closings.get());
    }

    @Test
    void shouldNotShowWhatWaitsBehindAReset() {
        CountDownLatch blocked = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            in.consume(in.length());
                            calls.incrementAndGet();
                            blocked.countDown();
                            Waiting.of(release, "the release of the session");
                        });
        Server server = start(probe, builder -> builder);
        Client client = rig.connect().send("b");
        Waiting.of(blocked, "the blocked session");
        client.send("waits");
        Waiting.until(() -> server.statistics().bytesIn() == 6, "the bytes that wait");

        client.reset();
        rig.awaitOpen(0);
        release.countDown();

        assertEquals(ECONNRESET, probe.awaitClosed());
        assertEquals(1, calls.get());
    }

    @Test
    void shouldShowWhatWaitsWhenBothDirectionsHaveEnded() {
        CountDownLatch blocked = new CountDownLatch(1);
        Probe probe =
                new Probe()
                        .onOpen(Connection::shutdownOutput)
                        .onReceived((connection, in) -> {
                            in.consume(in.length());
                            blocked.countDown();
                            Waiting.of(release, "the release of the session");
                        });
        Server server = start(probe, builder -> builder);
        Client client = rig.connect().send("b");
        Waiting.of(blocked, "the blocked session");
        client.send("waits");
        client.shutdownOutput();
        client.expectEnd();
        Waiting.until(() -> server.statistics().bytesIn() == 6, "the bytes that wait");

        release.countDown();

        assertEquals("bwaits", probe.awaitReceived(6));
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    void shouldAnswerWhatWaitsWhenItDrains() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        Server server = start(blocking(blocked), builder -> builder.maxThreads(2));
        Client client = rig.connect().send("b");
        Waiting.of(blocked, "the blocked session");
        client.send("waits");
        Waiting.until(() -> server.statistics().bytesIn() == 6, "the bytes that wait");

        server.drain(Duration.ofMinutes(1));
        release.countDown();

        assertEquals("bwaits", new String(client.readToEnd(), US_ASCII));
        client.close();
        server.awaitStop();
        assertEquals(0, server.statistics().cut());
    }

    @Test
    void shouldStopAfterTheCallThatBlocks() {
        CountDownLatch blocked = new CountDownLatch(1);
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            blocked.countDown();
                            Waiting.of(release, "the release of the session");
                        });
        Server server = start(probe, builder -> builder);
        Client client = rig.connect().send("b");
        Waiting.of(blocked, "the blocked session");

        Thread stopping = Thread.startVirtualThread(server::stop);
        client.expectClosed();
        assertTrue(stopping.isAlive());
        assertEquals(0, probe.closings.get());
        release.countDown();

        Waiting.of(stopping);
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    void shouldBoundTheTasksOfASession() {
        CountDownLatch blocked = new CountDownLatch(1);
        Probe probe = new Probe();
        start(probe, builder -> builder);
        rig.connect();
        Connection connection = probe.awaitOpen();
        connection.execute(() -> {
            blocked.countDown();
            Waiting.of(release, "the release of the session");
        });
        Waiting.of(blocked, "the blocked session");
        AtomicInteger ran = new AtomicInteger();
        int accepted = 0;
        while (connection.execute(ran::incrementAndGet)) {
            accepted++;
        }
        assertEquals(1_024, accepted);

        release.countDown();

        Waiting.until(() -> ran.get() == 1_024, "every task that was accepted");
    }

    @Test
    void shouldKeepAConnectionOnItsThreadWhereItBelongsToOne() {
        Map<Integer, Set<Thread>> threads = new ConcurrentHashMap<>();
        Protocol noting =
                connection ->
                        in -> {
                            threads.computeIfAbsent(
                                            connection.fd(), fd -> ConcurrentHashMap.newKeySet())
                                    .add(Thread.currentThread());
                            connection.write(in);
                        };
        start(noting, builder -> builder.maxThreads(3));
        List<Client> clients = List.of(rig.connect(), rig.connect(), rig.connect());
        for (int i = 0; i < 50; i++) {
            clients.forEach(Client::ping);
        }

        assertEquals(3, threads.size());
        Set<Thread> all = ConcurrentHashMap.newKeySet();
        threads.values().forEach(all::addAll);
        assertFalse(all.contains(Thread.currentThread()));
        if (loops == LoopsUnderTest.SYNC) {
            threads.values().forEach(own -> assertEquals(1, own.size()));
            assertEquals(3, all.size(), "each has a thread of its own while there are enough");
        }
    }

    @Test
    void shouldNotRunSessionsOnItsLoop() {
        List<String> names = new ArrayList<>();
        Probe probe = new Probe();
        start(probe, builder -> builder);
        rig.connect();

        probe.run(connection -> names.add(Thread.currentThread().getName()));

        assertTrue(names.getFirst().startsWith("worker-"), names.getFirst());
    }

    @Test
    void shouldTellASessionThatFoundNoBufferWhenThereAreSome() {
        Probe hoarder = new Probe();
        Probe refused =
                new Probe().onWritable(connection -> connection.write("now".getBytes(US_ASCII)));
        AtomicInteger next = new AtomicInteger();
        rig.start(
                connection -> (next.getAndIncrement() == 0 ? hoarder : refused).open(connection),
                settings ->
                        settings.bufferBytes(BUFFER)
                                .poolBytes(8 * BUFFER)
                                .highWaterBytes(BUFFER)
                                .lowWaterBytes(BUFFER));
        Client slow = rig.connect(2048);
        hoarder.awaitOpen();
        Client client = rig.connect();
        refused.awaitOpen();
        int hoarded = 0;
        int accepted = 0;
        // The socket takes some of it between two questions.
        do {
            hoarded += hoarder.ask(OffloadedSessionsTest::writeAllItCan);
            accepted++;
        } while (refused.ask(connection -> connection.write(new byte[1])));

        slow.readBytes(hoarded);

        assertEquals("now", client.read(accepted - 1 + 3).substring(accepted - 1));
    }

    private static int writeAllItCan(Connection connection) {
        int written = 0;
        while (connection.write(new byte[BUFFER])) {
            written += BUFFER;
        }
        return written;
    }

    // ---- whole messages

    /** Messages end in a dot; what is whole is sent back. */
    private static final class Sentences implements Protocol, WholeMessages {
        private final Queue<String> received = new ConcurrentLinkedQueue<>();

        @Override
        public Session open(Connection connection) {
            return in -> {
                received.add(US_ASCII.decode(in.view()).toString());
                int end = end(in);
                connection.write(in.segment(), in.start(), end - in.start());
                in.consume(end - in.start());
            };
        }

        /** The index behind the last dot, or behind everything in a message without end. */
        private static int end(Buffer in) {
            for (int i = in.end(); i > in.start(); i--) {
                if (in.get(i - 1) == '.') {
                    return i;
                }
            }
            return in.length() > BUFFER / 2 ? in.end() : in.start();
        }

        @Override
        public Judge judge() {
            return in -> {
                for (int i = in.start(); i < in.end(); i++) {
                    if (in.get(i) == '.') {
                        return Verdict.WHOLE;
                    }
                }
                return Verdict.PART;
            };
        }
    }

    @Test
    void shouldServeManySlowClientsWithTwoThreads() {
        Sentences sentences = new Sentences();
        Server server = start(sentences, builder -> builder.maxThreads(2));
        List<Client> slow = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            slow.add(rig.connect());
        }
        Client good = rig.connect();
        for (int i = 1; i <= 8; i++) {
            for (Client client : slow) {
                client.send("x");
            }
            int sent = i;
            Waiting.until(
                    () -> server.statistics().bytesIn() >= 60L * sent, "the bytes of this round");
            assertEquals("good.", good.send("good.").read(5));
        }
        if (loops == LoopsUnderTest.BUFFERED) {
            assertEquals(List.of("good."), sentences.received.stream().distinct().toList());
        } else {
            assertNotEquals(List.of("good."), sentences.received.stream().distinct().toList());
        }
        for (Client client : slow) {
            assertEquals("xxxxxxxx.", client.send(".").read(9));
        }
    }

    @Test
    void shouldWaitForTheRestOfAMessageBehindAnother() {
        Sentences sentences = new Sentences();
        start(sentences, builder -> builder);
        Client client = rig.connect().send("one.tw");
        assertEquals("one.", client.read(4));

        client.send("o.thr");
        assertEquals("two.", client.read(4));
        client.send("ee.");

        assertEquals("three.", client.read(6));
    }

    @Test
    void shouldGiveALargeMessageInPieces() {
        start(new Sentences(), builder -> builder);
        byte[] large = new byte[20 * BUFFER];
        Arrays.fill(large, (byte) 'x');
        large[large.length - 1] = '.';
        Client client = rig.connect().send(large);

        assertArrayEquals(large, client.readBytes(large.length));
        assertEquals("next.", client.send("next.").read(5));
    }

    @Test
    void shouldShowAPartWhenNothingMoreCanCome() {
        Sentences sentences = new Sentences();
        start(sentences, builder -> builder);
        Client client = rig.connect().send("cut of");

        client.shutdownOutput();

        client.expectEnd();
        assertTrue(sentences.received.contains("cut of"), sentences.received::toString);
    }
}

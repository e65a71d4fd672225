// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.testing.Waiting;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How connections end, by whom and when. */
interface ClosingContract extends Rigged {
    byte[] ANSWER = "no\n".repeat(300).getBytes(US_ASCII);

    @Test
    default void shouldLetAPeerReadTheAnswerWhileItStillSends() {
        Protocol refuse =
                connection ->
                        in -> {
                            connection.write(ANSWER);
                            connection.close();
                        };
        rig().start(refuse);
        byte[] upload = Rig.bulk(1_000_000);
        for (int i = 0; i < 50; i++) {
            try (Client client = rig().connect()) {
                client.send(upload);
                client.shutdownOutput();
                assertArrayEquals(ANSWER, client.readToEnd(), "client " + i);
            }
        }
        rig().awaitOpen(0);
    }

    @Test
    default void shouldSendWhatIsQueuedBeforeItCloses() {
        byte[] bytes = Rig.bulk(1_000_000);
        Probe probe =
                new Probe()
                        .onOpen(connection -> {
                            connection.write(bytes);
                            connection.close();
                        });
        rig().start(probe);

        Client client = rig().connect(2048);

        assertArrayEquals(bytes, client.readToEnd());
        client.close();
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldWaitForThePeerAfterClosing() {
        Probe probe = new Probe().onOpen(Connection::close);
        Server server = rig().start(probe);
        Client client = rig().connect();
        client.expectEnd();

        assertEquals(1, server.statistics().open(), "it must not reset what is on its way");

        client.close();
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldNotWaitForThePeerAfterFinishing() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            connection.write(in);
                            connection.finish();
                        });
        rig().start(probe);
        Client client = rig().connect().send("all of it");

        assertEquals("all of it", new String(client.readToEnd(), US_ASCII));
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldLingerAfterFinishingWithInputUnread() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            connection.write(ANSWER);
                            connection.finish();
                        });
        rig().start(probe, settings -> settings.bufferBytes(1024));
        byte[] upload = Rig.bulk(500_000);
        for (int i = 0; i < 10; i++) {
            try (Client client = rig().connect()) {
                client.send(upload);
                client.shutdownOutput();
                assertArrayEquals(ANSWER, client.readToEnd(), "client " + i);
            }
            assertEquals(0, probe.awaitClosed());
        }
    }

    @Test
    default void shouldLingerAfterFinishingBehindAFullBuffer() {
        assumeFalse(rig().cutsReads, "a short read is taken for the end of what there is");
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            in.consume(in.length());
                            connection.write(ANSWER);
                            connection.finish();
                        });
        rig().start(probe, settings -> settings.bufferBytes(1024));
        byte[] upload = Rig.bulk(500_000);
        for (int i = 0; i < 10; i++) {
            try (Client client = rig().connect()) {
                client.send(upload);
                client.shutdownOutput();
                assertArrayEquals(ANSWER, client.readToEnd(), "client " + i);
            }
            assertEquals(0, probe.awaitClosed());
        }
    }

    @Test
    default void shouldNotLingerLongForAPeerThatIsSilent() {
        Probe probe = new Probe().onOpen(Connection::close);
        rig().start(probe, settings -> settings.lingerIdle(Duration.ofMillis(30)));

        rig().connect().expectEnd();

        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldLingerOnWhileThePeerSends() {
        long idleNs = 100_000_000;
        Probe probe = new Probe().onOpen(Connection::close);
        Server server =
                rig().start(probe, settings -> settings.lingerIdle(Duration.ofNanos(idleNs)));
        Client client = rig().connect();
        client.expectEnd();

        long began = System.nanoTime();
        for (long sent = began; sent - began < idleNs * 3 / 2; ) {
            long now = System.nanoTime();
            assumeTrue(now - sent < idleNs / 2, "this machine was too busy to send all the time");
            client.send("more");
            sent = now;
        }

        assertEquals(1, server.statistics().open(), "it was closed while it received");
        client.close();
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldNotLingerForEverForAPeerThatGoesOnSending() {
        Probe probe = new Probe().onOpen(Connection::close);
        rig().start(probe, settings -> settings.lingerTotal(Duration.ofMillis(60)));

        rig().connect().sendUntilRefused(new byte[10_000]);

        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldNotShowASessionWhatComesAfterItClosed() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();
        probe.run(Connection::close);
        client.expectEnd();

        client.send("too late");
        client.close();

        assertEquals(0, probe.awaitClosed());
        assertFalse(probe.hasReceived());
        assertEquals(1, probe.ended.getCount(), "the end of input was reported");
    }

    @Test
    default void shouldLoseWhatIsQueuedWhenItAborts() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();

        probe.run(connection -> {
            connection.write("never sent".getBytes(US_ASCII));
            connection.abort();
            assertEquals(0, connection.queuedBytes());
        });

        client.expectClosed();
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldAbortInTheMiddleOfItsInput() {
        Probe probe = new Probe().onReceived((connection, in) -> connection.abort());
        rig().start(probe);

        rig().connect().send("x").expectClosed();

        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldShowNothingMoreToASessionThatAborts() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            in.consume(1);
                            connection.abort();
                            assertFalse(connection.write(new byte[1]));
                        });
        rig().start(probe, settings -> settings.bufferBytes(1024));
        Client client = rig().connect();

        try (Probe.Hold _ = probe.hold()) {
            client.send(new byte[3000]);
        }

        assertEquals(0, probe.awaitClosed());
        probe.awaitReceived();
        assertFalse(probe.hasReceived(), "it was shown more");
    }

    @Test
    default void shouldAbortAnotherConnectionThatIsReadyInTheSameTurn() {
        rig().assumeThatOneLoopServes();
        List<Connection> all = new ArrayList<>();
        AtomicInteger closings = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        Probe first = new Probe().onReceived((connection, in) -> abortOthers(all, connection));
        rig().start(connection -> {
            all.add(connection);
            if (all.size() == 1) {
                return first.open(connection);
            }
            return new Session() {
                @Override
                public void received(dev.ringfork.reactor.protocol.Buffer in) {
                    abortOthers(all, connection);
                }

                @Override
                public void closed(Connection closed, int errno) {
                    if (closings.incrementAndGet() == 3) {
                        done.countDown();
                    }
                }
            };
        });
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(rig().connect());
        }
        rig().awaitOpen(5);

        try (Probe.Hold _ = first.hold()) {
            clients.forEach(client -> client.send("x"));
        }

        Waiting.of(done, "the end of three others");
        rig().awaitOpen(1);
    }

    private static void abortOthers(List<Connection> all, Connection survivor) {
        all.stream().filter(other -> !other.equals(survivor)).forEach(Connection::abort);
    }

    @Test
    default void shouldCloseOnceAndCallTheSessionNoMoreAfterwards() {
        Probe probe = new Probe().onClosed(Connection::abort);
        rig().start(probe);
        Client client = rig().connect();

        probe.run(connection -> {
            connection.expireAfter(1);
            connection.close();
            connection.abort();
            connection.abort();
        });

        client.expectClosed();
        assertEquals(0, probe.awaitClosed());
        rig().connect();
        probe.run(connection -> {});
        assertEquals(1, probe.closings.get());
        assertEquals(1, probe.expired.getCount());
    }

    @Test
    default void shouldDoNothingAfterItsEnd() {
        Probe probe = new Probe();
        Server server = rig().start(probe);
        rig().connect();
        Connection connection = probe.awaitOpen();
        probe.run(Connection::abort);
        assertEquals(0, probe.awaitClosed());

        probe.run(gone -> {
            assertTrue(gone.closing());
            assertFalse(gone.write(new byte[1]));
            assertFalse(gone.write(ByteBuffer.allocate(1)));
            assertNull(gone.output(1));
            assertEquals(0, gone.queuedBytes());
            gone.pause();
            gone.resume();
            gone.expireAfter(1);
            gone.shutdownOutput();
            gone.finish();
            gone.close();
            gone.abort();
        });

        assertTrue(connection.execute(() -> {}), "the loop lives");
        assertEquals(0, server.statistics().open());
        server.stop();
        assertFalse(connection.execute(() -> {}), "the loop has ended");
    }

    @Test
    default void shouldNotTakeTheNextConnectionOfANumberForItsOwn() {
        List<Connection> all = new CopyOnWriteArrayList<>();
        rig().start(connection -> {
            all.add(connection);
            return connection::write;
        });
        Client first = rig().connect();
        first.ping();
        Connection gone = all.getFirst();
        first.close();
        rig().awaitOpen(0);

        Client second = connectOnNumber(gone.fd(), all);
        CountDownLatch used = new CountDownLatch(1);
        gone.execute(() -> {
            gone.write("stray".getBytes(US_ASCII));
            gone.shutdownOutput();
            gone.abort();
            used.countDown();
        });
        Waiting.of(used, "the use of what is gone");

        second.ping();
    }

    /** A loop that accepts in vain holds the lowest number for a moment: then the next is given. */
    private Client connectOnNumber(int fd, List<Connection> all) {
        for (int i = 0; i < 100; i++) {
            Client client = rig().connect();
            client.ping();
            if (all.getLast().fd() == fd) {
                return client;
            }
            client.close();
            rig().awaitOpen(0);
        }
        throw new AssertionError("the number is never used again");
    }

    @Test
    default void shouldRefuseWritesOnceItIsClosing() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();

        probe.run(connection -> {
            assertTrue(connection.write("last".getBytes(US_ASCII)));
            connection.close();
            assertTrue(connection.closing());
            assertFalse(connection.write("later".getBytes(US_ASCII)));
        });

        assertEquals("last", new String(client.readToEnd(), US_ASCII));
    }

    @Test
    default void shouldRefuseWritesOnceItsDirectionIsClosing() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();

        probe.run(connection -> {
            assertTrue(connection.write("last".getBytes(US_ASCII)));
            connection.shutdownOutput();
            assertFalse(connection.closing());
            assertFalse(connection.write("later".getBytes(US_ASCII)));
        });

        assertEquals("last", new String(client.readToEnd(), US_ASCII));
    }

    // ---- time

    @Test
    default void shouldExpireAfterTheTimeThatWasSet() {
        long delayNs = Duration.ofMillis(15).toNanos();
        AtomicLong setNs = new AtomicLong();
        AtomicLong expiredNs = new AtomicLong();
        Probe probe =
                new Probe()
                        .onOpen(connection -> {
                            setNs.set(connection.nowNs());
                            connection.expireAfter(delayNs);
                        })
                        .onExpired(connection -> {
                            expiredNs.set(connection.nowNs());
                            connection.abort();
                        });
        rig().start(probe);

        rig().connect().expectClosed();

        assertEquals(0, probe.awaitClosedAfter(probe.expired));
        assertTrue(expiredNs.get() - setNs.get() >= delayNs, "it expired too early");
    }

    @Test
    default void shouldExpireOnceOnly() {
        AtomicInteger expired = new AtomicInteger();
        Probe probe = new Probe().onExpired(connection -> expired.incrementAndGet());
        rig().start(probe);
        rig().connect();
        probe.run(connection -> connection.expireAfter(1));
        Waiting.of(probe.expired, "the expiry");

        probe.run(connection -> {});
        probe.run(connection -> {});

        assertEquals(1, expired.get());
    }

    @Test
    default void shouldMoveTheTimeOfExpiry() {
        rig().assumeThatOneLoopServes();
        List<String> order = new ArrayList<>();
        CountDownLatch both = new CountDownLatch(2);
        Consumer<String> note =
                name -> {
                    order.add(name);
                    both.countDown();
                };
        Probe moved = new Probe().onExpired(connection -> note.accept("moved"));
        Probe fixed = new Probe().onExpired(connection -> note.accept("fixed"));
        AtomicBoolean first = new AtomicBoolean(true);
        rig().start(connection -> (first.getAndSet(false) ? moved : fixed).open(connection));
        rig().connect();
        moved.awaitOpen();
        rig().connect();
        fixed.awaitOpen();

        moved.run(connection -> {
            long ms = 1_000_000;
            connection.expireAfter(5 * ms);
            fixed.awaitOpen().expireAfter(10 * ms);
            connection.expireAfter(100 * ms);
        });

        Waiting.of(both, "both to expire");
        assertEquals(List.of("fixed", "moved"), order);
    }

    @Test
    default void shouldNotExpireWhenThatWasCancelled() {
        rig().assumeThatOneLoopServes();
        Probe cancelled = new Probe();
        Probe later = new Probe();
        AtomicBoolean first = new AtomicBoolean(true);
        rig().start(connection -> (first.getAndSet(false) ? cancelled : later).open(connection));
        rig().connect();
        cancelled.awaitOpen();
        rig().connect();
        later.awaitOpen();

        cancelled.run(connection -> {
            connection.expireAfter(1_000_000);
            connection.expireAfter(0);
            later.awaitOpen().expireAfter(3_000_000);
        });

        Waiting.of(later.expired, "the later one");
        assertEquals(1, cancelled.expired.getCount());
    }

    @Test
    default void shouldNotExpireAfterItsEnd() {
        rig().assumeThatOneLoopServes();
        Probe gone = new Probe();
        Probe later = new Probe();
        AtomicBoolean first = new AtomicBoolean(true);
        rig().start(connection -> (first.getAndSet(false) ? gone : later).open(connection));
        rig().connect();
        gone.awaitOpen();
        rig().connect();
        later.awaitOpen();

        gone.run(connection -> {
            connection.expireAfter(1_000_000);
            connection.abort();
            later.awaitOpen().expireAfter(3_000_000);
        });

        Waiting.of(later.expired, "the later one");
        assertEquals(1, gone.expired.getCount());
    }

    @Test
    default void shouldSendWhatIsWrittenWhenItExpires() {
        Probe probe =
                new Probe()
                        .onOpen(connection -> connection.expireAfter(1_000_000))
                        .onExpired(connection -> {
                            connection.write("too slow".getBytes(US_ASCII));
                            connection.close();
                        });
        rig().start(probe);

        assertEquals("too slow", new String(rig().connect().readToEnd(), US_ASCII));
    }
}

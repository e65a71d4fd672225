// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.ECANCELED;
import static dev.ringfork.bindings.Errno.ECONNREFUSED;
import static dev.ringfork.bindings.Errno.EMFILE;
import static dev.ringfork.bindings.Errno.ENOENT;
import static dev.ringfork.bindings.Errno.EPROTO;
import static dev.ringfork.bindings.Errno.ETIMEDOUT;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a session opens connections of its own. */
interface ConnectingContract extends Rigged {
    Duration PATIENCE = Waiting.DEADLINE;

    /** A server whose client's session connects to an address, with a session that tells. */
    private Probe connecting(Address to, Duration timeout, Probe far) {
        Probe near = new Probe().onOpen(connection -> connection.connect(to, timeout, far));
        rig().start(near);
        rig().connect();
        return near;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    @Test
    default void shouldExchangeBytesWithAServer() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe();
            connecting(upstream.address(), PATIENCE, far);
            Socket accepted = upstream.accept();
            Waiting.of(far.connected, "the connection");

            far.run(connection -> connection.write(ascii("question")));
            Upstream.expect(accepted, "question");
            Upstream.send(accepted, "answer");

            assertEquals("answer", far.awaitReceived(6));
        }
    }

    @Test
    default void shouldSendWhatWasWrittenBeforeItWasConnected() {
        try (Upstream upstream = new Upstream()) {
            byte[] bulk = Rig.bulk(100_000);
            Probe far = new Probe().onOpen(connection -> connection.write(bulk));
            connecting(upstream.address(), PATIENCE, far);

            Socket accepted = upstream.accept();

            assertTrue(Arrays.equals(bulk, accepted.getInputStream().readNBytes(100_000)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void shouldCloseOnceTheEarlyBytesAreSent() {
        try (Upstream upstream = new Upstream()) {
            Probe far =
                    new Probe()
                            .onOpen(connection -> {
                                connection.write(ascii("last words"));
                                connection.close();
                            });
            connecting(upstream.address(), PATIENCE, far);

            Socket accepted = upstream.accept();

            Upstream.expect(accepted, "last words");
            Upstream.expectEnd(accepted);
        }
    }

    @Test
    default void shouldKnowTheAddressesOfAConnectionItOpens() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe();
            connecting(upstream.address(), PATIENCE, far);
            Waiting.of(far.connected, "the connection");

            Socket accepted = upstream.accept();

            assertEquals(upstream.address(), far.ask(Connection::remoteAddress));
            Address own = far.ask(Connection::localAddress);
            assertEquals("127.0.0.1:" + accepted.getPort(), own.toString());
        }
    }

    @Test
    default void shouldNotDelayWhatItSendsToAServer() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe();
            connecting(upstream.address(), PATIENCE, far);

            int fd = far.ask(Connection::fd);

            assertTrue(SocketOption.TCP_NODELAY.get(Syscalls.get().sockets(), fd));
        }
    }

    @Test
    default void shouldConnectToAUnixSocket(@TempDir Path folder) {
        Address address = new Address.Unix(folder.resolve("socket").toString());
        try (Server upstream = Server.builder(Rig.ECHO).listen(address).start()) {
            Probe far = new Probe().onOpen(connection -> connection.write(ascii("echo")));
            connecting(upstream.addresses().getFirst(), PATIENCE, far);

            assertEquals("echo", far.awaitReceived(4));
        }
    }

    @Test
    default void shouldAnswerWhatASessionAsksWhenItIsOpened() {
        try (Upstream upstream = new Upstream()) {
            BlockingQueue<Address> addresses = new ArrayBlockingQueue<>(1);
            BlockingQueue<Boolean> options = new ArrayBlockingQueue<>(1);
            Probe far =
                    new Probe()
                            .onOpen(connection -> {
                                int fd = connection.fd();
                                options.add(
                                        SocketOption.TCP_NODELAY.get(Syscalls.get().sockets(), fd));
                                addresses.add(connection.remoteAddress());
                            });
            connecting(upstream.address(), PATIENCE, far);

            assertEquals(upstream.address(), Waiting.of(addresses, "the address"));
            assertTrue(Waiting.of(options, "the option"));
        }
    }

    // ---- two sessions that have to do with each other

    @Test
    default void shouldLetTwoSessionsUseEachOthersConnection() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe();
            Probe near = new Probe().onReceived((connection, in) -> far.awaitOpen().write(in));
            far.onReceived((connection, in) -> near.awaitOpen().write(in));
            near.onOpen(connection -> connection.connect(upstream.address(), PATIENCE, far));
            far.onEnd(connection -> near.awaitOpen().shutdownOutput());
            rig().start(near);
            Client client = rig().connect().send("question");
            Socket accepted = upstream.accept();
            Upstream.expect(accepted, "question");

            Upstream.send(accepted, "answer");
            assertEquals("answer", client.read(6));
            far.run(connection -> near.awaitOpen().write(ascii(" and more")));
            assertEquals(" and more", client.read(9));
            accepted.shutdownOutput();

            client.expectEnd();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void shouldLetASessionPauseAndResumeTheOther() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe();
            Probe near = connecting(upstream.address(), PATIENCE, far);
            Socket accepted = upstream.accept();
            near.run(connection -> far.awaitOpen().pause());
            Upstream.send(accepted, "held back");
            near.run(Connection::nowNs);
            assertFalse(far.hasReceived());

            near.run(connection -> far.awaitOpen().resume());

            assertEquals("held back", far.awaitReceived(9));
        }
    }

    @Test
    default void shouldShowAllToASessionThatWasPausedWhenBothDirectionsEnded() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe().onOpen(Connection::shutdownOutput);
            connecting(upstream.address(), PATIENCE, far);
            Waiting.of(far.connected, "the connection");
            far.run(Connection::pause);
            Socket accepted = upstream.accept();
            Upstream.expectEnd(accepted);
            Upstream.send(accepted, "all of it");
            upstream.closeAccepted();
            far.run(Connection::nowNs);

            far.run(Connection::resume);

            assertEquals("all of it", far.awaitReceived(9));
            assertEquals(0, far.awaitClosedAfter(far.ended));
        }
    }

    @Test
    default void shouldCallOneOfTwoSessionsAtATime() {
        String text = "much ado about ".repeat(50_000);
        byte[] bulk = ascii(text);
        AtomicBoolean busy = new AtomicBoolean();
        AtomicInteger wrong = new AtomicInteger();
        BiConsumer<Connection, Buffer> call =
                (connection, in) -> {
                    wrong.addAndGet(busy.getAndSet(true) ? 1 : 0);
                    Thread.onSpinWait();
                    connection.write(in);
                    busy.set(false);
                };
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe().onReceived(call);
            Probe near =
                    new Probe()
                            .onReceived(call)
                            .onOpen(connection ->
                                    connection.connect(upstream.address(), PATIENCE, far));
            rig().start(near);
            Client client = rig().connect();
            Socket accepted = upstream.accept();
            Thread sending = Thread.ofPlatform().start(() -> client.send(bulk));
            Thread answering = Thread.ofPlatform().start(() -> Upstream.send(accepted, text));
            Thread reading = Thread.ofPlatform().start(() -> Upstream.expect(accepted, text));

            assertTrue(Arrays.equals(bulk, client.readBytes(bulk.length)));

            Waiting.of(sending);
            Waiting.of(answering);
            Waiting.of(reading);
            assertEquals(0, wrong.get(), "calls while the other session was called");
        }
    }

    @Test
    default void shouldCountTheTimeOfTheOtherFromNow() {
        Duration delay = Duration.ofMillis(30);
        AtomicLong set = new AtomicLong();
        AtomicLong over = new AtomicLong();
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe().onExpired(connection -> over.set(connection.nowNs()));
            Probe near =
                    new Probe()
                            .onOpen(connection -> {
                                connection.connect(upstream.address(), PATIENCE, far);
                                connection.expireAfter(delay.toNanos());
                            })
                            .onExpired(connection -> {
                                set.set(connection.nowNs());
                                far.awaitOpen().expireAfter(delay.toNanos());
                            });
            rig().start(near);
            rig().connect();

            Waiting.of(far.expired, "the time that was set for the other");
            far.run(connection -> {});

            long taken = over.get() - set.get();
            assertTrue(taken >= delay.toNanos(), () -> taken + " ns");
        }
    }

    // ---- what fails

    @Test
    default void shouldSayThatAServerRefuses() {
        Address nobody;
        try (Upstream upstream = new Upstream()) {
            nobody = upstream.address();
        }
        Probe far = new Probe().onOpen(connection -> connection.write(ascii("lost")));
        Probe near = connecting(nobody, PATIENCE, far);

        assertEquals(ECONNREFUSED, far.awaitClosed());

        assertEquals(1, far.connected.getCount(), "it was never connected");
        assertFalse(near.ask(Connection::closing), "the client has done nothing wrong");
    }

    @Test
    default void shouldSayThatThereIsNoSuchSocket(@TempDir Path folder) {
        Address address = new Address.Unix(folder.resolve("missing").toString());
        Probe far = new Probe();

        connecting(address, PATIENCE, far);

        assertEquals(ENOENT, far.awaitClosed());
    }

    @Test
    default void shouldGiveUpAServerThatDoesNotAnswer() {
        try (Upstream upstream = new Upstream()) {
            upstream.fill();
            Probe far = new Probe().onOpen(connection -> connection.write(ascii("lost")));

            connecting(upstream.address(), Duration.ofMillis(50), far);

            assertEquals(ETIMEDOUT, far.awaitClosed());
            assertEquals(1, far.connected.getCount(), "it was never connected");
        }
    }

    @Test
    default void shouldGiveUpConnectingWhenAsked() {
        try (Upstream upstream = new Upstream()) {
            upstream.fill();
            Probe far = new Probe();
            connecting(upstream.address(), PATIENCE, far);

            far.run(Connection::close);

            assertEquals(0, far.awaitClosed());
        }
    }

    @Test
    default void shouldSayThatNoDescriptorIsLeft() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe();
            Probe near =
                    new Probe()
                            .onReceived((connection, in) -> {
                                in.consume(in.length());
                                rig().calls.refuse("socket", EMFILE);
                                connection.connect(upstream.address(), PATIENCE, far);
                            });
            rig().start(near);
            rig().connect().send("go");

            assertEquals(EMFILE, far.awaitClosed());

            String report = rig().awaitReport("EMFILE");
            assertTrue(report.contains("raise ulimit -n"), report);
            assertFalse(near.ask(Connection::closing), "the client has done nothing wrong");
        }
    }

    @Test
    default void shouldCloseAConnectionWhoseSessionCannotBeOpened() {
        try (Upstream upstream = new Upstream()) {
            Protocol broken =
                    connection -> {
                        throw new IllegalStateException("no session");
                    };
            BlockingQueue<Boolean> begun = new ArrayBlockingQueue<>(1);
            Probe near =
                    new Probe()
                            .onOpen(connection ->
                                    begun.add(
                                            connection.connect(
                                                    upstream.address(), PATIENCE, broken)));
            rig().start(near);
            rig().connect();

            assertTrue(Waiting.of(begun, "the attempt"));
            rig().awaitReport("no session");
            assertFalse(near.ask(Connection::closing), "the client has done nothing wrong");
        }
    }

    @Test
    default void shouldCloseAConnectionWhoseSessionFailsWhenConnected() {
        try (Upstream upstream = new Upstream()) {
            Probe far =
                    new Probe()
                            .onConnected(connection -> {
                                throw new IllegalStateException("not like this");
                            });
            connecting(upstream.address(), PATIENCE, far);

            assertEquals(EPROTO, far.awaitClosed());
            rig().awaitReport("not like this");
        }
    }

    @Test
    default void shouldNotConnectForAConnectionThatIsClosed() {
        try (Upstream upstream = new Upstream()) {
            BlockingQueue<Boolean> begun = new ArrayBlockingQueue<>(1);
            Probe near =
                    new Probe()
                            .onClosed(connection ->
                                    begun.add(
                                            connection.connect(
                                                    upstream.address(), PATIENCE, new Probe())));
            rig().start(near);
            rig().connect().close();

            assertFalse(Waiting.of(begun, "the attempt"));
            assertTrue(upstream.deserted());
        }
    }

    @Test
    default void shouldRefuseToConnectWithoutTime() {
        Probe near = new Probe();
        rig().start(near);
        rig().connect();

        near.run(connection ->
                assertThrows(
                        IllegalArgumentException.class,
                        () -> connection.connect(Rig.LOOPBACK, Duration.ZERO, new Probe())));
    }

    @Test
    default void shouldRefuseToConnectToWhatIsNoAddress() {
        Address nowhere = new Address.Unix("x".repeat(200));
        Probe near = new Probe();
        rig().start(near);
        rig().connect();

        near.run(connection ->
                assertThrows(
                        IllegalArgumentException.class,
                        () -> connection.connect(nowhere, PATIENCE, new Probe())));
        assertFalse(near.ask(Connection::closing), "the client has done nothing wrong");
    }

    // ---- the life of the server

    @Test
    default void shouldNotCountWhatItOpensAmongItsClients() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe();
            Probe near =
                    new Probe()
                            .onOpen(connection ->
                                    connection.connect(upstream.address(), PATIENCE, far));
            Server server = rig().start(near, settings -> settings.maxConnections(1));
            rig().connect();
            Waiting.of(far.connected, "the connection");

            assertEquals(1, server.statistics().accepted());
            assertEquals(1, server.statistics().open());
            assertEquals(0, server.statistics().shed());

            far.run(Connection::abort);
            assertEquals(0, far.awaitClosed());
            assertEquals(1, server.statistics().open());
        }
    }

    @Test
    default void shouldWaitForWhatItHasOpenedWhenItDrains() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe().onDraining(connection -> {});
            Probe near = connecting(upstream.address(), PATIENCE, far);
            Socket accepted = upstream.accept();
            Waiting.of(far.connected, "the connection");

            rig().server().drain(LifeContract.LONG);

            Waiting.of(far.draining, "the news of the drain");
            // Or it would be lingered for.
            rig().closeClients();
            assertEquals(0, near.awaitClosed());
            far.run(connection -> connection.write(ascii("still here")));
            Upstream.expect(accepted, "still here");
            far.run(Connection::abort);
            LifeContract.awaitStop(rig().server());
        }
    }

    @Test
    default void shouldCutWhatItHasOpenedAtTheEndOfADrain() {
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe().onDraining(connection -> {});
            connecting(upstream.address(), PATIENCE, far);
            Waiting.of(far.connected, "the connection");

            rig().server().drain(Duration.ofMillis(20));

            assertEquals(ECANCELED, far.awaitClosed());
            LifeContract.awaitStop(rig().server());
        }
    }

    @Test
    default void shouldOpenNothingWhenItEnds() {
        try (Upstream upstream = new Upstream()) {
            CountDownLatch asked = new CountDownLatch(1);
            Connection[] client = new Connection[1];
            Probe far =
                    new Probe()
                            .onClosed(connection -> {
                                boolean again =
                                        client[0].connect(
                                                upstream.address(), PATIENCE, new Probe());
                                assertFalse(again, "the loop has ended");
                                asked.countDown();
                            });
            Probe near =
                    new Probe()
                            .onOpen(connection -> {
                                client[0] = connection;
                                connection.connect(upstream.address(), PATIENCE, far);
                            });
            rig().start(near);
            rig().connect();
            Waiting.of(far.connected, "the connection");

            rig().server().stop();

            Waiting.of(asked, "the attempt to connect again");
        }
    }
}

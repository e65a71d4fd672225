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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
        try (Upstream upstream = new Upstream()) {
            Probe far = new Probe();
            connecting(upstream.address(), PATIENCE, far);

            int fd = far.ask(Connection::fd);

            assertTrue(SocketOption.TCP_NODELAY.get(Syscalls.get().sockets(), fd));
        }
    }

    @Test
    default void shouldConnectToAUnixSocket(@TempDir Path folder) {
        rig().assumeThatSessionsConnect();
        Address address = new Address.Unix(folder.resolve("socket").toString());
        try (Server upstream = Server.builder(Rig.ECHO).listen(address).start()) {
            Probe far = new Probe().onOpen(connection -> connection.write(ascii("echo")));
            connecting(upstream.addresses().getFirst(), PATIENCE, far);

            assertEquals("echo", far.awaitReceived(4));
        }
    }

    // ---- what fails

    @Test
    default void shouldSayThatAServerRefuses() {
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
        Address address = new Address.Unix(folder.resolve("missing").toString());
        Probe far = new Probe();

        connecting(address, PATIENCE, far);

        assertEquals(ENOENT, far.awaitClosed());
    }

    @Test
    default void shouldGiveUpAServerThatDoesNotAnswer() {
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
        Probe near = new Probe();
        rig().start(near);
        rig().connect();

        near.run(connection ->
                assertThrows(
                        IllegalArgumentException.class,
                        () -> connection.connect(Rig.LOOPBACK, Duration.ZERO, new Probe())));
    }

    // ---- the life of the server

    @Test
    default void shouldNotCountWhatItOpensAmongItsClients() {
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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
        rig().assumeThatSessionsConnect();
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

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.EADDRINUSE;
import static dev.ringfork.bindings.Errno.EBADF;
import static dev.ringfork.bindings.Errno.ECANCELED;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How a server starts, drains, stops and fails. */
interface LifeContract extends Rigged {
    Duration LONG = Duration.ofMinutes(1);

    /** Waits for the end, with a deadline. */
    static void awaitStop(Server server) {
        Thread waiter =
                Thread.startVirtualThread(() -> {
                    try {
                        server.awaitStop();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        Waiting.of(waiter);
    }

    @Test
    default void shouldSayWhereItListensAndOnWhatItRuns() {
        rig().assumeInet4();
        Server server = rig().start(Rig.ECHO);

        Address.Inet4 address = (Address.Inet4) server.addresses().getFirst();

        assertEquals(0x7f000001, address.host());
        assertTrue(address.port() > 0);
        String trigger = rig().engine.trigger().name().toLowerCase(java.util.Locale.ROOT);
        String engine = rig().engine.engine().name().toLowerCase(java.util.Locale.ROOT);
        // A ring has none.
        String both = rig().engine == EngineUnderTest.IO_URING ? engine : engine + ", " + trigger;
        assertTrue(server.description().contains(both), server.description());
    }

    @Test
    default void shouldTellAConnectionBothItsAddresses() {
        rig().assumeInet4();
        Probe probe = new Probe();
        Server server = rig().start(probe);
        rig().connect();

        Address own = probe.ask(Connection::localAddress);
        Address peer = probe.ask(Connection::remoteAddress);

        assertEquals(server.addresses().getFirst(), own);
        assertTrue(peer.toString().startsWith("127.0.0.1:"), peer.toString());
    }

    @Test
    default void shouldRememberThePeerWhenTheConnectionHasEnded() {
        Address[] asked = new Address[2];
        Probe probe =
                new Probe()
                        .onOpen(connection -> asked[0] = connection.remoteAddress())
                        .onClosed(connection -> asked[1] = connection.remoteAddress());
        rig().start(probe);

        rig().connect().close();

        assertEquals(0, probe.awaitClosed());
        assertEquals(asked[0], asked[1], "a log of ends wants to name the peer");
    }

    @Test
    default void shouldNameTheAddressThatIsTaken() {
        Address taken = rig().start(Rig.ECHO).addresses().getFirst();

        SyscallException e =
                assertThrows(
                        SyscallException.class,
                        () -> rig().start(Rig.ECHO, settings -> settings, taken));

        assertEquals(EADDRINUSE, e.errno());
        assertTrue(e.toString().contains(taken.toString()), e.toString());
    }

    @Test
    default void shouldLeaveNothingBehindWhenItCannotStart() {
        rig().assumeThatNobodyTries();
        Address taken = rig().start(Rig.ECHO).addresses().getFirst();
        int opened = rig().calls.count("socket");
        // The engine is chosen by trying.
        int tried = rig().calls.count("epoll_create1", "io_uring_setup");
        int closed = rig().calls.count("close");

        assertThrows(
                SyscallException.class,
                () -> rig().start(Rig.ECHO, settings -> settings, Rig.LOOPBACK, taken));

        int listeners = rig().calls.count("socket") - opened;
        assertTrue(listeners >= 2, () -> listeners + " sockets");
        int closes =
                closed + listeners + rig().calls.count("epoll_create1", "io_uring_setup") - tried;
        assertEquals(closes, rig().calls.count("close"));
    }

    @Test
    default void shouldNotStartWithoutAnAddress() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> Server.builder(Rig.ECHO).start());

        assertTrue(e.toString().contains("listen"), e.toString());
    }

    // ---- drain

    @Test
    default void shouldEndAtOnceWhenNothingIsOpen() {
        Server server = rig().start(Rig.ECHO);

        server.drain(LONG);

        awaitStop(server);
        assertEquals(0, server.statistics().cut());
    }

    @Test
    default void shouldCloseIdleConnectionsWhenItDrains() {
        Server server = rig().start(Rig.ECHO);
        Client idle = rig().connect();
        idle.ping();

        server.drain(LONG);

        idle.expectEnd();
        idle.close();
        awaitStop(server);
        assertEquals(0, server.statistics().cut());
    }

    @Test
    default void shouldFinishWhatIsInFlightWhenItDrains() throws IOException {
        Probe probe = new Probe().onDraining(connection -> {});
        Server server = rig().start(probe);
        Client client = rig().connect().send("request");
        probe.awaitReceived(7);

        server.drain(LONG);
        Waiting.of(probe.draining, "the drain");
        Waiting.until(() -> refuses(server), "the end of accepting by the last loop");
        probe.run(connection -> {
            connection.write("response".getBytes(US_ASCII));
            connection.close();
        });

        assertEquals("response", new String(client.readToEnd(), US_ASCII));
        client.close();
        awaitStop(server);
        assertEquals(0, server.statistics().cut());
    }

    /** Whoever still comes through has nothing to say. */
    private static boolean refuses(Server server) {
        try (Client _ = Client.connect(server.addresses().getFirst())) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    default void shouldServeWhoWasQueuedWhenItDrains() {
        rig().assumeThatTheKernelConnects();
        Probe first = new Probe().onDraining(connection -> {});
        AtomicBoolean one = new AtomicBoolean();
        Server server =
                rig().start(connection ->
                        one.getAndSet(true)
                                ? answerOnce().open(connection)
                                : first.open(connection));
        rig().connect();
        Client[] queued = new Client[20];

        try (Probe.Hold _ = first.hold()) {
            for (int i = 0; i < queued.length; i++) {
                queued[i] = rig().connect().send("!");
            }
            server.drain(LONG);
        }

        for (Client client : queued) {
            assertEquals("!", new String(client.readToEnd(), US_ASCII));
            client.close();
        }
        first.run(Connection::abort);
        awaitStop(server);
        assertEquals(21, server.statistics().accepted());
        assertEquals(0, server.statistics().cut());
    }

    private static Probe answerOnce() {
        return new Probe()
                .onReceived((connection, in) -> {
                    connection.write(in);
                    connection.close();
                })
                .onDraining(connection -> {});
    }

    @Test
    default void shouldCutAndCountWhatDoesNotEndInTime() {
        Probe probe = new Probe().onDraining(connection -> {});
        Server server = rig().start(probe);
        Client client = rig().connect();
        probe.awaitOpen();

        server.drain(Duration.ofMillis(30));

        assertEquals(ECANCELED, probe.awaitClosedAfter(probe.draining));
        client.expectClosed();
        awaitStop(server);
        assertEquals(1, server.statistics().cut());
        assertEquals(0, server.statistics().open());
    }

    @Test
    default void shouldDrainOnlyOnceAndStillStop() {
        Probe probe = new Probe().onDraining(connection -> {});
        Server server = rig().start(probe);
        rig().connect();
        probe.awaitOpen();

        server.drain(LONG);
        server.drain(LONG);
        Waiting.of(probe.draining, "the drain");
        server.stop();

        assertEquals(0, probe.awaitClosed());
        awaitStop(server);
        server.drain(LONG);
    }

    @Test
    default void shouldCutEarlierWhenASecondDrainSaysSo() {
        Probe probe = new Probe().onDraining(connection -> {});
        Server server = rig().start(probe);
        rig().connect();
        probe.awaitOpen();

        server.drain(LONG);
        server.drain(Duration.ofMillis(20));

        assertEquals(ECANCELED, probe.awaitClosed());
        awaitStop(server);
    }

    // ---- stop

    @Test
    default void shouldCloseEverythingAtOnceWhenItStops() {
        Probe probe = new Probe();
        Server server = rig().start(probe);
        Client client = rig().connect();
        probe.run(connection -> connection.write(new byte[1_000_000]));

        server.stop();

        assertEquals(0, probe.awaitClosed());
        assertEquals(0, server.statistics().open());
        assertTrue(refuses(server), "it still accepts");
        client.close();
        server.stop();
        server.close();
        awaitStop(server);
    }

    @Test
    default void shouldStopFromItsOwnThread() {
        Probe probe = new Probe();
        Server server = rig().start(probe);
        Client client = rig().connect();

        probe.awaitOpen().execute(server::stop);

        client.expectClosed();
        awaitStop(server);
    }

    @Test
    default void shouldStopWhileManyThreadsGiveItWork() {
        Probe probe = new Probe();
        Server server = rig().start(probe);
        rig().connect();
        Connection connection = probe.awaitOpen();
        Thread[] busy = new Thread[3];
        for (int i = 0; i < busy.length; i++) {
            busy[i] =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (connection.execute(() -> connection.write(new byte[10]))) {
                                    Thread.onSpinWait();
                                }
                            });
        }
        Waiting.until(() -> server.statistics().bytesOut() > 0, "the first task");

        server.stop();

        for (Thread thread : busy) {
            Waiting.of(thread);
        }
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    default void shouldEndItsConnectionsAndSaySoWhenItsLoopFails() {
        Probe probe = new Probe();
        Server server = rig().start(probe);
        Client client = rig().connect();
        probe.awaitOpen();

        rig().calls.refusePoll(EBADF);
        // The first ones may be read by who polls no more for that.
        client.sendUntilRefused(new byte[] {'x'});

        client.expectClosed();
        assertEquals(0, probe.awaitClosed());
        IllegalStateException e = assertThrows(IllegalStateException.class, server::awaitStop);
        assertTrue(String.valueOf(e.getCause()).contains("EBADF"), e.toString());
        rig().awaitReport("the loop failed");
        assertFalse(probe.awaitOpen().execute(() -> {}));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.ECONNABORTED;
import static dev.ringfork.bindings.Errno.EINTR;
import static dev.ringfork.bindings.Errno.EMFILE;
import static dev.ringfork.bindings.Errno.ENETDOWN;
import static dev.ringfork.bindings.Errno.ENFILE;
import static dev.ringfork.bindings.Errno.ENOBUFS;
import static dev.ringfork.bindings.Errno.EPERM;
import static dev.ringfork.bindings.Errno.EPROTO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How connections come in, and what happens when they cannot. */
interface AcceptingContract extends Rigged {

    @Test
    default void shouldCountWhatItAcceptsAndCloses() {
        Server server = rig().start(Rig.ECHO);
        for (int i = 0; i < 3; i++) {
            rig().connect().ping();
        }
        assertEquals(3, server.statistics().accepted());
        assertEquals(3, server.statistics().open());
        assertEquals(0, server.statistics().closed());

        try (Client client = rig().connect()) {
            client.ping();
        }

        rig().awaitOpen(3);
        assertEquals(1, server.statistics().closed());
    }

    @Test
    default void shouldCountWhatItReceivesAndSends() {
        rig().assumeThatBytesAreAllTheSession();
        Server server = rig().start(Rig.ECHO);
        for (int i = 1; i <= 3; i++) {
            try (Client client = rig().connect()) {
                client.ping();
                client.ping();
            }
            int bytes = 8 * i;
            Waiting.until(() -> server.statistics().bytesIn() == bytes, "what came in");
            Waiting.until(() -> server.statistics().bytesOut() == bytes, "what went out");
        }
    }

    @Test
    default void shouldShedConnectionsBeyondItsLimit() {
        Server server = rig().start(Rig.ECHO, settings -> settings.maxConnections(2));
        Client first = rig().connect();
        Client second = rig().connect();
        first.ping();
        second.ping();

        rig().expectShed();

        Waiting.until(() -> server.statistics().shed() == 1, "the shed connection");
        rig().awaitReport("--max-connections");
        first.ping();
        second.close();
        rig().awaitOpen(1);
        rig().connect().ping();
        assertEquals(1, server.statistics().shed());
    }

    /** Errors of the connection that was about to be accepted, which cost no other. */
    static IntStream errorsOfOneConnection() {
        return IntStream.of(ECONNABORTED, EINTR, EPROTO, EPERM, ENETDOWN);
    }

    @ParameterizedTest
    @MethodSource("errorsOfOneConnection")
    default void shouldAcceptTheNextAfterAnErrorOfOne(int errno) {
        rig().assumeThatAcceptingIsACall();
        rig().calls.refuse("accept4", errno, errno);
        Server server = rig().start(Rig.ECHO);

        rig().connect().ping();

        assertEquals(0, rig().calls.refusalsLeft("accept4"));
        assertEquals(0, server.statistics().shed());
    }

    /** Errors that end by themselves, and until then would be returned again and again. */
    static IntStream shortages() {
        return IntStream.of(EMFILE, ENOBUFS);
    }

    @ParameterizedTest
    @MethodSource("shortages")
    default void shouldServeWhoWaitedThroughAShortage(int errno) {
        rig().assumeThatAcceptingIsACall();
        rig().assumeThatOneLoopAccepts();
        // The second is for the attempt that spends the reserve.
        rig().calls.refuse("accept4", errno, errno);
        Server server = rig().start(Rig.ECHO);

        rig().connect().ping();

        assertEquals(0, server.statistics().shed());
        assertTrue(server.statistics().exhausted() > 0);
        assertTrue(rig().awaitReport("out of descriptors").contains(Errno.name(errno)));
    }

    @Test
    default void shouldCloseWhoWaitsWhenDescriptorsAreOut() {
        rig().assumeThatAcceptingIsACall();
        rig().assumeThatOneLoopAccepts();
        Server server = rig().start(Rig.ECHO);
        Client served = rig().connect();
        served.ping();

        shedOne(server);

        rig().awaitReport("ulimit -n");
        served.ping();
        connectWhenShedding(server).ping();
    }

    @Test
    default void shouldKeepItsReserveForTheNextTime() {
        rig().assumeThatAcceptingIsACall();
        rig().assumeThatOneLoopAccepts();
        Server server = rig().start(Rig.ECHO);
        for (int time = 0; time < 2; time++) {
            connectWhenShedding(server).ping();
            shedOne(server);
        }
    }

    /** Has a connection shed, however often a late accept for another one meets the error. */
    private void shedOne(Server server) {
        long shed = server.statistics().shed();
        while (server.statistics().shed() == shed) {
            rig().calls.refuse("accept4", EMFILE);
            connectUnlessShed(server);
        }
        rig().calls.relent("accept4");
    }

    /** A client that is not shed: those that come while a batch is shed share its lot. */
    private Client connectWhenShedding(Server server) {
        Client client = null;
        while (client == null) {
            client = connectUnlessShed(server);
        }
        return client;
    }

    /** A client that is served; null if it was shed, as it has seen. */
    private @Nullable Client connectUnlessShed(Server server) {
        long opened = server.statistics().accepted();
        long shed = server.statistics().shed();
        Client client = rig().connectUnlessShed();
        Waiting.until(
                () -> server.statistics().accepted() > opened || server.statistics().shed() > shed,
                "the server to decide about a connection");
        if (server.statistics().accepted() > opened) {
            return client;
        }
        if (client != null) {
            client.expectClosed();
        }
        return null;
    }

    @Test
    default void shouldNotSpinWhileDescriptorsAreOut() throws IOException {
        rig().assumeThatAcceptingIsACall();
        rig().calls.refuse("accept4", IntStream.generate(() -> ENFILE).limit(10_000).toArray());
        Server server = rig().start(Rig.ECHO);
        // In the queue of the listener, whatever it is to say once it is served.
        try (Client _ = Client.connect(server.addresses().getFirst())) {

            // It tries again ten times a second.
            assertFalse(rig().calls.pollsAgain(30, Duration.ofMillis(60)));
        }

        rig().calls.relent("accept4");
        rig().connect().ping();
    }

    @Test
    default void shouldListenOnSeveralAddresses() throws IOException {
        Server server = rig().start(Rig.ECHO, settings -> settings, Rig.LOOPBACK, Rig.LOOPBACK);
        assertEquals(2, server.addresses().stream().distinct().count());

        for (Address address : server.addresses()) {
            rig().connect(address).ping();
        }
    }
}

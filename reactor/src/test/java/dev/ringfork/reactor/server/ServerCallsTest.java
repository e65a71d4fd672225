// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How many calls a server makes: each costs more than all that is done between two of them. */
@ParameterizedClass
@EnumSource
@ExtendWith(NoLeakedDescriptors.class)
final class ServerCallsTest {
    /** A loop that spins polls thousands of times in this time. */
    private static final Duration WATCHED = Duration.ofMillis(120);

    private static final int A_FEW = 10;

    private final EngineUnderTest engine;
    private final Rig rig;

    ServerCallsTest(EngineUnderTest engine) {
        this.engine = engine;
        this.rig = new Rig(engine, LoopsUnderTest.ONE, Syscalls.get(), false);
    }

    @AfterEach
    void closeRig() {
        rig.close();
    }

    private void assumeCalls() {
        assumeTrue(engine != EngineUnderTest.IO_URING, "a ring moves bytes without calls");
    }

    @Test
    void shouldServeOnARingWithEntersAlone() {
        assumeTrue(engine == EngineUnderTest.IO_URING, "no ring");
        rig.start(Rig.ECHO);
        Client client = rig.connect();
        client.ping();
        String[] enters = {"io_uring_enter", "io_uring_submit"};
        int before = rig.calls.count(enters);

        for (int i = 0; i < 50; i++) {
            client.ping();
        }

        int made = rig.calls.count(enters) - before;
        // One submits the answer, and one waits for the next request.
        assertTrue(made <= 100 + A_FEW, made + " enters for 50 requests");
        assertEquals(0, rig.calls.count("recv", "send", "accept4", "read", "write", "writev"));
    }

    private void assertRests(String when) {
        assertFalse(rig.calls.pollsAgain(A_FEW, WATCHED), "the loop spins " + when);
    }

    @Test
    void shouldServeARequestWithOneCallOfEachKind() {
        assumeCalls();
        rig.start(Rig.ECHO);
        Client client = rig.connect();
        client.ping();
        client.ping();
        int requests = 50;
        int polls = rig.calls.polls();
        int receives = rig.calls.count("recv");
        int sends = rig.calls.sends();
        int changes = rig.calls.count("epoll_ctl");

        for (int i = 0; i < requests; i++) {
            client.ping();
        }

        assertEquals(sends + requests, rig.calls.sends());
        assertEquals(receives + requests, rig.calls.count("recv"));
        // Oneshot is armed again after every event; the last time may be still to come.
        int arming = engine.trigger() == Trigger.ONESHOT ? requests : 0;
        assertTrue(rig.calls.count("epoll_ctl") - changes <= arming + 1);
        // The answer is sent before the loop polls again.

        assertTrue(
                rig.calls.polls() - polls <= requests + 1,
                () -> "polls: " + (rig.calls.polls() - polls));
    }

    @Test
    void shouldSendWhatOneCallbackWroteWithOneCall() {
        assumeCalls();
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            in.consume(in.length());
                            for (int i = 0; i < 100; i++) {
                                connection.write("%03d,".formatted(i).getBytes(US_ASCII));
                            }
                        });
        rig.start(probe);
        Client client = rig.connect();
        probe.awaitOpen();
        int sends = rig.calls.sends();

        client.send("?").read(400);

        assertEquals(sends + 1, rig.calls.sends());
    }

    @Test
    void shouldSendSeveralBuffersWithOneCall() {
        assumeCalls();
        Probe probe = new Probe();
        rig.start(probe, settings -> settings.bufferBytes(1024));
        Client client = rig.connect();
        int sends = rig.calls.sends();

        probe.run(connection -> connection.write(new byte[50 * 1024]));

        client.readBytes(50 * 1024);
        assertEquals(sends + 1, rig.calls.sends());
    }

    @Test
    void shouldSendWhatOneTaskWroteWithOneCall() {
        assumeCalls();
        Probe probe = new Probe();
        rig.start(probe);
        Client client = rig.connect();
        int sends = rig.calls.sends();

        probe.run(connection -> {
            connection.write("one ".getBytes(US_ASCII));
            connection.write("send".getBytes(US_ASCII));
        });

        client.read(8);
        assertEquals(sends + 1, rig.calls.sends());
    }

    @Test
    void shouldNotPollForConnectionsThatAreIdle() {
        Server server = rig.start(Rig.ECHO);
        for (int i = 0; i < 300; i++) {
            rig.connect();
        }
        rig.connect().ping();
        assertEquals(301, server.statistics().open());

        assertRests("for idle connections");
    }

    @Test
    void shouldNotPollForDeadlinesThatAreFarAway() {
        Probe probe =
                new Probe()
                        .onOpen(connection -> connection.expireAfter(60_000_000_000L))
                        .onReceived((connection, in) -> {
                            connection.expireAfter(60_000_000_000L);
                            connection.write(in);
                        });
        rig.start(probe);
        Client client = rig.connect();
        client.ping();
        client.ping();

        assertRests("for a deadline");
    }

    @Test
    void shouldRestWhileASessionIsPausedWithInputQueued() {
        Probe probe = new Probe();
        rig.start(probe);
        Client client = rig.connect();
        probe.run(Connection::pause);

        client.send("unread");

        assertRests("for input that nobody reads");
    }

    @Test
    void shouldRestWhileAPausedPeerHasClosedItsDirection() {
        Probe probe = new Probe();
        rig.start(probe);
        Client client = rig.connect();
        probe.run(Connection::pause);

        client.send("unread").shutdownOutput();

        assertRests("for an end that nobody reads");
        probe.run(Connection::resume);
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    void shouldRestWhileAPausedConnectionIsHungUp() {
        Probe probe = new Probe().onEnd(connection -> {});
        rig.start(probe);
        Client client = rig.connect();
        probe.run(connection -> {
            connection.pause();
            connection.shutdownOutput();
        });
        client.expectEnd();

        // Both directions closed is a hang-up, which no interest masks.
        client.shutdownOutput();

        assertRests("for a hang-up that nobody reads");
        probe.run(Connection::resume);
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    void shouldRestAfterAPausedConnectionWasReset() {
        engine.assumeHangUps();
        Probe probe = new Probe();
        rig.start(probe);
        Client client = rig.connect();
        probe.run(Connection::pause);

        client.reset();

        assertTrue(probe.awaitClosed() > 0);
        assertRests("for a reset");
    }

    @Test
    void shouldRestWhileAPeerTakesNothing() {
        Probe probe = new Probe();
        rig.start(probe);
        Client client = rig.connect(2048);
        probe.run(connection -> connection.write(new byte[8_000_000]));
        client.send("and does not stop asking");

        assertRests("for a peer that does not read");
    }

    @Test
    void shouldRestWhileHalfClosedAndSilent() {
        Probe probe = new Probe().onEnd(connection -> {});
        rig.start(probe);
        rig.connect().shutdownOutput();
        probe.awaitOpen();

        assertRests("for an end that was read");
    }

    @Test
    void shouldRestWhileItLingers() {
        Probe probe = new Probe().onOpen(Connection::close);
        rig.start(probe);
        Client client = rig.connect();
        client.expectEnd();
        client.send("discarded");

        assertRests("for a peer that does not close");
    }

    @Test
    void shouldRestWhileAllBuffersAreTaken() {
        Probe probe = new Probe().onReceived((connection, in) -> {});
        rig.start(probe, settings -> settings.bufferBytes(1024).poolBytes(1024));
        rig.connect().send("keeps the only buffer");
        probe.awaitReceived();
        rig.connect().send("waits for one");

        assertRests("for a buffer");
    }
}

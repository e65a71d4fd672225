// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.ECONNRESET;
import static dev.ringfork.bindings.Errno.EINVAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.Plumbing;
import dev.ringfork.reactor.testing.Waiting;
import org.junit.jupiter.api.Test;

final class SelectServerTest extends ServerContract {
    private static final String REMEDY = "FD_SETSIZE is 1024; choose --engine poll or epoll";

    @Override
    EngineUnderTest engine() {
        return EngineUnderTest.SELECT;
    }

    @Test
    void shouldCloseAConnectionThatSelectCannotWatchAndServeTheOthers() {
        Server server = rig().start(Rig.ECHO);
        Client early = rig().connect();
        early.ping();
        try (Plumbing plumbing = new Plumbing()) {
            plumbing.fillBelow(1024);

            rig().connect().expectClosed();

            rig().awaitReport("a connection was closed: select cannot watch descriptor 1");
            early.ping();
            Waiting.until(() -> server.statistics().shed() == 1, "the shed connection");
        }
        rig().connect().ping();
        assertEquals(1, server.statistics().shed());
    }

    @Test
    void shouldTellTheSessionOfAConnectionThatSelectCannotWatch() {
        Probe probe = new Probe();
        rig().start(probe);
        try (Plumbing plumbing = new Plumbing()) {
            plumbing.fillBelow(1024);

            rig().connect().expectClosed();

            assertEquals(EINVAL, probe.awaitClosed());
            assertTrue(rig().awaitReport("select cannot watch").endsWith(REMEDY));
        }
    }

    @Test
    void shouldSayWhatHelpsWhenItCannotStartAndLeaveNothingOpen() {
        try (Plumbing plumbing = new Plumbing()) {
            plumbing.fillBelow(1024);

            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> rig().start(Rig.ECHO));

            assertTrue(String.valueOf(e.getMessage()).endsWith(REMEDY), e.toString());
        }
    }

    @Test
    void shouldSayWhichListenerItCannotWatch() {
        assumeTrue(Platform.current().linux(), "a loop wakes up with more than one descriptor");
        try (Plumbing plumbing = new Plumbing()) {
            // Room for the loop's own descriptor and not for the listener, which is opened first.
            int last = plumbing.fillBelow(1024);
            rig().calls.before("eventfd", () -> plumbing.close(last));

            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> rig().start(Rig.ECHO));

            assertTrue(String.valueOf(e.getMessage()).startsWith("cannot listen on 127.0.0.1:"));
            assertTrue(String.valueOf(e.getMessage()).endsWith(REMEDY), e.toString());
        }
    }

    @Test
    void shouldNoticeTheResetOfAPausedConnectionWhenThatGoesOn() {
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();
        probe.run(Connection::pause);
        client.reset();

        probe.run(Connection::resume);

        assertEquals(ECONNRESET, probe.awaitClosed());
    }
}

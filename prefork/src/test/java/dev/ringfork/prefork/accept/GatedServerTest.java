// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that accept by turns, with each kind of mutex. */
final class GatedServerTest {
    private static final Duration SOON = Duration.ofMillis(5);
    private static final int DEADLINE_MS = 30_000;

    private static Server start(AcceptMutex mutex) {
        return Server.builder(connection -> connection::write)
                .listen(Address.parse("127.0.0.1:0"))
                .architecture(Architecture.MULTI_REACTOR)
                .loops(2)
                .acceptGate(mutex, SOON)
                .start();
    }

    private static Socket connect(Server server) throws IOException {
        int port = ((Address.Inet4) server.addresses().getFirst()).port();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(DEADLINE_MS);
        socket.getOutputStream().write('!');
        return socket;
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeEverybody(AcceptMutexKind kind) throws IOException {
        assumeTrue(kind.absence() == null, "not on this system");
        try (AcceptMutex mutex = AcceptMutex.create(kind)) {
            try (Server server = start(mutex)) {
                for (int i = 0; i < 50; i++) {
                    try (Socket client = connect(server)) {
                        assertEquals('!', client.getInputStream().read());
                    }
                }
            }
            assertTrue(mutex.statistics().acquired() > 0);
            // No loop has kept it.
            assertTrue(mutex.tryAcquire());
            mutex.release();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeWhoWaitedForADeadOwner(AcceptMutexKind kind) throws IOException {
        assumeTrue(kind.absence() == null, "not on this system");
        try (AcceptMutex mutex = AcceptMutex.create(kind);
                ContenderProcess owner = ContenderProcess.start(mutex, Contender.Part.HOLD)) {
            owner.await('h');
            try (Server server = start(mutex);
                    Socket client = connect(server)) {
                long attempts = mutex.statistics().attempts();
                ContenderProcess.until(
                        () -> mutex.statistics().attempts() > attempts + 4, "further attempts");
                assertEquals(0, server.statistics().accepts());

                owner.kill();
                mutex.forceUnlock(owner.pid());

                assertEquals('!', client.getInputStream().read());
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.server.ServerSettings;
import dev.ringfork.reactor.testing.Certificates;
import dev.ringfork.reactor.testing.Certificates.Kind;
import dev.ringfork.reactor.testing.Proxies;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class TlsMemoryTest {
    private static final int BUFFER = 1024;
    private static final int BUFFERS = 16;

    private final TlsProtocol protocol =
            TlsProtocol.around(
                    connection -> in -> {},
                    TlsContext.load(
                            Certificates.of(Kind.EC).certificate(), Certificates.of(Kind.EC).key()),
                    ServerSettings.builder()
                            .bufferBytes(BUFFER)
                            .poolBytes(BUFFERS * BUFFER)
                            .build());
    private final TlsMemory memory = protocol.memory;
    private final TlsSession session = new TlsSession(protocol, connection());
    private int told;

    /** Counts the tasks by which its session is told of buffers. */
    private Connection connection() {
        return Proxies.of(
                Connection.class,
                (self, method, arguments) ->
                        switch (method.getName()) {
                            case "execute" -> {
                                told++;
                                yield true;
                            }
                            case "nowNs" -> 0L;
                            case "expireAfter" -> null;
                            default -> throw new AssertionError(method);
                        });
    }

    @Test
    void shouldTellOfABufferThatComesBack() {
        Buffer[] all = leaseAll();
        memory.awaitOutput(session, 1);
        assertEquals(0, told);

        memory.release(all[0]);

        assertEquals(1, told);
    }

    @Test
    void shouldTellAtOnceOfBuffersThatHaveComeBackSinceTheyWereMissing() {
        for (Buffer buffer : leaseAll()) {
            memory.release(buffer);
        }

        memory.awaitOutput(session, BUFFERS);
        assertEquals(1, told);
        memory.awaitInput(session);
        assertEquals(2, told);
    }

    @Test
    void shouldNotTellOfBuffersThatAreKeptForOthers() {
        memory.reserve(BUFFERS - 1);

        memory.awaitInput(session);
        memory.awaitOutput(session, 2);

        assertEquals(0, told);
    }

    private Buffer[] leaseAll() {
        Buffer[] all = new Buffer[BUFFERS];
        for (int i = 0; i < BUFFERS; i++) {
            all[i] = Objects.requireNonNull(memory.leaseForOutput());
        }
        return all;
    }
}

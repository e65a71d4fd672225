// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.Waiting;
import dev.ringfork.reactor.uring.RingSettings;
import dev.ringfork.reactor.uring.RingSupport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Large streams both ways, however the ring is made. */
final class RingSettingsServerTest {
    private static final int CONNECTIONS = 8;
    private static final int BYTES = 300_000;

    static Stream<Arguments> rings() {
        RingSettings usual = RingSettings.DEFAULT;
        return Stream.of(
                Arguments.of("one entry", usual.withSubmissions(1).withCompletions(2)),
                Arguments.of("one buffer", usual.withBuffers(1)),
                Arguments.of("without copies", usual.withZeroCopy(1)),
                Arguments.of("without copies of much", usual.withZeroCopy(20_000)),
                Arguments.of("a polling thread", usual.withSqPoll(Duration.ofMillis(20), -1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rings")
    void shouldEchoManyStreamsAtOnce(String name, RingSettings ring) {
        String absence = RingSupport.absence(Syscalls.get());
        assumeTrue(absence == null, absence);
        try (Rig rig =
                new Rig(EngineUnderTest.IO_URING, LoopsUnderTest.ONE, Syscalls.get(), false)) {
            rig.start(Rig.ECHO, settings -> settings.ring(ring));
            List<Thread> clients = new ArrayList<>();
            List<Client> open = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                open.add(rig.connect(4096));
            }
            byte[] bytes = Rig.bulk(BYTES);
            for (Client client : open) {
                clients.add(Thread.startVirtualThread(() -> client.send(bytes)));
            }
            for (Client client : open) {
                assertArrayEquals(bytes, client.readBytes(BYTES), name);
            }
            clients.forEach(Waiting::of);
        }
    }
}

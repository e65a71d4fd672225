// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Large streams both ways, however the ring is made. */
final class RingSettingsServerTest {
    private static final int CONNECTIONS = 8;
    private static final int BYTES = 300_000;

    static Stream<Arguments> rings() {
        RingSettings ring = RingSettings.DEFAULT;
        RingUse use = RingUse.DEFAULT;
        RingUse pieces = use.withIncremental(RingUse.Incremental.ON);
        return Stream.of(
                Arguments.of("one entry", ring.withSubmissions(1).withCompletions(2), use),
                Arguments.of("a thread", ring.withSqPoll(Duration.ofMillis(20), -1), use),
                Arguments.of("counted waits", ring.withIoWait(true), use),
                Arguments.of("one buffer", ring, use.withBuffers(1)),
                Arguments.of("without copies", ring, use.withZeroCopy(1)),
                Arguments.of("without copies of much", ring, use.withZeroCopy(20_000)),
                Arguments.of("one by one", ring, use.withRepeatedReceives(false)),
                Arguments.of("bundles", ring, use.withBundles(true)),
                Arguments.of("bundles of few", ring, use.withBundles(true).withBuffers(2)),
                Arguments.of("pieces", ring, pieces),
                Arguments.of("pieces of one buffer", ring, pieces.withBuffers(1)),
                Arguments.of("pieces one by one", ring, pieces.withRepeatedReceives(false)),
                Arguments.of("accepts one by one", ring, use.withRepeatedAccepts(false)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rings")
    void shouldEchoManyStreamsAtOnce(String name, RingSettings ring, RingUse use) {
        echo(name, ring, use);
    }

    @Test
    void shouldCountCompletionsThatDidNotFit() {
        RingSettings small = RingSettings.DEFAULT.withSubmissions(1).withCompletions(2);
        assertTrue(echo("one entry", small, RingUse.DEFAULT).overflows() > 0);
    }

    @Test
    void shouldCountReadsThatWaitedForABuffer() {
        RingUse use = RingUse.DEFAULT.withBuffers(1);
        assertTrue(echo("one buffer", RingSettings.DEFAULT, use).starved() > 0);
    }

    private static ServerStatistics echo(String name, RingSettings ring, RingUse use) {
        String absence = RingSupport.absence(Syscalls.get());
        assumeTrue(absence == null, absence);
        if (use.incremental() == RingUse.Incremental.ON) {
            IncrementalServerTest.assumeThere();
        }
        try (Rig rig =
                new Rig(EngineUnderTest.IO_URING, LoopsUnderTest.ONE, Syscalls.get(), false)) {
            Server server = rig.start(Rig.ECHO, settings -> settings.ring(ring).ringUse(use));
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
            return server.statistics();
        }
    }
}

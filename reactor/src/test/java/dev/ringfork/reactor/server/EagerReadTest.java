// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EagerReadTest {
    private final EagerRead eager = new EagerRead();

    private long tried(int connections, boolean hit) {
        return IntStream.range(0, connections)
                .filter(any -> {
                    boolean now = eager.worthwhile();
                    if (now) {
                        eager.outcome(hit);
                    }
                    return now;
                })
                .count();
    }

    @Test
    void shouldGoOnWhileItPays() {
        assertEquals(1000, tried(1000, true));
    }

    @Test
    void shouldStopWhenItDoesNotPayAndStillTryNowAndThen() {
        tried(100, false);
        assertEquals(10, tried(160, false));
    }

    @Test
    void shouldBeginAgainWhenClientsChange() {
        tried(1000, false);
        tried(1000, true);
        assertEquals(100, tried(100, true));
    }

    @Test
    void shouldForgiveAMissAmongHits() {
        assertEquals(1, tried(1, false));
        assertTrue(eager.worthwhile());
    }
}

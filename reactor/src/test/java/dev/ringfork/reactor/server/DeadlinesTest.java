// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.server.Deadlines.Due;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The arithmetic of deadlines, with a time that the test makes up. */
@ExtendWith(NoLeakedDescriptors.class)
final class DeadlinesTest {
    private final Reactor reactor =
            new Reactor(
                    Syscalls.get(),
                    EngineUnderTest.POLL.open(Syscalls.get()),
                    Long.MAX_VALUE,
                    report -> {});
    private final List<Long> fired = new ArrayList<>();
    private final Deadlines deadlines = new Deadlines(reactor, () -> fired.add(reactor.nowNs()));

    @AfterEach
    void closeReactor() {
        reactor.close();
    }

    @Test
    void shouldHaveNothingDueAtFirst() {
        assertEquals(Due.NOTHING, deadlines.due(Long.MAX_VALUE - 1));
    }

    @Test
    void shouldTellTheSessionOnce() {
        deadlines.sessionNs(100);

        assertEquals(Due.NOTHING, deadlines.due(99));
        assertEquals(Due.SESSION, deadlines.due(100));
        assertEquals(Due.NOTHING, deadlines.due(1_000));
    }

    @Test
    void shouldGiveTheFullTimeAgainToAPeerThatTakesSomething() {
        deadlines.write(false, false, 100);
        deadlines.write(false, true, 150);

        assertEquals(Due.NOTHING, deadlines.due(149));
        assertEquals(Due.WRITE, deadlines.due(150));
    }

    @Test
    void shouldNotGiveMoreTimeToAPeerThatTakesNothing() {
        deadlines.write(false, false, 100);
        deadlines.write(false, false, 150);

        assertEquals(Due.WRITE, deadlines.due(100));
    }

    @Test
    void shouldForgetTheWriteOnceAllIsSent() {
        deadlines.write(false, true, 100);
        deadlines.write(true, true, 150);

        assertEquals(Due.NOTHING, deadlines.due(1_000));
    }

    @Test
    void shouldLingerAsLongAsThePeerSends() {
        deadlines.linger(0, 100, 30);
        deadlines.lingerOn(25, 30);

        assertEquals(Due.NOTHING, deadlines.due(54));
        assertEquals(Due.LINGER, deadlines.due(55));
    }

    @Test
    void shouldNotLingerLongerThanAltogether() {
        deadlines.linger(0, 100, 30);
        for (int now = 0; now < 100; now += 20) {
            deadlines.lingerOn(now, 30);
            assertEquals(Due.NOTHING, deadlines.due(now));
        }

        assertEquals(Due.LINGER, deadlines.due(100));
    }

    @Test
    void shouldNotTouchTheTimersForADeadlineThatMovesLater() {
        long nowNs = reactor.nowNs();
        long ms = 1_000_000;
        deadlines.sessionNs(nowNs + ms);
        deadlines.sessionNs(nowNs + 20 * ms);

        while (fired.isEmpty()) {
            reactor.runOnce(-1);
        }

        // It fires at the earlier time, finds nothing due, and waits for the later one.
        assertTrue(fired.getFirst() < nowNs + 20 * ms, "it was set again at once");
        assertEquals(Due.NOTHING, deadlines.due(nowNs + 2 * ms));
        while (fired.size() < 2) {
            reactor.runOnce(-1);
        }
        assertTrue(fired.getLast() >= nowNs + 20 * ms);
    }

    @Test
    void shouldFireForADeadlineThatMovesEarlier() {
        deadlines.sessionNs(reactor.nowNs() + 3_600_000_000_000L);
        deadlines.write(false, true, reactor.nowNs() + 1);

        // Were the first deadline waited for, the test would reach its own.
        while (fired.isEmpty()) {
            reactor.runOnce(-1);
        }

        assertEquals(Due.WRITE, deadlines.due(reactor.nowNs()));
    }

    @Test
    void shouldNotFireAfterItWasCancelled() {
        deadlines.sessionNs(reactor.nowNs());

        deadlines.cancel();
        reactor.runOnce(0);

        assertFalse(fired.iterator().hasNext());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Trap 44: queues of one submission and two completions, and hundreds of operations. */
final class OverflowTest extends RingTest {
    private static final int MANY = 400;

    @Override
    RingSettings settings() {
        return RingSettings.DEFAULT.withSubmissions(1).withCompletions(2);
    }

    private void allDone() {
        until(() -> proactor.inFlight() == 0, "all completions");
        assertEquals(0, proactor.ring().completions().overflow());
    }

    @Test
    void shouldLoseNoCompletion() {
        assertEquals(1, proactor.ring().submissions().entries());
        assertEquals(2, proactor.ring().completions().entries());
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            outcomes.add(new Outcome());
            proactor.nop(outcomes.getLast().operation);
        }
        assertEquals(MANY, proactor.inFlight());
        allDone();
        for (Outcome outcome : outcomes) {
            assertEquals(0, outcome.result());
        }
    }

    @Test
    void shouldTellThatCompletionsWaitInTheKernel() {
        assertFalse(proactor.ring().submissions().overflown());
        for (int i = 0; i < 4; i++) {
            proactor.nop(new Outcome().operation);
        }
        proactor.submit();
        assertTrue(proactor.ring().submissions().overflown());
        allDone();
        proactor.await(0);
        assertFalse(proactor.ring().submissions().overflown());
    }

    @Test
    void shouldLoseNoTimeThatIsOverAtOnce() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            outcomes.add(new Outcome());
            proactor.timeout(outcomes.getLast().operation, MS);
        }
        allDone();
        for (Outcome outcome : outcomes) {
            assertEquals(-Errno.ETIME, outcome.result());
        }
    }

    @Test
    void shouldBeginInHandlersWhatHasNoRoom() {
        List<Integer> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Outcome outcome =
                    new Outcome((operation, result, flags) -> {
                        results.add(result);
                        if (results.size() < MANY) {
                            proactor.nop(operation);
                        }
                    });
            proactor.nop(outcome.operation);
        }
        allDone();
        assertTrue(results.size() >= MANY);
    }

    @Test
    void shouldReceiveEverythingInOrder() {
        Pair pair = plumbing.socketpair();
        MemorySegment memory = arena.allocate(8 * 4);
        StringBuilder received = new StringBuilder();
        try (BufferRing group = BufferRing.register(proactor.ring(), 0, 8, 0)) {
            for (int id = 0; id < 8; id++) {
                group.add(id, memory.address() + 4L * id, 4);
            }
            group.publish();
            Outcome recv =
                    new Outcome((operation, result, flags) -> {
                        if (result > 0) {
                            int id = BufferRing.id(flags);
                            received.append(text(memory, 4L * id, result));
                            group.add(id, memory.address() + 4L * id, 4);
                            group.publish();
                        }
                    });
            String sent = "0123456789".repeat(40);
            plumbing.write(pair.far(), sent);
            plumbing.shutdownOutput(pair.far());
            while (recv.completions() == 0 || recv.lastResult() != 0) {
                proactor.recvMultishot(recv.operation, pair.near(), group.group(), 0);
                finish(recv);
                assertTrue(recv.completions() <= 2 * MANY, "no end");
            }
            assertEquals(sent, received.toString());
        }
    }
}

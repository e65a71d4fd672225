// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What handlers may do while completions are handled. */
final class HandlersTest extends RingTest {
    private static final int MANY = 5;

    private final List<Outcome> others = new ArrayList<>();

    private void begin(Outcome first) {
        proactor.nop(first.operation);
        for (int i = 1; i < MANY; i++) {
            others.add(new Outcome());
            proactor.nop(others.getLast().operation);
        }
        proactor.await(PATIENCE_NS);
    }

    private void assertAllOnce() {
        for (Outcome other : others) {
            assertEquals(0, other.result());
        }
    }

    @Test
    void shouldLetAHandlerCompleteTheRest() {
        List<Integer> counts = new ArrayList<>();
        begin(new Outcome((operation, result, flags) -> counts.add(proactor.complete())));
        assertEquals(1, proactor.complete());
        assertEquals(List.of(MANY - 1), counts);
        assertAllOnce();
        assertEquals(0, proactor.complete());
    }

    @Test
    void shouldLetAHandlerClose() {
        begin(new Outcome((operation, result, flags) -> proactor.close()));
        assertEquals(1, proactor.complete());
        assertAllOnce();
        assertEquals(0, proactor.inFlight());
        assertTrue(proactor.ring().closed());
    }

    @Test
    void shouldLetAHandlerBeginItsOperationAnew() {
        List<Integer> results = new ArrayList<>();
        Outcome again =
                new Outcome((operation, result, flags) -> {
                    results.add(result);
                    if (results.size() < 3) {
                        proactor.nop(operation);
                    }
                });
        proactor.nop(again.operation);
        until(() -> results.size() == 3, "the third time");
        assertFalse(again.operation.inFlight());
    }

    @Test
    void shouldHandleTheRestAfterAHandlerHasThrown() {
        begin(
                new Outcome((operation, result, flags) -> {
                    throw new IllegalArgumentException("a bug");
                }));
        assertThrows(IllegalArgumentException.class, () -> proactor.complete());
        assertEquals(MANY - 1, proactor.complete());
        assertAllOnce();
        assertEquals(0, proactor.inFlight());
    }

    @Test
    void shouldHandleNothingBeforeTheFirstSubmit() {
        proactor.nop(new Outcome().operation);
        assertEquals(0, proactor.complete());
        assertEquals(1, proactor.inFlight());
    }

    @Test
    void shouldLetOtherThreadsGoOnWhileADescriptorOrAFileIsSubmitted() {
        turn();
        long nowhere = arena.allocate(1).address();
        List<Runnable> slow =
                List.of(
                        () -> proactor.close(-1),
                        () -> proactor.close(new Outcome().operation, -1),
                        () -> proactor.read(new Outcome().operation, -1, nowhere, 1, 0),
                        () -> proactor.write(new Outcome().operation, -1, nowhere, 1, 0),
                        () -> proactor.fsync(new Outcome().operation, -1, true));
        for (Runnable operation : slow) {
            int before = calls.count("io_uring_submit");
            operation.run();
            proactor.nop(new Outcome().operation);
            proactor.submit();
            assertEquals(before, calls.count("io_uring_submit"));
            proactor.nop(new Outcome().operation);
            proactor.submit();
            assertEquals(before + 1, calls.count("io_uring_submit"));
            turn();
        }
    }

    @Test
    void shouldAnswerNothingButAnExceptionWhenClosed() {
        proactor.close();
        Outcome outcome = new Outcome();
        List<Executable> uses =
                List.of(
                        () -> proactor.nop(outcome.operation),
                        () -> proactor.poll(outcome.operation, 0, POLLIN),
                        () -> proactor.timeout(outcome.operation, 1),
                        () -> proactor.connect(outcome.operation, 0, Address.parse("127.0.0.1:1")),
                        () -> proactor.sendv(outcome.operation, 0, 0, 0, 0),
                        () -> proactor.close(99),
                        () -> proactor.cancelAll(0),
                        () -> proactor.submit(),
                        () -> proactor.await(0));
        for (Executable use : uses) {
            assertThrows(IllegalStateException.class, use);
        }
        assertFalse(outcome.operation.inFlight());
        assertEquals(0, proactor.complete());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.testing.Waiting;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trap 41: an operation completes exactly once for the last time, whoever wins the race. */
final class CancellationTest extends RingTest {
    private static final int RACES = 1500;
    private static final int SPIN_NS_MAX = 20_000;

    /** Who comes first; the kernel decides what becomes of it. */
    enum Order {
        CANCEL_THEN_DATA,
        DATA_THEN_CANCEL,
        CANCEL_IN_THE_SAME_SUBMIT,
        CANCEL_WHEN_COMPLETED
    }

    private static void spin(long ns) {
        long end = System.nanoTime() + ns;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCompleteOnceInEveryOrder(Order order) throws InterruptedException {
        Random random = new Random(order.name().hashCode());
        Pair pair = plumbing.socketpair();
        MemorySegment in = arena.allocate(8);
        int cancelled = 0;
        for (int i = 0; i < RACES; i++) {
            Outcome recv = new Outcome();
            long delayNs = random.nextInt(SPIN_NS_MAX);
            proactor.recv(recv.operation, pair.near(), in.address(), 1, 0);
            switch (order) {
                case CANCEL_THEN_DATA -> {
                    proactor.submit();
                    proactor.cancel(recv.operation);
                    proactor.submit();
                    spin(delayNs);
                    plumbing.write(pair.far(), "x");
                }
                case DATA_THEN_CANCEL -> {
                    proactor.submit();
                    plumbing.write(pair.far(), "x");
                    spin(delayNs);
                    proactor.cancel(recv.operation);
                }
                case CANCEL_IN_THE_SAME_SUBMIT -> {
                    proactor.cancel(recv.operation);
                    plumbing.write(pair.far(), "x");
                }
                case CANCEL_WHEN_COMPLETED -> {
                    plumbing.write(pair.far(), "x");
                    proactor.submit();
                    spin(delayNs);
                    proactor.cancel(recv.operation);
                }
            }
            int result = resultOf(recv);
            turn();
            assertEquals(1, recv.completions());
            assertEquals(0, proactor.inFlight());
            if (result == -Errno.ECANCELED) {
                cancelled++;
                assertEquals("x", plumbing.read(pair.near(), 8), "what was not received is there");
            } else {
                assertEquals(1, result);
            }
        }
        if (order == Order.CANCEL_THEN_DATA) {
            assertEquals(RACES, cancelled);
        } else if (order == Order.CANCEL_WHEN_COMPLETED) {
            assertEquals(0, cancelled);
        }
    }

    @Test
    void shouldCompleteOnceWhenAnotherThreadSendsMeanwhile() throws InterruptedException {
        Pair pair = plumbing.socketpair();
        MemorySegment in = arena.allocate(8);
        Random random = new Random(41);
        Descriptors descriptors = Syscalls.get().descriptors();
        long byteToSend = text("x").address();
        int received = 0;
        // Fewer than a socket holds of the smallest pieces, should the receiver be late.
        int sends = 200;
        Thread sender =
                Thread.ofPlatform()
                        .start(() -> {
                            Random delays = new Random(42);
                            for (int i = 0; i < sends; i++) {
                                spin(delays.nextInt(SPIN_NS_MAX));
                                descriptors.write(pair.far(), byteToSend, 1);
                            }
                        });
        long deadline = System.nanoTime() + Waiting.DEADLINE.toNanos();
        while (received < sends) {
            assertTrue(System.nanoTime() - deadline < 0, "not all has arrived");
            Outcome recv = new Outcome();
            proactor.recv(recv.operation, pair.near(), in.address(), 1, 0);
            proactor.submit();
            spin(random.nextInt(SPIN_NS_MAX));
            proactor.cancel(recv.operation);
            int result = resultOf(recv);
            assertTrue(result == 1 || result == -Errno.ECANCELED, () -> "result " + result);
            received += Math.max(0, result);
        }
        sender.join();
        assertEquals("", plumbing.read(pair.near(), 8));
    }

    @Test
    void shouldEndARepeatingTimeoutHoweverOftenItComesInBetween() {
        Random random = new Random(43);
        for (int i = 0; i < 300; i++) {
            Outcome timeout = new Outcome();
            proactor.timeoutMultishot(timeout.operation, 20_000, 0);
            proactor.submit();
            spin(random.nextInt(4 * SPIN_NS_MAX));
            proactor.cancel(timeout.operation);
            finish(timeout);
            assertEquals(-Errno.ECANCELED, timeout.lastResult());
        }
    }

    @Test
    void shouldCancelWhatBeganInAHandler() {
        Pair pair = plumbing.socketpair();
        Outcome poll = new Outcome();
        Outcome nop =
                new Outcome((operation, result, flags) -> {
                    proactor.poll(poll.operation, pair.near(), POLLIN);
                    proactor.cancel(poll.operation);
                    proactor.cancel(poll.operation);
                });
        proactor.nop(nop.operation);
        finish(nop, poll);
        assertEquals(-Errno.ECANCELED, poll.result());
        proactor.poll(poll.operation, pair.near(), POLLIN);
        turn();
        assertTrue(poll.operation.inFlight());
        assertFalse(poll.operation.cancelling());
    }

    @Test
    void shouldNotCancelByClosingTheDescriptor() {
        Pair pair = plumbing.socketpair();
        MemorySegment in = arena.allocate(8);
        int copy = plumbing.duplicate(pair.near(), 0);
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, copy, in.address(), 8, 0);
        turn();
        proactor.close(copy);
        turn();
        assertTrue(recv.operation.inFlight());
        plumbing.write(pair.far(), "abc");
        assertEquals(3, resultOf(recv));
    }

    @Test
    void shouldEndBeforeTheCloseWhatIsCancelledBefore() {
        Pair pair = plumbing.socketpair();
        MemorySegment in = arena.allocate(8);
        for (int i = 0; i < 50; i++) {
            int copy = plumbing.duplicate(pair.near(), 0);
            Outcome recv = new Outcome();
            proactor.recv(recv.operation, copy, in.address(), 8, 0);
            turn();
            proactor.cancelAll(copy);
            proactor.close(copy);
            assertEquals(-Errno.ECANCELED, resultOf(recv));
            until(() -> !plumbing.isOpen(copy), "the close");
        }
    }
}

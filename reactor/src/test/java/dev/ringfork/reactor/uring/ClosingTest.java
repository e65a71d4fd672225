// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_WAITALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.testing.Waiting;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Trap 40: memory is the kernel's until the last completion, also when everything closes. */
final class ClosingTest extends RingTest {
    private static final byte CANARY = 0x5a;
    private static final int SPLICE = 3;

    @Test
    void shouldWaitForEveryKindOfOperation() {
        MemorySegment in = arena.allocate(64);
        Pair pair = plumbing.socketpair();
        Pair pipe = blockingPipe();
        Pair other = blockingPipe();
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            outcomes.add(new Outcome());
        }
        proactor.recv(outcomes.get(0).operation, pair.near(), in.address(), 64, 0);
        proactor.recv(outcomes.get(1).operation, pair.near(), in.address(), 64, MSG_WAITALL);
        proactor.read(outcomes.get(2).operation, pipe.near(), in.address(), 64, -1);
        proactor.splice(outcomes.get(SPLICE).operation, pipe.near(), -1, other.far(), -1, 8);
        proactor.poll(outcomes.get(4).operation, pair.near(), POLLIN);
        proactor.pollMultishot(outcomes.get(5).operation, pair.near(), POLLIN);
        proactor.timeout(outcomes.get(6).operation, 3_600_000 * MS);
        proactor.timeoutMultishot(outcomes.get(7).operation, 3_600_000 * MS, 0);
        proactor.accept(outcomes.get(8).operation, listener(), 0);
        proactor.acceptMultishot(outcomes.get(9).operation, listener(), 0);
        proactor.link();
        proactor.recv(outcomes.get(10).operation, pair.far(), in.address(), 64, 0);
        proactor.linkTimeout(outcomes.get(11).operation, 3_600_000 * MS);
        turn();
        assertEquals(12, proactor.inFlight());
        proactor.close();
        assertEquals(0, proactor.inFlight());
        for (Outcome outcome : outcomes) {
            // A splice is interrupted where it waits, in a thread of the kernel's.
            boolean splice = outcomes.indexOf(outcome) == SPLICE;
            int result = outcome.result();
            assertTrue(
                    result == -Errno.ECANCELED || (splice && result == -Errno.EINTR),
                    () -> "operation %d: %d".formatted(outcomes.indexOf(outcome), result));
        }
    }

    @Test
    void shouldLetTheKernelWriteNowhereAfterTheClose() {
        for (int i = 0; i < 20; i++) {
            UringProactor own = new UringProactor(Ring.open(calls.syscalls(), settings()));
            Pair pair = plumbing.socketpair();
            MemorySegment in = arena.allocate(8).fill(CANARY);
            Outcome recv = new Outcome();
            own.recv(recv.operation, pair.near(), in.address(), 8, 0);
            own.await(0);
            own.close();
            plumbing.write(pair.far(), "late");
            assertEquals(-Errno.ECANCELED, recv.result());
            assertEquals("late", plumbing.read(pair.near(), 8));
            assertEquals(-1, in.mismatch(arena.allocate(8).fill(CANARY)));
        }
    }

    @Test
    void shouldDoWhatWasAskedForAndNotSubmitted() {
        Pair pair = plumbing.socketpair();
        int copy = plumbing.duplicate(pair.near(), 0);
        Outcome send = new Outcome();
        Outcome recv = new Outcome();
        proactor.send(send.operation, pair.near(), text("bye").address(), 3, MSG_NOSIGNAL);
        proactor.recv(recv.operation, pair.near(), arena.allocate(8).address(), 8, 0);
        proactor.close(copy);
        proactor.close();
        assertEquals(3, send.result());
        assertEquals(-Errno.ECANCELED, recv.result());
        assertFalse(plumbing.isOpen(copy));
        assertEquals("bye", plumbing.read(pair.far(), 8));
    }

    @Test
    void shouldCancelWhatHandlersBeginWhileItCloses() {
        Pair pair = plumbing.socketpair();
        List<Integer> results = new ArrayList<>();
        Outcome again =
                new Outcome((operation, result, flags) -> {
                    results.add(result);
                    if (results.size() < 3) {
                        proactor.poll(operation, pair.near(), POLLIN);
                    }
                });
        proactor.poll(again.operation, pair.near(), POLLIN);
        turn();
        proactor.close();
        assertEquals(List.of(-Errno.ECANCELED, -Errno.ECANCELED, -Errno.ECANCELED), results);
    }

    @Test
    void shouldWaitForTheOthersWhenAHandlerThrows() {
        Pair pair = plumbing.socketpair();
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            outcomes.add(
                    new Outcome((operation, result, flags) -> {
                        throw new IllegalArgumentException("a bug");
                    }));
            proactor.poll(outcomes.getLast().operation, pair.near(), POLLIN);
        }
        turn();
        assertThrows(IllegalArgumentException.class, () -> proactor.close());
        assertTrue(proactor.ring().closed());
        for (Outcome outcome : outcomes) {
            assertEquals(-Errno.ECANCELED, outcome.result());
        }
    }

    @Test
    void shouldCloseTwice() {
        turn();
        proactor.close();
        proactor.close();
        proactor.ring().close();
    }

    // ---- trap 45: one thread

    /** Runs something on another thread; returns what it has thrown. */
    private static Throwable thrownElsewhere(Runnable action) {
        AtomicReference<Throwable> thrown = new AtomicReference<>(new AssertionError("nothing"));
        Thread other =
                Thread.ofPlatform()
                        .uncaughtExceptionHandler((thread, e) -> thrown.set(e))
                        .start(action);
        Waiting.of(other);
        return thrown.get();
    }

    @Test
    void shouldSayThatARingIsAnotherThreads() {
        Outcome nop = new Outcome();
        proactor.nop(nop.operation);
        finish(nop);
        List<Runnable> uses =
                List.of(
                        () -> proactor.await(PATIENCE_NS),
                        () -> {
                            proactor.nop(new Outcome().operation);
                            proactor.submit();
                        },
                        () -> proactor.close(),
                        () -> proactor.ring().close());
        for (Runnable use : uses) {
            Throwable thrown = thrownElsewhere(use);
            assertEquals(IllegalStateException.class, thrown.getClass());
            assertTrue(thrown.toString().contains("thread"), thrown::toString);
        }
        // It is whole, and what the other thread has prepared begins now.
        turn();
        assertEquals(0, proactor.inFlight());
        assertFalse(proactor.ring().closed());
    }

    @Test
    void shouldNotBelongToAVirtualThread() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>(new AssertionError("nothing"));
        Thread.ofVirtual()
                .uncaughtExceptionHandler((thread, e) -> thrown.set(e))
                .start(() -> proactor.await(0))
                .join();
        assertEquals(IllegalStateException.class, thrown.get().getClass());
        turn();
    }

    @Test
    void shouldBelongToTheThreadThatSubmitsFirst() {
        Outcome nop = new Outcome();
        proactor.nop(nop.operation);
        Waiting.of(
                Thread.ofPlatform()
                        .start(() -> {
                            finish(nop);
                            proactor.close();
                        }));
        assertEquals(0, nop.result());
        assertTrue(proactor.ring().closed());
    }

    @Test
    void shouldCloseTheRingOfAThreadThatHasEnded() {
        Pair pair = plumbing.socketpair();
        Outcome poll = new Outcome();
        Waiting.of(
                Thread.ofPlatform()
                        .start(() -> {
                            proactor.poll(poll.operation, pair.near(), POLLIN);
                            proactor.submit();
                        }));
        proactor.close();
        assertTrue(proactor.ring().closed());
        assertTrue(poll.operation.inFlight());
        assertFalse(plumbing.isOpen(proactor.ring().fd()));
    }
}

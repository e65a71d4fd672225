// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringOperations.FUTEX2_PRIVATE;
import static dev.ringfork.bindings.abi.IoUringOperations.FUTEX2_SIZE_U32;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_FUTEX_WAIT;
import static dev.ringfork.bindings.abi.PollConstants.POLLHUP;
import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.PollConstants.POLLOUT;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_WAITALL;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Polls, times, futexes, chains and cancellation. */
final class WaitingOperationsTest extends RingTest {

    @Test
    void shouldCompleteNothing() {
        Outcome nop = new Outcome();
        proactor.nop(nop.operation);
        assertEquals(0, nop.completions());
        assertEquals(0, resultOf(nop));
        assertEquals(0, proactor.inFlight());
    }

    @Test
    void shouldPollOnce() {
        Pair pair = plumbing.socketpair();
        Outcome poll = new Outcome();
        proactor.poll(poll.operation, pair.near(), POLLIN);
        turn();
        assertEquals(0, poll.completions());
        plumbing.write(pair.far(), "x");
        assertEquals(POLLIN, resultOf(poll));
        proactor.poll(poll.operation, pair.near(), POLLOUT);
        finish(poll);
        assertEquals(POLLOUT, poll.lastResult());
        proactor.poll(poll.operation, -1, POLLIN);
        finish(poll);
        assertEquals(-Errno.EBADF, poll.lastResult());
    }

    @Test
    void shouldPollAgainAndAgain() {
        Pair pipe = plumbing.pipe();
        Outcome poll = new Outcome();
        proactor.pollMultishot(poll.operation, pipe.near(), POLLIN);
        for (int i = 1; i <= 3; i++) {
            plumbing.write(pipe.far(), "x");
            int count = i;
            until(() -> poll.completions() == count, "an event");
            assertEquals(POLLIN, poll.lastResult());
            assertTrue(poll.operation.inFlight());
        }
        plumbing.close(pipe.far());
        until(() -> (poll.lastResult() & POLLHUP) != 0, "the hang-up");
        proactor.cancel(poll.operation);
        finish(poll);
    }

    @Test
    void shouldTellThatATimeIsOver() {
        Outcome timeout = new Outcome();
        long start = System.nanoTime();
        proactor.timeout(timeout.operation, 5 * MS);
        assertEquals(-Errno.ETIME, resultOf(timeout));
        assertTrue(System.nanoTime() - start >= 5 * MS);
    }

    @Test
    void shouldTellThatATimeIsOverAgainAndAgain() {
        Outcome timeout = new Outcome();
        proactor.timeoutMultishot(timeout.operation, MS, 3);
        finish(timeout);
        assertEquals(List.of(-Errno.ETIME, -Errno.ETIME, -Errno.ETIME), timeout.results);

        proactor.timeoutMultishot(timeout.operation, MS, 0);
        until(() -> timeout.completions() >= 8, "five more times");
        assertTrue(timeout.operation.inFlight());
        proactor.cancel(timeout.operation);
        finish(timeout);
        assertEquals(-Errno.ECANCELED, timeout.lastResult());
    }

    @Test
    void shouldWaitUntilAWordHasChanged() {
        assumeTrue(Probe.of(proactor.ring()).has(IORING_OP_FUTEX_WAIT), "Linux 6.7");
        MemorySegment word = arena.allocate(JAVA_INT);
        Outcome wait = new Outcome();
        proactor.futexWait(wait.operation, word.address(), 1);
        assertEquals(-Errno.EAGAIN, resultOf(wait));

        word.set(JAVA_INT, 0, -1);
        proactor.futexWait(wait.operation, word.address(), -1);
        turn();
        assertTrue(wait.operation.inFlight());
        word.set(JAVA_INT, 0, 0);
        Outcome wake = new Outcome();
        proactor.futexWake(wake.operation, word.address(), 5);
        finish(wait, wake);
        assertEquals(0, wait.lastResult());
        assertEquals(1, wake.result());
    }

    @Test
    void shouldWaitUntilOneOfManyWordsHasChanged() {
        assumeFeature("FUTEX_WAITV");
        MemorySegment words = arena.allocate(JAVA_INT, 2);
        MemorySegment waiters = waiters(words);
        Outcome wait = new Outcome();
        proactor.futexWaitv(wait.operation, waiters.address(), 2);
        turn();
        waiters.fill((byte) 0);
        assertTrue(wait.operation.inFlight());
        Outcome wake = new Outcome();
        proactor.futexWake(wake.operation, words.address() + Integer.BYTES, 1);
        finish(wait, wake);
        assertEquals(1, wait.result());
        assertEquals(1, wake.result());
    }

    @Test
    void shouldNotWaitForWordsThatHaveChangedOrAreNone() {
        assumeFeature("FUTEX_WAITV");
        MemorySegment words = arena.allocate(JAVA_INT, 2);
        words.setAtIndex(JAVA_INT, 1, 5);
        Outcome changed = new Outcome();
        Outcome none = new Outcome();
        proactor.futexWaitv(changed.operation, waiters(words).address(), 2);
        proactor.futexWaitv(none.operation, words.address(), 0);
        finish(changed, none);
        assertEquals(-Errno.EAGAIN, changed.result());
        assertEquals(-Errno.EINVAL, none.result());
    }

    /** Two struct futex_waitv, for words that are to be 0. */
    private MemorySegment waiters(MemorySegment words) {
        Layouts layouts = Layouts.current();
        int bytes = layouts.size("futex_waitv");
        MemorySegment waiters = arena.allocate(2L * bytes, Long.BYTES);
        for (int i = 0; i < 2; i++) {
            long word = words.address() + (long) i * Integer.BYTES;
            long at = (long) i * bytes;
            waiters.set(JAVA_LONG, at + layouts.offset("futex_waitv", "uaddr"), word);
            int kind = FUTEX2_SIZE_U32 | FUTEX2_PRIVATE;
            waiters.set(JAVA_INT, at + layouts.offset("futex_waitv", "flags"), kind);
        }
        return waiters;
    }

    // ---- together

    @Test
    void shouldBeginTheSecondOfTwoAfterTheFirst() {
        Pair pair = plumbing.socketpair();
        Outcome recv = new Outcome();
        Outcome send = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.link();
        proactor.recv(recv.operation, pair.near(), in.address(), 8, 0);
        proactor.send(send.operation, pair.near(), in.address(), 3, MSG_NOSIGNAL);
        turn();
        assertEquals("", plumbing.read(pair.far(), 8));
        plumbing.write(pair.far(), "abc");
        finish(recv, send);
        assertEquals("abc", plumbing.read(pair.far(), 8));
    }

    @Test
    void shouldCancelTheSecondOfTwoWhenTheFirstFails() {
        Outcome first = new Outcome();
        Outcome second = new Outcome();
        Outcome third = new Outcome();
        proactor.link();
        proactor.poll(first.operation, -1, POLLIN);
        proactor.nop(second.operation);
        proactor.nop(third.operation);
        finish(first, second, third);
        assertEquals(-Errno.EBADF, first.result());
        assertEquals(-Errno.ECANCELED, second.result());
        assertEquals(0, third.result());
    }

    @Test
    void shouldCancelTheSecondOfTwoWhenTheFirstDoesLessThanAll() {
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "abc");
        plumbing.shutdownOutput(pair.far());
        Outcome recv = new Outcome();
        Outcome nop = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.link();
        proactor.recv(recv.operation, pair.near(), in.address(), 8, MSG_WAITALL);
        proactor.nop(nop.operation);
        finish(recv, nop);
        assertEquals(3, recv.result());
        assertEquals(-Errno.ECANCELED, nop.result());
    }

    @Test
    void shouldBoundAnOperationByATime() {
        Pair pair = plumbing.socketpair();
        Outcome recv = new Outcome();
        Outcome timeout = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.link();
        proactor.recv(recv.operation, pair.near(), in.address(), 8, 0);
        proactor.linkTimeout(timeout.operation, 2 * MS);
        finish(recv, timeout);
        assertEquals(-Errno.ECANCELED, recv.result());
        assertEquals(-Errno.ETIME, timeout.result());
    }

    @Test
    void shouldForgetTheBoundWhenTheOperationIsInTime() {
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "abc");
        Outcome recv = new Outcome();
        Outcome timeout = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.link();
        proactor.recv(recv.operation, pair.near(), in.address(), 8, 0);
        proactor.linkTimeout(timeout.operation, 60_000 * MS);
        finish(recv, timeout);
        assertEquals(3, recv.result());
        assertEquals(-Errno.ECANCELED, timeout.result());
    }

    @Test
    void shouldCancelAllOnADescriptor() {
        Pair pair = plumbing.socketpair();
        Pair other = plumbing.socketpair();
        Outcome recv = new Outcome();
        Outcome poll = new Outcome();
        Outcome unhurt = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.recv(recv.operation, pair.near(), in.address(), 8, 0);
        proactor.poll(poll.operation, pair.near(), POLLIN);
        proactor.poll(unhurt.operation, other.near(), POLLIN);
        proactor.cancelAll(pair.near());
        finish(recv, poll);
        assertEquals(-Errno.ECANCELED, recv.result());
        assertEquals(-Errno.ECANCELED, poll.result());
        turn();
        assertTrue(unhurt.operation.inFlight());
        proactor.cancel(unhurt.operation);
        assertEquals(-Errno.ECANCELED, resultOf(unhurt));
        // There is nothing to cancel any more.
        proactor.cancel(unhurt.operation);
        proactor.cancelAll(pair.near());
        turn();
        assertEquals(1, unhurt.completions());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traps 45 to 48: submits that are large, partial, refused, ordered; waits that end early. */
final class SubmissionTest extends RingTest {

    @Override
    RingSettings settings() {
        return RingSettings.DEFAULT.withSubmissions(4);
    }

    @Test
    void shouldTakeMoreOperationsThanTheQueueHasEntries() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            outcomes.add(new Outcome());
            proactor.nop(outcomes.getLast().operation);
        }
        finish(outcomes.toArray(Outcome[]::new));
        for (Outcome outcome : outcomes) {
            assertEquals(0, outcome.result());
        }
    }

    private static final int NO_SUCH_OPERATION = 255;

    private void entryOfNonsense() {
        Sqe sqe = proactor.ring().submissions().next();
        assertNotNull(sqe);
        sqe.prep(NO_SUCH_OPERATION, -1, 0, 0, 0);
    }

    // How many setup flags the kernel refuses: with five it stops at an entry that it cannot begin.
    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void shouldGoOnAfterAnEntryThatIsNonsense(int refused) {
        for (int i = 0; i < refused; i++) {
            calls.refuse("io_uring_setup", Errno.EINVAL);
        }
        proactor.close();
        proactor = new UringProactor(Ring.open(calls.syscalls(), settings()));
        assertEquals(refused, proactor.ring().missing().size());
        Outcome before = new Outcome();
        Outcome after = new Outcome();
        Outcome last = new Outcome();
        proactor.nop(before.operation);
        entryOfNonsense();
        proactor.nop(after.operation);
        proactor.nop(last.operation);
        proactor.submit();
        assertEquals(0, proactor.ring().submissions().pending());
        finish(before, after, last);

        proactor.nop(before.operation);
        entryOfNonsense();
        proactor.nop(after.operation);
        // The same with a wait.
        finish(before, after);
        assertEquals(2, after.completions());
    }

    @Test
    void shouldTryAgainWhenASubmitIsRefusedForNow() {
        Outcome nop = new Outcome();
        proactor.nop(new Outcome().operation);
        proactor.submit();
        calls.refuse("io_uring_submit", Errno.EINTR, Errno.EAGAIN, Errno.EBUSY, Errno.EINTR);
        proactor.nop(nop.operation);
        proactor.submit();
        assertEquals(0, resultOf(nop));
    }

    @Test
    void shouldReportASubmitThatFails() {
        proactor.submit();
        calls.refuse("io_uring_submit", Errno.EBADR);
        proactor.nop(new Outcome().operation);
        SyscallException failed = assertThrows(SyscallException.class, () -> proactor.submit());
        assertEquals(Errno.EBADR, failed.errno());
        calls.refuse("io_uring_enter", Errno.EBADFD);
        failed = assertThrows(SyscallException.class, () -> proactor.await(PATIENCE_NS));
        assertEquals(Errno.EBADFD, failed.errno());
        turn();
    }

    @Test
    void shouldReturnWhenTheWaitIsInterrupted() {
        Outcome nop = new Outcome();
        proactor.submit();
        proactor.nop(nop.operation);
        calls.refuse("io_uring_enter", Errno.EINTR);
        assertEquals(-Errno.EINTR, proactor.await(PATIENCE_NS));
        // What was asked for is still to be submitted.
        assertEquals(0, resultOf(nop));
    }

    @Test
    void shouldReturnAtTheTimeOut() {
        long start = System.nanoTime();
        assertEquals(-Errno.ETIME, proactor.await(3 * MS));
        assertTrue(System.nanoTime() - start >= 3 * MS);
        start = System.nanoTime();
        assertEquals(0, proactor.await(0));
        Outcome poll = new Outcome();
        proactor.poll(poll.operation, plumbing.pipe().near(), POLLIN);
        proactor.await(3 * MS);
        assertTrue(System.nanoTime() - start >= 3 * MS);
    }

    @Test
    void shouldNotWaitWhenSomethingHasCompleted() {
        Outcome nop = new Outcome();
        proactor.nop(nop.operation);
        proactor.submit();
        proactor.await(-1);
        assertEquals(1, proactor.complete());
    }

    @Test
    void shouldKeepTwoSendsInOrder() {
        Pair pair = plumbing.socketpair();
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            String first = "a" + i;
            String second = "b" + i;
            Outcome one = new Outcome();
            Outcome two = new Outcome();
            MemorySegment bytes = text(first + second);
            int length = first.length();
            proactor.send(one.operation, pair.near(), bytes.address(), length, MSG_NOSIGNAL);
            proactor.send(
                    two.operation,
                    pair.near(),
                    bytes.address() + length,
                    second.length(),
                    MSG_NOSIGNAL);
            finish(one, two);
            sent.append(first).append(second);
        }
        assertEquals(sent.toString(), plumbing.read(pair.far(), 4096));
    }
}

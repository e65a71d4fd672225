// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.IoUringConstants;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.testing.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Traps 46 and 47: a thread of the kernel's begins what is submitted, and sleeps. */
final class SqPollTest extends RingTest {

    @Override
    RingSettings settings() {
        return RingSettings.DEFAULT.withSubmissions(4).withSqPoll(Duration.ofMillis(2), -1);
    }

    @Test
    void shouldPoll() {
        int flags = proactor.ring().setupFlags();
        assertNotEquals(0, flags & IoUringConstants.IORING_SETUP_SQPOLL);
        assertEquals(0, flags & IoUringConstants.IORING_SETUP_DEFER_TASKRUN);
        assertTrue(proactor.ring().missing().isEmpty(), proactor.ring().missing()::toString);
    }

    @Test
    void shouldWakeTheThreadWhenItSleeps() {
        for (int i = 0; i < 5; i++) {
            Outcome nop = new Outcome();
            proactor.nop(nop.operation);
            proactor.submit();
            Waiting.until(() -> proactor.ring().completions().ready() > 0, "the completion");
            proactor.complete();
            assertEquals(0, nop.result());
            SubmissionQueue queue = proactor.ring().submissions();
            Waiting.until(queue::needsWakeup, "the thread's sleep");
        }
    }

    @Test
    void shouldWakeTheThreadAndWaitInOneCall() {
        Pair pair = plumbing.socketpair();
        Outcome timeout = new Outcome();
        proactor.submit();
        Waiting.until(proactor.ring().submissions()::needsWakeup, "the thread's sleep");
        proactor.timeout(timeout.operation, MS);
        assertEquals(-Errno.ETIME, resultOf(timeout));
        assertTrue(plumbing.isOpen(pair.near()));
    }

    @Test
    void shouldKeepSubmitMemoryUntilTheThreadHasReadIt() {
        Pair pair = plumbing.socketpair();
        StringBuilder sent = new StringBuilder();
        StringBuilder received = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            Outcome send = new Outcome();
            String[] pieces = {Integer.toString(i), ":", Integer.toString(i * i), " "};
            sent.append(String.join("", pieces));
            long vector = vector(pieces).address();
            proactor.sendv(send.operation, pair.near(), vector, pieces.length, MSG_NOSIGNAL);
            if (i % 3 == 0) {
                proactor.submit();
            }
            if (i % 25 == 24) {
                until(() -> proactor.inFlight() == 0, "the sends");
                received.append(plumbing.read(pair.far(), 4096));
            }
        }
        assertEquals(sent.toString(), received.toString());
    }

    @Test
    void shouldWaitForAnArrival() {
        Pair pair = plumbing.socketpair();
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, pair.near(), arena.allocate(8).address(), 8, 0);
        proactor.submit();
        assertEquals(-Errno.ETIME, proactor.await(3 * MS));
        plumbing.write(pair.far(), "abc");
        assertEquals(3, resultOf(recv));
    }

    @Test
    void shouldCancelAndClose() {
        Pair pair = plumbing.socketpair();
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, pair.near(), arena.allocate(8).address(), 8, 0);
        proactor.submit();
        int copy = plumbing.duplicate(pair.far(), 0);
        proactor.close(copy);
        proactor.close();
        assertEquals(-Errno.ECANCELED, recv.result());
        Waiting.until(() -> !plumbing.isOpen(copy), "the close");
    }

    @Test
    void shouldSleepSoonWhenItIdlesForLessThanAMillisecond() {
        RingSettings settings = RingSettings.DEFAULT.withSqPoll(Duration.ofNanos(1), -1);
        try (UringProactor eager = new UringProactor(Ring.open(calls.syscalls(), settings))) {
            eager.submit();
            long start = System.nanoTime();
            Waiting.until(eager.ring().submissions()::needsWakeup, "the thread's sleep");
            assertTrue(System.nanoTime() - start < 900 * MS, "it idles for a second");
        }
    }
}

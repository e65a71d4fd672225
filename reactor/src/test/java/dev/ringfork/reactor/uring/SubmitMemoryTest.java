// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.Fcntl.IOV_MAX;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Trap 47: what the kernel reads at the submit stays as it is until then, and chains hold. */
final class SubmitMemoryTest extends RingTest {
    private static final RingSettings WIDE = RingSettings.DEFAULT;

    /** With this many pieces, of 16 bytes, and a header, of 56, 64 KiB are used up. */
    private static final int LEFT_AFTER_THREE = 1010;

    @Override
    RingSettings settings() {
        return RingSettings.DEFAULT.withSubmissions(2);
    }

    private void drain() {
        until(() -> proactor.inFlight() == 0, "the last completion");
    }

    @Test
    void shouldKeepAVectorUntilItsSubmitWhenTheQueueIsFull() {
        Pair pair = plumbing.socketpair();
        Outcome first = new Outcome();
        Outcome second = new Outcome();
        // The queue is full when the first vector is copied.
        proactor.nop(new Outcome().operation);
        proactor.nop(new Outcome().operation);
        proactor.sendv(first.operation, pair.near(), vector("first ").address(), 1, MSG_NOSIGNAL);
        proactor.sendv(second.operation, pair.near(), vector("second").address(), 1, MSG_NOSIGNAL);
        drain();
        assertEquals("first second", plumbing.read(pair.far(), 32));
    }

    @Test
    void shouldSendEveryVectorAsItWas() {
        Pair pair = plumbing.socketpair();
        Random random = new Random(47);
        StringBuilder sent = new StringBuilder();
        StringBuilder received = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            for (int others = random.nextInt(3); others > 0; others--) {
                proactor.nop(new Outcome().operation);
            }
            String[] pieces = new String[1 + random.nextInt(4)];
            for (int p = 0; p < pieces.length; p++) {
                pieces[p] = Integer.toString(random.nextInt(1000));
                sent.append(pieces[p]);
            }
            Outcome send = new Outcome();
            long vector = vector(pieces).address();
            proactor.sendv(send.operation, pair.near(), vector, pieces.length, MSG_NOSIGNAL);
            if (i % 20 == 19) {
                drain();
                received.append(plumbing.read(pair.far(), 4096));
            }
        }
        assertEquals(sent.toString(), received.toString());
    }

    @Test
    void shouldBoundAnOperationAlthoughTheMemoryForTimesIsUsedUp() {
        Pair pair = plumbing.socketpair();
        MemorySegment in = arena.allocate(8);
        // The first of two needs none of that memory, the second does and finds none.
        try (UringProactor wide = new UringProactor(Ring.open(Syscalls.get(), WIDE))) {
            long vector = arena.allocate(16L * IOV_MAX, 8).address();
            for (int count : new int[] {IOV_MAX, IOV_MAX, IOV_MAX, LEFT_AFTER_THREE}) {
                wide.sendv(new Outcome().operation, pair.near(), vector, count, MSG_NOSIGNAL);
            }
            assertChained(wide, pair.near(), in);
        }
    }

    private static void assertChained(UringProactor proactor, int fd, MemorySegment in) {
        Outcome recv = new Outcome();
        Outcome bound = new Outcome();
        proactor.link();
        proactor.recv(recv.operation, fd, in.address(), 8, 0);
        proactor.linkTimeout(bound.operation, MS);
        for (int i = 0; i < 100 && (recv.operation.inFlight() || bound.operation.inFlight()); i++) {
            proactor.await(PATIENCE_NS);
            proactor.complete();
        }
        assertEquals(-Errno.ECANCELED, recv.result());
        assertEquals(-Errno.ETIME, bound.result());
    }

    @Test
    void shouldNotSplitTwoAtTheEndOfTheQueue() {
        Pair pair = plumbing.socketpair();
        MemorySegment in = arena.allocate(8);
        for (int before = 0; before < 4; before++) {
            for (int i = 0; i < before; i++) {
                proactor.nop(new Outcome().operation);
            }
            assertChained(proactor, pair.near(), in);
        }
    }

    @Test
    void shouldNotSplitTwoWhenSomethingIsAskedForBeforeThem() {
        Pair pair = plumbing.socketpair();
        MemorySegment in = arena.allocate(8);
        Outcome recv = new Outcome();
        Outcome bound = new Outcome();
        int copy = plumbing.duplicate(pair.far(), 0);
        proactor.link();
        proactor.close(copy);
        proactor.recv(recv.operation, pair.near(), in.address(), 8, 0);
        proactor.linkTimeout(bound.operation, MS);
        finish(recv, bound);
        assertEquals(-Errno.ETIME, bound.result());
    }

    @Test
    void shouldRefuseToLinkWhereTwoHaveNoRoom() {
        RingSettings one = RingSettings.DEFAULT.withSubmissions(1);
        try (UringProactor small = new UringProactor(Ring.open(Syscalls.get(), one))) {
            assertThrows(IllegalStateException.class, small::link);
        }
    }

    @Test
    void shouldRefuseAVectorThatIsTooLong() {
        Pair pair = plumbing.socketpair();
        MemorySegment vector = arena.allocate(16L * 5000, 8);
        for (int count : new int[] {IOV_MAX + 1, 5000}) {
            Outcome send = new Outcome();
            proactor.sendv(send.operation, pair.near(), vector.address(), count, MSG_NOSIGNAL);
            assertEquals(-Errno.EMSGSIZE, resultOf(send));
        }
        Outcome send = new Outcome();
        proactor.sendv(send.operation, pair.near(), vector.address(), IOV_MAX, MSG_NOSIGNAL);
        assertEquals(0, resultOf(send));
        assertTrue(plumbing.isOpen(pair.near()));
    }
}

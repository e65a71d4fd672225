// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_BUFFER;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_WAITALL;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trap 43: many buffers of a group with one completion, in the order that they were added. */
final class BundleTest extends RingTest {
    private static final int BYTES = 16;
    private static final int COUNT = 8;

    /** Two of these are more than a socket takes at once. */
    private static final int LARGE = 128 << 10;

    private final List<Integer> taken = new ArrayList<>();
    private final StringBuilder received = new StringBuilder();
    private MemorySegment memory;
    private BufferRing group;

    @BeforeEach
    void registerGroup() {
        memory = arena.allocate((long) COUNT * LARGE);
        group = BufferRing.register(proactor.ring(), 7, COUNT, 0);
    }

    private void add(int id, int bytes) {
        group.add(id, memory.address() + (long) id * bytes, bytes);
    }

    /** Buffers in an order that is not that of their numbers. */
    private void addShuffled() {
        for (int id : new int[] {5, 2, 7, 0, 3, 6, 1, 4}) {
            add(id, BYTES);
        }
        group.publish();
    }

    @AfterEach
    void closeGroup() {
        if (group != null) {
            proactor.close();
            group.close();
        }
    }

    /** Takes what has come, and gives the buffers back in the order that they were used. */
    private void take(int result, int flags) {
        if (result <= 0) {
            return;
        }
        assertNotEquals(0, flags & IORING_CQE_F_BUFFER);
        int id = BufferRing.id(flags);
        for (int left = result; left > 0; left -= BYTES) {
            taken.add(id);
            received.append(text(memory, (long) id * BYTES, Math.min(left, BYTES)));
            int next = group.after(id);
            add(id, BYTES);
            id = next;
        }
        group.publish();
    }

    private static String letters(int count) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < count; i++) {
            letters.append((char) ('!' + i % 90));
        }
        return letters.toString();
    }

    // ---- receiving

    @Test
    void shouldReceiveIntoManyBuffersAtOnce() {
        assumeFeature("recv bundle");
        addShuffled();
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), letters(50));
        Outcome recv = new Outcome((operation, result, flags) -> take(result, flags));
        proactor.recvBundle(recv.operation, pair.near(), 7, 0);
        // The kernel may leave there what would not fill another one.
        int result = resultOf(recv);
        assertTrue(result > BYTES && result <= 50, () -> "one bundle of " + result);
        assertEquals(List.of(5, 2, 7, 0).subList(0, taken.size()), taken);
        assertEquals(letters(50).substring(0, result), received.toString());
    }

    @Test
    void shouldReceiveAgainAndAgainInOrder() {
        assumeFeature("recv bundle");
        addShuffled();
        Pair pair = plumbing.socketpair();
        Outcome recv =
                new Outcome((operation, result, flags) -> {
                    take(result, flags);
                    if (!operation.inFlight() && result != 0) {
                        proactor.recvBundleMultishot(operation, pair.near(), 7, 0);
                    }
                });
        proactor.recvBundleMultishot(recv.operation, pair.near(), 7, 0);
        Random random = new Random(43);
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            String part = letters(1 + random.nextInt(COUNT * BYTES));
            sent.append(part);
            plumbing.write(pair.far(), part);
            if (random.nextBoolean()) {
                until(() -> received.length() == sent.length(), "all that was sent");
            }
            assertTrue(sent.toString().startsWith(received.toString()), "out of order");
        }
        plumbing.shutdownOutput(pair.far());
        until(() -> received.length() == sent.length(), "all that was sent");
        assertEquals(sent.toString(), received.toString());
        until(() -> recv.lastResult() == 0, "the end of input");
        assertTrue(taken.size() > 2 * COUNT);
    }

    @Test
    void shouldNotReceiveABundleWithoutBuffers() {
        assumeFeature("recv bundle");
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "lost?");
        Outcome recv = new Outcome();
        proactor.recvBundle(recv.operation, pair.near(), 7, 0);
        assertEquals(-Errno.ENOBUFS, resultOf(recv));
        assertEquals("lost?", plumbing.read(pair.near(), 16));
    }

    // ---- sending

    private int sum(Outcome outcome) {
        return outcome.results.stream().filter(result -> result > 0).mapToInt(each -> each).sum();
    }

    @Test
    void shouldSendTheBuffersInTheOrderThatTheyWereAdded() {
        assumeFeature("send bundle");
        MemorySegment.copy(text(letters(COUNT * BYTES)), 0, memory, 0, COUNT * BYTES);
        for (int id : new int[] {3, 0, 6}) {
            add(id, BYTES);
        }
        group.publish();
        Pair pair = plumbing.socketpair();
        Outcome send = new Outcome();
        proactor.sendBundle(send.operation, pair.near(), 7, MSG_NOSIGNAL);
        finish(send);
        assertEquals(3 * BYTES, sum(send));
        assertEquals(3, BufferRing.id(send.flags.getFirst()));
        String expected =
                text(memory, 3 * BYTES, BYTES)
                        + text(memory, 0, BYTES)
                        + text(memory, 6 * BYTES, BYTES);
        assertEquals(expected, plumbing.read(pair.far(), COUNT * BYTES));
    }

    @Test
    void shouldSendAllOfMoreThanASocketTakes() {
        assumeFeature("send bundle");
        for (long i = 0; i < memory.byteSize(); i++) {
            memory.set(JAVA_BYTE, i, (byte) (i % 251));
        }
        for (int id = 0; id < COUNT; id++) {
            add(id, LARGE);
        }
        group.publish();
        Pair pair = plumbing.socketpair();
        Outcome send = new Outcome();
        proactor.sendBundle(send.operation, pair.near(), 7, MSG_NOSIGNAL);
        turn();
        assertTrue(send.operation.inFlight(), "a socket that takes it all shows nothing");
        MemorySegment in = arena.allocate(memory.byteSize());
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, pair.far(), in.address(), COUNT * LARGE, MSG_WAITALL);
        finish(send, recv);
        assertEquals(COUNT * LARGE, recv.result());
        assertEquals(COUNT * LARGE, sum(send));
        assertEquals(-1, memory.mismatch(in));
        // None is left to be sent again.
        Outcome again = new Outcome();
        proactor.sendBundle(again.operation, pair.near(), 7, MSG_NOSIGNAL);
        assertEquals(-Errno.ENOBUFS, resultOf(again));
    }

    @Test
    void shouldFailToSendABundleToWhoHasGone() {
        assumeFeature("send bundle");
        add(0, BYTES);
        group.publish();
        Pair pair = plumbing.socketpair();
        plumbing.close(pair.far());
        Outcome send = new Outcome();
        proactor.sendBundle(send.operation, pair.near(), 7, MSG_NOSIGNAL);
        finish(send);
        assertEquals(-Errno.EPIPE, send.lastResult());
    }

    @Test
    void shouldTellWhatWasSentBeforeTheConnectionFailed() {
        assumeFeature("send bundle");
        for (int id = 0; id < COUNT; id++) {
            add(id, LARGE);
        }
        group.publish();
        Pair pair = plumbing.socketpair();
        Outcome send = new Outcome();
        proactor.sendBundle(send.operation, pair.near(), 7, MSG_NOSIGNAL);
        turn();
        assertTrue(send.operation.inFlight());
        plumbing.close(pair.far());
        finish(send);
        assertTrue(sum(send) < COUNT * LARGE, send.results::toString);
        add(0, BYTES);
        group.publish();
        Outcome next = new Outcome();
        proactor.sendBundle(next.operation, pair.near(), 7, MSG_NOSIGNAL);
        finish(next);
        assertEquals(-Errno.EPIPE, next.lastResult());
    }
}

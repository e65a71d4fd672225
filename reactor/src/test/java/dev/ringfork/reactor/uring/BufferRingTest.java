// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_BUFFER;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_BUF_MORE;
import static dev.ringfork.bindings.abi.IoUringConstants.IOU_PBUF_RING_INC;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_ANONYMOUS;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_PRIVATE;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_READ;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_WRITE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Mappings;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Traps 42 and 43: buffers that the kernel picks, and receives that end when there are none. */
final class BufferRingTest extends RingTest {
    private static final int BYTES = 16;

    private BufferRing group(int count, int flags) {
        return BufferRing.register(proactor.ring(), 3, count, flags);
    }

    private static void give(BufferRing group, MemorySegment memory, int... ids) {
        for (int id : ids) {
            group.add(id, memory.address() + (long) BYTES * id, BYTES);
        }
        group.publish();
    }

    @Test
    void shouldOverwriteWhatTheKernelIsGiven() {
        assumeTrue(Boolean.getBoolean("ringfork.uring.poison"), "not poisoned in this run");
        MemorySegment memory = arena.allocate(3 * BYTES).fill((byte) 'u');
        try (BufferRing group = group(2, 0)) {
            give(group, memory, 1);
            assertEquals("u".repeat(BYTES), text(memory, 0, BYTES));
            assertEquals("u".repeat(BYTES), text(memory, 2 * BYTES, BYTES));
            for (int i = 0; i < BYTES; i++) {
                assertEquals(BufferRing.POISON, memory.get(JAVA_BYTE, BYTES + i));
            }
        }
    }

    @Test
    void shouldReceiveOnceIntoABufferOfAGroup() {
        Pair pair = plumbing.socketpair();
        MemorySegment memory = arena.allocate(BYTES);
        try (BufferRing group = group(1, 0)) {
            give(group, memory, 0);
            Outcome recv = new Outcome();
            proactor.recvInto(recv.operation, pair.near(), group.group(), 0);
            plumbing.write(pair.far(), "abc");
            until(() -> recv.completions() > 0, "what was sent");
            assertEquals(3, recv.results.getFirst());
            assertEquals("abc", text(memory, 0, 3));
            assertFalse(recv.operation.inFlight());

            plumbing.write(pair.far(), "d");
            proactor.recvInto(recv.operation, pair.near(), group.group(), 0);
            until(() -> recv.completions() > 1, "the refusal");
            assertEquals(-Errno.ENOBUFS, recv.results.getLast());
        }
    }

    @Test
    void shouldFillABufferPieceByPiece() {
        Pair pair = plumbing.socketpair();
        MemorySegment memory = arena.allocate(2 * BYTES);
        try (BufferRing group = incremental(2)) {
            give(group, memory, 0, 1);
            Outcome recv = new Outcome();
            proactor.recvMultishot(recv.operation, pair.near(), group.group(), 0);
            proactor.submit();
            int[] offsets = new int[2];
            StringBuilder received = new StringBuilder();
            String[] parts = {"abc", "defg", "hijklmnop", "qr"};
            int seen = 0;
            for (String part : parts) {
                plumbing.write(pair.far(), part);
                int wanted = received.length() + part.length();
                while (received.length() < wanted) {
                    int next = seen;
                    until(() -> recv.completions() > next, part);
                    int id = BufferRing.id(recv.flags.get(seen));
                    int count = recv.results.get(seen);
                    received.append(text(memory, (long) BYTES * id + offsets[id], count));
                    offsets[id] += count;
                    boolean more = (recv.flags.get(seen) & IORING_CQE_F_BUF_MORE) != 0;
                    assertEquals(offsets[id] < BYTES, more, "whether the buffer comes again");
                    seen++;
                }
            }
            assertEquals("abcdefghijklmnopqr", received.toString());
            assertEquals(BYTES, offsets[0]);
            proactor.cancel(recv.operation);
            finish(recv);
        }
    }

    private BufferRing incremental(int count) {
        try {
            return group(count, IOU_PBUF_RING_INC);
        } catch (SyscallException e) {
            assumeTrue(e.errno() != Errno.EINVAL, "this kernel fills buffers whole");
            throw e;
        }
    }

    @Test
    void shouldRefuseGroupsThatCannotBe() {
        for (int count : new int[] {0, -1, 3, Integer.MIN_VALUE, 2 * BufferRing.ENTRIES_MAX}) {
            assertThrows(IllegalArgumentException.class, () -> group(count, 0));
        }
        SyscallException refused =
                assertThrows(SyscallException.class, () -> group(4, 0x8000).close());
        assertEquals(Errno.EINVAL, refused.errno());
        try (BufferRing first = group(4, 0)) {
            assertEquals(4, first.entries());
            refused = assertThrows(SyscallException.class, () -> group(4, 0).close());
            assertEquals(Errno.EEXIST, refused.errno());
        }
        group(BufferRing.ENTRIES_MAX, 0).close();
    }

    @Test
    void shouldCloseOnceAlthoughItIsAskedTwice() {
        BufferRing group = group(256, 0);
        group.close();
        Mappings mappings = calls.syscalls().mappings();
        // What is mapped now may lie where the group was.
        long address =
                mappings.mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        int before = calls.count("munmap");
        group.close();
        assertEquals(before, calls.count("munmap"));
        Memory.at(address, 4096).set(JAVA_BYTE, 0, (byte) 1);
        mappings.munmap(address, 4096);
    }

    @Test
    void shouldEndForWantOfABufferAndGoOnWhenOneComesBack() {
        Pair pair = plumbing.socketpair();
        MemorySegment memory = arena.allocate(2 * BYTES);
        try (BufferRing group = group(2, 0)) {
            give(group, memory, 0, 1);
            Outcome recv = new Outcome();
            proactor.recvMultishot(recv.operation, pair.near(), group.group(), 0);
            proactor.submit();
            // One by one: what arrives together would share a buffer.
            String[] parts = {"first", "second", "third"};
            for (String part : parts) {
                plumbing.write(pair.far(), part);
                turn();
            }
            finish(recv);
            assertEquals(3, recv.completions());
            assertEquals(-Errno.ENOBUFS, recv.lastResult());
            assertEquals(0, recv.lastFlags() & IORING_CQE_F_BUFFER);
            assertEquals("first", text(memory, 0, 5));
            assertEquals("second", text(memory, BYTES, 6));

            give(group, memory, 1);
            proactor.recvMultishot(recv.operation, pair.near(), group.group(), 0);
            until(() -> recv.completions() == 4, "what waited in the socket");
            assertEquals(5, recv.lastResult());
            assertEquals(1, BufferRing.id(recv.lastFlags()));
            assertEquals("third", text(memory, BYTES, 5));
            proactor.cancel(recv.operation);
            finish(recv);
        }
    }

    @Test
    void shouldKeepTheOrderOfWhatArrivedBeforeTheEnd() {
        Pair pair = plumbing.socketpair();
        MemorySegment memory = arena.allocate(8 * BYTES);
        try (BufferRing group = group(8, 0)) {
            give(group, memory, 0, 1, 2, 3, 4, 5, 6, 7);
            Outcome recv = new Outcome();
            proactor.recvMultishot(recv.operation, pair.near(), group.group(), 0);
            turn();
            plumbing.write(pair.far(), "0123456789abcdefghijklmnopqrstuvwxyz");
            plumbing.close(pair.far());
            finish(recv);
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < recv.completions() - 1; i++) {
                assertEquals(i, BufferRing.id(recv.flags.get(i)));
                all.append(text(memory, (long) BYTES * i, recv.results.get(i)));
            }
            assertEquals("0123456789abcdefghijklmnopqrstuvwxyz", all.toString());
            assertEquals(0, recv.lastResult());
        }
    }

    @Test
    void shouldEndWithAnErrorOfTheSocket() {
        Pair pair = plumbing.socketpair();
        MemorySegment memory = arena.allocate(BYTES);
        try (BufferRing group = group(1, 0)) {
            give(group, memory, 0);
            Outcome recv = new Outcome();
            proactor.recvMultishot(recv.operation, pair.near(), group.group(), 0);
            turn();
            proactor.cancel(recv.operation);
            finish(recv);
            assertEquals(-Errno.ECANCELED, recv.result());
            // No buffer was lost by that.
            proactor.recvMultishot(recv.operation, pair.near(), group.group(), 0);
            plumbing.write(pair.far(), "x");
            until(() -> recv.completions() == 2, "the byte");
            assertNotEquals(0, recv.lastFlags() & IORING_CQE_F_BUFFER);
            assertTrue(recv.lastResult() == 1);
            proactor.cancel(recv.operation);
            finish(recv);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_NOTIF;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operations on memory that was locked beforehand, and what they are refused. */
final class RegisteredBuffersTest extends RingTest {
    private static final int BYTES = 4096;

    private MemorySegment memory;
    private RegisteredBuffers buffers;

    @BeforeEach
    void registerBuffers() {
        assumeFeature("registered buffers");
        memory = arena.allocate(2 * BYTES, BYTES);
        buffers = RegisteredBuffers.register(proactor.ring(), 2);
        buffers.put(0, memory.address(), BYTES);
        buffers.put(1, memory.address() + BYTES, BYTES);
    }

    private int write(int fd, long offset, int length, int buffer) {
        Outcome write = new Outcome();
        long address = memory.address() + offset;
        proactor.writeFixed(write.operation, fd, address, length, -1, buffer);
        return resultOf(write);
    }

    private int read(int fd, long offset, int length, int buffer) {
        Outcome read = new Outcome();
        long address = memory.address() + offset;
        proactor.readFixed(read.operation, fd, address, length, -1, buffer);
        return resultOf(read);
    }

    @Test
    void shouldWriteAndReadWithinItsBuffer() {
        Pair pipe = blockingPipe();
        MemorySegment.copy(text("hello"), 0, memory, 100, 5);
        assertEquals(5, write(pipe.far(), 100, 5, 0));
        assertEquals(5, read(pipe.near(), BYTES + 10, 5, 1));
        assertEquals("hello", text(memory, BYTES + 10, 5));
    }

    @Test
    void shouldRefuseWhatIsNotInTheBuffer() {
        Pair pipe = blockingPipe();
        assertEquals(-Errno.EFAULT, write(pipe.far(), BYTES, 5, 0));
        assertEquals(-Errno.EFAULT, write(pipe.far(), BYTES - 2, 5, 0));
        assertEquals(-Errno.EFAULT, read(pipe.near(), 0, 5, 1));
        assertEquals(-Errno.EFAULT, read(pipe.near(), 0, 5, 2));
        buffers.clear(0);
        assertEquals(-Errno.EFAULT, write(pipe.far(), 0, 5, 0));
        assertEquals("", plumbing.read(pipe.near(), 0));
    }

    @Test
    void shouldSendWithoutACopyFromABuffer() {
        assumeFeature("registered SEND_ZC");
        Pair pair = connection();
        MemorySegment.copy(text("hello"), 0, memory, 0, 5);
        Outcome send = new Outcome();
        long address = memory.address();
        proactor.sendZcFixed(send.operation, pair.near(), address, 5, MSG_NOSIGNAL, 0);
        finish(send);
        assertEquals(5, send.results.getFirst());
        assertNotEquals(0, send.lastFlags() & IORING_CQE_F_NOTIF);
        assertEquals("hello", plumbing.read(pair.far(), 8));
        Outcome outside = new Outcome();
        proactor.sendZcFixed(outside.operation, pair.near(), address, 5, MSG_NOSIGNAL, 1);
        finish(outside);
        assertEquals(-Errno.EFAULT, outside.results.getFirst());
    }

    @Test
    void shouldFinishWhatIsInFlightWhenItsBufferIsTakenOut() {
        Pair pipe = blockingPipe();
        Outcome read = new Outcome();
        proactor.readFixed(read.operation, pipe.near(), memory.address(), 8, -1, 0);
        turn();
        assertTrue(read.operation.inFlight());
        buffers.clear(0);
        buffers.close();
        plumbing.write(pipe.far(), "late");
        assertEquals(4, resultOf(read));
        assertEquals("late", text(memory, 0, 4));
    }

    @Test
    void shouldSayWhatToDoWhenTooMuchWouldBeLocked() {
        calls.refuse("io_uring_register", Errno.ENOMEM);
        SyscallException thrown =
                assertThrows(SyscallException.class, () -> buffers.put(0, memory.address(), BYTES));
        assertEquals(Errno.ENOMEM, thrown.errno());
        assertTrue(thrown.toString().contains("raise ulimit -l"), thrown::toString);
    }

    @Test
    void shouldRefuseWhatIsNoMemory() {
        SyscallException thrown =
                assertThrows(SyscallException.class, () -> buffers.put(0, BYTES, BYTES));
        assertEquals(Errno.EFAULT, thrown.errno());
    }

    @Test
    void shouldHaveBounds() {
        long address = memory.address();
        assertEquals(2, buffers.count());
        assertThrows(IndexOutOfBoundsException.class, () -> buffers.put(2, address, BYTES));
        assertThrows(IndexOutOfBoundsException.class, () -> buffers.clear(-1));
        assertThrows(IllegalArgumentException.class, () -> buffers.put(0, address, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> buffers.put(0, address, RegisteredBuffers.BYTES_MAX + 1));
        Ring ring = proactor.ring();
        assertThrows(
                IllegalArgumentException.class,
                () -> RegisteredBuffers.register(ring, RegisteredBuffers.COUNT_MAX + 1));
        SyscallException second =
                assertThrows(SyscallException.class, () -> RegisteredBuffers.register(ring, 1));
        assertEquals(Errno.EBUSY, second.errno());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.Fcntl.O_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.O_CREAT;
import static dev.ringfork.bindings.abi.Fcntl.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operations on files and pipes do and how they fail. */
final class FileOperationsTest extends RingTest {
    @TempDir Path directory;

    private int file() {
        MemorySegment path = arena.allocateFrom(directory.resolve("file").toString());
        int flags = O_RDWR | O_CREAT | O_CLOEXEC;
        return opened(calls.syscalls().descriptors().open(path, flags, 0600));
    }

    @Test
    void shouldWriteSyncAndRead() {
        int file = file();
        Outcome write = new Outcome();
        proactor.write(write.operation, file, text("0123456789").address(), 10, 0);
        assertEquals(10, resultOf(write));
        for (boolean dataOnly : new boolean[] {false, true}) {
            Outcome sync = new Outcome();
            proactor.fsync(sync.operation, file, dataOnly);
            assertEquals(0, resultOf(sync));
        }
        MemorySegment in = arena.allocate(16);
        Outcome read = new Outcome();
        proactor.read(read.operation, file, in.address(), 16, 4);
        assertEquals(6, resultOf(read));
        assertEquals("456789", text(in, 0, 6));
    }

    @Test
    void shouldUseTheFilesOwnPosition() {
        int file = file();
        for (String part : new String[] {"abc", "def"}) {
            Outcome write = new Outcome();
            proactor.write(write.operation, file, text(part).address(), 3, -1);
            assertEquals(3, resultOf(write));
        }
        MemorySegment in = arena.allocate(16);
        Outcome read = new Outcome();
        proactor.read(read.operation, file, in.address(), 16, -1);
        assertEquals(0, resultOf(read));
        proactor.read(read.operation, file, in.address(), 16, 0);
        finish(read);
        assertEquals("abcdef", text(in, 0, read.lastResult()));
    }

    @Test
    void shouldFailAsTheCallsDo() {
        Outcome read = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.read(read.operation, -1, in.address(), 8, 0);
        assertEquals(-Errno.EBADF, resultOf(read));
        Outcome write = new Outcome();
        proactor.write(write.operation, plumbing.pipe().near(), in.address(), 8, -1);
        assertEquals(-Errno.EBADF, resultOf(write));
        Outcome sync = new Outcome();
        proactor.fsync(sync.operation, plumbing.pipe().near(), false);
        assertEquals(-Errno.EINVAL, resultOf(sync));
        Outcome splice = new Outcome();
        proactor.splice(splice.operation, file(), 0, plumbing.socketpair().near(), -1, 8);
        assertEquals(-Errno.EINVAL, resultOf(splice));
    }

    @Test
    void shouldReadFromAPipeThatDoesNotBlock() {
        Pair pipe = plumbing.pipe();
        Outcome read = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.read(read.operation, pipe.near(), in.address(), 8, -1);
        turn();
        plumbing.write(pipe.far(), "late");
        // Kernels that cannot put it off say so, the others wait.
        int result = resultOf(read);
        assertTrue(result == 4 || result == -Errno.EAGAIN, () -> "a result of " + result);
    }

    @Test
    void shouldWaitForAPipeThatBlocks() {
        Pair pipe = blockingPipe();
        Outcome read = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.read(read.operation, pipe.near(), in.address(), 8, -1);
        turn();
        assertTrue(read.operation.inFlight());
        plumbing.write(pipe.far(), "late");
        assertEquals(4, resultOf(read));
        assertEquals("late", text(in, 0, 4));
    }

    @Test
    void shouldSpliceFromAFileThroughAPipe() {
        int file = file();
        Outcome write = new Outcome();
        proactor.write(write.operation, file, text("0123456789").address(), 10, 0);
        assertEquals(10, resultOf(write));
        Pair pipe = plumbing.pipe();
        Pair socket = plumbing.socketpair();
        Outcome in = new Outcome();
        Outcome out = new Outcome();
        proactor.link();
        proactor.splice(in.operation, file, 3, pipe.far(), -1, 5);
        proactor.splice(out.operation, pipe.near(), -1, socket.near(), -1, 5);
        finish(in, out);
        assertEquals(5, in.result());
        assertEquals(5, out.result());
        assertEquals("34567", plumbing.read(socket.far(), 16));
    }

    @Test
    void shouldClose() {
        Pair pipe = plumbing.pipe();
        int copy = plumbing.duplicate(pipe.near(), 0);
        Outcome close = new Outcome();
        proactor.close(close.operation, copy);
        assertEquals(0, resultOf(close));
        assertFalse(plumbing.isOpen(copy));
        proactor.close(close.operation, copy);
        finish(close);
        assertEquals(-Errno.EBADF, close.lastResult());
    }

    @Test
    void shouldCloseForNobody() {
        int copy = plumbing.duplicate(plumbing.pipe().near(), 0);
        proactor.close(copy);
        // A second time, which fails: nobody hears of that either.
        proactor.close(copy);
        turn();
        assertFalse(plumbing.isOpen(copy));
        assertEquals(0, proactor.inFlight());
    }
}

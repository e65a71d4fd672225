// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Aio;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Signals;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.SignalConstants;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider's {@link Aio} has to keep. */
public abstract class AioContract extends SyscallsContract {

    private static final Layouts LAYOUTS = Layouts.current();

    @TempDir Path folder;

    private Aio calls() {
        return syscalls().aio();
    }

    @BeforeEach
    void assumeAio() {
        String absence = syscalls().absence("aio_read");
        assumeTrue(absence == null, absence);
    }

    private int file(int flags) {
        MemorySegment path = arena.allocateFrom(folder.resolve("file").toString());
        return opened(
                syscalls().descriptors().open(path, flags | Fcntl.O_CREAT | Fcntl.O_CLOEXEC, 0600));
    }

    /** A control block that notifies nobody. */
    private MemorySegment aiocb(int fd, MemorySegment buffer, long bytes, long offset) {
        MemorySegment aiocb = bytes(LAYOUTS.size("aiocb"));
        aiocb.set(JAVA_INT, LAYOUTS.offset("aiocb", "aio_fildes"), fd);
        aiocb.set(JAVA_LONG, LAYOUTS.offset("aiocb", "aio_buf"), buffer.address());
        aiocb.set(JAVA_LONG, LAYOUTS.offset("aiocb", "aio_nbytes"), bytes);
        aiocb.set(JAVA_LONG, LAYOUTS.offset("aiocb", "aio_offset"), offset);
        setEvent(aiocb, "sigev_notify", SignalConstants.SIGEV_NONE);
        return aiocb;
    }

    private static void setEvent(MemorySegment aiocb, String field, int value) {
        int event = LAYOUTS.offset("aiocb", "aio_sigevent");
        aiocb.set(JAVA_INT, event + LAYOUTS.offset("sigevent", field), value);
    }

    private int suspend(MemorySegment aiocb, long timeoutNs) {
        MemorySegment list = arena.allocateFrom(JAVA_LONG, aiocb.address());
        MemorySegment timeout = arena.allocateFrom(JAVA_LONG, 0, timeoutNs);
        return calls().aio_suspend(list.address(), 1, timeoutNs == 0 ? 0 : timeout.address());
    }

    private long result(MemorySegment aiocb) {
        assertOk(suspend(aiocb, 0));
        return calls().aio_return(aiocb.address());
    }

    @Test
    void shouldReadAndWriteAtOffsets() {
        int fd = file(Fcntl.O_RDWR);
        MemorySegment write = aiocb(fd, bytes("abcdef"), 6, 10);
        assertOk(calls().aio_write(write.address()));
        assertEquals(6, result(write));

        MemorySegment buffer = bytes(16);
        MemorySegment read = aiocb(fd, buffer, 16, 12);
        assertOk(calls().aio_read(read.address()));
        assertEquals(4, result(read));
        assertEquals("cdef", text(buffer, 4));

        MemorySegment end = aiocb(fd, buffer, 16, 16);
        assertOk(calls().aio_read(end.address()));
        assertEquals(0, result(end));
    }

    @Test
    void shouldTellTheErrorOfAnOperation() {
        MemorySegment read = aiocb(file(Fcntl.O_WRONLY), bytes(1), 1, 0);
        assertOk(calls().aio_read(read.address()));
        assertOk(suspend(read, 0));
        assertErrno(Errno.EBADF, calls().aio_error(read.address()));
        assertErrno(Errno.EBADF, calls().aio_return(read.address()));
    }

    @Test
    void shouldCancelWhatHasNotBegun() {
        assumeTrue(Platform.current().linux(), "macOS reads no pipe in this way");
        int[] pipe = pipe(0);
        MemorySegment buffer = bytes(2);
        MemorySegment first = aiocb(pipe[0], buffer, 1, 0);
        MemorySegment second = aiocb(pipe[0], buffer.asSlice(1), 1, 0);
        assertOk(calls().aio_read(first.address()));
        assertErrno(Errno.EAGAIN, suspend(first, 1_000_000));
        assertOk(calls().aio_read(second.address()));

        // One thread a descriptor: while it waits in the first, nobody has begun the second.
        assertEquals(SignalConstants.AIO_NOTCANCELED, calls().aio_cancel(pipe[0], first.address()));
        assertErrno(Errno.EINPROGRESS, calls().aio_return(first.address()));
        assertEquals(SignalConstants.AIO_CANCELED, calls().aio_cancel(pipe[0], second.address()));
        assertErrno(Errno.ECANCELED, calls().aio_error(second.address()));
        assertErrno(Errno.ECANCELED, calls().aio_return(second.address()));
        assertEquals(SignalConstants.AIO_ALLDONE, calls().aio_cancel(pipe[0], second.address()));

        write(pipe[1], "x");
        assertEquals(1, result(first));
        assertEquals("x", text(buffer, 1));
    }

    @Test
    void shouldRefuseToCancelOnNoDescriptor() {
        assertErrno(Errno.EBADF, calls().aio_cancel(-1, 0));
    }

    @Test
    void shouldNotifyBySignalWithItsValue() {
        String absence = syscalls().absence("rf_siginfo_watch");
        assumeTrue(absence == null, absence);
        assumeTrue(Platform.current().linux(), "macOS sends no value along");
        int[] pipe = pipe(Fcntl.O_NONBLOCK);
        int signo = SignalsContract.FREE_SIGNAL;
        assertOk(syscalls().signals().rf_siginfo_watch(signo, pipe[1]));
        MemorySegment write = aiocb(file(Fcntl.O_RDWR), bytes("x"), 1, 0);
        setEvent(write, "sigev_notify", SignalConstants.SIGEV_SIGNAL);
        setEvent(write, "sigev_signo", signo);
        int value = LAYOUTS.offset("sigevent", "sigev_value");
        write.set(JAVA_LONG, LAYOUTS.offset("aiocb", "aio_sigevent") + value, 0x1234_5678_9abcL);
        assertOk(calls().aio_write(write.address()));

        awaitReadable(pipe[0]);
        MemorySegment record = bytes(Signals.RECORD_BYTES);
        assertEquals(
                Signals.RECORD_BYTES,
                syscalls().descriptors().read(pipe[0], record.address(), Signals.RECORD_BYTES));
        assertOk(syscalls().signals().rf_signal_ignore(signo));
        assertEquals(SignalConstants.SI_ASYNCIO, record.get(JAVA_INT, Signals.RECORD_CODE));
        assertEquals(0x1234_5678_9abcL, record.get(JAVA_LONG, Signals.RECORD_VALUE));
        assertEquals(1, result(write));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.aio;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Aio;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.SignalConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One operation at a time: its control block and its buffer.
 *
 * <p>Confined to one thread. Owns the memory, which belongs to the C library while the operation is
 * in flight; therefore {@link #close} waits for it.
 */
final class AioOperation implements AutoCloseable {
    private static final Layouts LAYOUTS = Layouts.current();
    private static final int FILDES = LAYOUTS.offset("aiocb", "aio_fildes");
    private static final int BUF = LAYOUTS.offset("aiocb", "aio_buf");
    private static final int NBYTES = LAYOUTS.offset("aiocb", "aio_nbytes");
    private static final int OFFSET = LAYOUTS.offset("aiocb", "aio_offset");
    private static final int EVENT = LAYOUTS.offset("aiocb", "aio_sigevent");
    private static final int NOTIFY = EVENT + LAYOUTS.offset("sigevent", "sigev_notify");
    private static final int SIGNO = EVENT + LAYOUTS.offset("sigevent", "sigev_signo");
    private static final int VALUE = EVENT + LAYOUTS.offset("sigevent", "sigev_value");

    private final Aio aio;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment aiocb = arena.allocate(LAYOUTS.size("aiocb"), Long.BYTES);
    private final MemorySegment buffer;
    private boolean writes;
    private boolean inFlight;

    /**
     * Makes one that does nothing yet.
     *
     * @param signo the signal that tells of its end
     * @param number what comes along with the signal
     */
    AioOperation(Aio aio, int bufferBytes, int signo, int number) {
        this.aio = aio;
        this.buffer = arena.allocate(bufferBytes);
        aiocb.set(JAVA_INT, SIGNO, signo);
        aiocb.set(JAVA_LONG, VALUE, number);
    }

    /** Becomes a read into the buffer. */
    void reads(int fd, long offset, long bytes) {
        prepare(fd, 0, offset, bytes);
        writes = false;
    }

    /** Becomes a write of what is in the buffer from an index on. */
    void writes(int fd, long index, long offset, long bytes) {
        prepare(fd, index, offset, bytes);
        writes = true;
    }

    private void prepare(int fd, long index, long offset, long bytes) {
        if (inFlight) {
            throw new IllegalStateException("the C library has this memory");
        }
        aiocb.set(JAVA_INT, FILDES, fd);
        aiocb.set(JAVA_LONG, BUF, buffer.address() + index);
        aiocb.set(JAVA_LONG, OFFSET, offset);
        aiocb.set(JAVA_LONG, NBYTES, bytes);
        aiocb.set(JAVA_INT, NOTIFY, SignalConstants.SIGEV_SIGNAL);
    }

    boolean isWrite() {
        return writes;
    }

    /** No signal shall tell of its end, until it becomes another one. */
    void silence() {
        aiocb.set(JAVA_INT, NOTIFY, SignalConstants.SIGEV_NONE);
    }

    boolean isSilent() {
        return aiocb.get(JAVA_INT, NOTIFY) == SignalConstants.SIGEV_NONE;
    }

    boolean inFlight() {
        return inFlight;
    }

    /** Begins it; 0 or {@code -errno}, {@code -EAGAIN} if too many are in flight. */
    int submit() {
        long address = aiocb.address();
        int result = writes ? aio.aio_write(address) : aio.aio_read(address);
        inFlight = result == 0;
        return result;
    }

    /** The bytes moved or {@code -errno}; {@code -EINPROGRESS} if it is still in flight. */
    long result() {
        long result = aio.aio_return(aiocb.address());
        inFlight = result == -Errno.EINPROGRESS;
        return result;
    }

    /** Takes it back if nobody has begun it. Whether or not: its end has yet to be awaited. */
    void cancel() {
        if (inFlight) {
            aio.aio_cancel(aiocb.get(JAVA_INT, FILDES), aiocb.address());
        }
    }

    /** Waits for its end, then frees the memory. */
    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        MemorySegment list = arena.allocateFrom(JAVA_LONG, aiocb.address());
        while (inFlight && result() == -Errno.EINPROGRESS) {
            aio.aio_suspend(list.address(), 1, 0);
        }
        arena.close();
    }
}

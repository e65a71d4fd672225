// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import static dev.ringfork.bindings.abi.EventConstants.EFD_CLOEXEC;
import static dev.ringfork.bindings.abi.EventConstants.EFD_NONBLOCK;
import static dev.ringfork.bindings.abi.Fcntl.O_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.O_NONBLOCK;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Interest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A descriptor that makes a blocked poll return: an eventfd, or a pipe where there is none.
 *
 * <p>{@link #signal} is safe for use by many threads; the rest is the loop's.
 */
final class DescriptorWakeup implements Wakeup {
    private static final int WORD = 8;

    private final Descriptors descriptors;
    private final int readFd;
    private final int writeFd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment one = arena.allocate(WORD, WORD);
    private final MemorySegment drained = arena.allocate(WORD, WORD);
    // Signals are readers: a write must never go to a descriptor number that was closed and reused.
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private DescriptorWakeup(Descriptors descriptors, int readFd, int writeFd) {
        this.descriptors = descriptors;
        this.readFd = readFd;
        this.writeFd = writeFd;
        one.set(JAVA_LONG, 0, 1);
    }

    static DescriptorWakeup open(Syscalls syscalls) {
        Descriptors descriptors = syscalls.descriptors();
        if (syscalls.absence("eventfd") == null) {
            int fd = descriptors.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
            Errno.check("eventfd", fd, "the loop's wake-up");
            return new DescriptorWakeup(descriptors, fd, fd);
        }
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment fds = scratch.allocate(WORD, WORD);
            int result = descriptors.pipe2(fds, O_CLOEXEC | O_NONBLOCK);
            Errno.check("pipe2", result, "the loop's wake-up");
            return new DescriptorWakeup(
                    descriptors, fds.getAtIndex(JAVA_INT, 0), fds.getAtIndex(JAVA_INT, 1));
        }
    }

    /** What a demultiplexer watches for {@link Interest#READ}. */
    int fd() {
        return readFd;
    }

    /**
     * Makes {@link #fd} readable; a full pipe or counter is readable already. Nothing when closed.
     */
    @Override
    public void signal() {
        lock.readLock().lock();
        try {
            long result = closed ? 0 : -Errno.EINTR;
            while (result == -Errno.EINTR) {
                result = descriptors.write(writeFd, one.address(), WORD);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Reads until it is no longer readable: at once for an eventfd, word by word for a pipe. */
    @Override
    public void clear() {
        long result;
        do {
            result = descriptors.read(readFd, drained.address(), WORD);
        } while (result == -Errno.EINTR || (result == WORD && readFd != writeFd));
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            descriptors.close(readFd);
            if (writeFd != readFd) {
                descriptors.close(writeFd);
            }
            arena.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}

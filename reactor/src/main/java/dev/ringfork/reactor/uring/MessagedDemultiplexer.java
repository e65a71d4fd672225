// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_SEND_MSG_RING;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.IoUring;
import dev.ringfork.reactor.demux.WakeableDemultiplexer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * One that other threads wake by a message to its ring: a completion that is nobody's, with no
 * descriptor for it and nothing to read. The sender needs no ring, io_uring_register(2) at
 * IORING_REGISTER_SEND_MSG_RING (Linux 6.13).
 */
final class MessagedDemultiplexer extends UringDemultiplexer implements WakeableDemultiplexer {
    /** The call needs no ring to send from. */
    private static final int NO_RING = -1;

    private final IoUring calls;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment message;
    // Those who wake are readers: the number of a closed ring may be another descriptor's.
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile boolean closed;
    // The ring takes no message before it is enabled, in the first poll: until then this is kept.
    private volatile boolean polled;
    private volatile boolean early;

    MessagedDemultiplexer(Ring ring) {
        super(ring);
        this.calls = ring.syscalls().ioUring();
        this.message = messageTo(ring, arena);
    }

    /** Whether a ring, one that is not enabled yet, could be sent messages. */
    static boolean possible(Ring ring) {
        try (Arena scratch = Arena.ofConfined()) {
            int result = send(ring.syscalls().ioUring(), messageTo(ring, scratch));
            return result == -Errno.EBADFD;
        }
    }

    private static MemorySegment messageTo(Ring ring, Arena arena) {
        MemorySegment message = arena.allocate(Sqe.BYTES, Long.BYTES);
        new Sqe(message).prepMsgRing(ring.fd(), 0, Messages.NOBODY, 0);
        return message;
    }

    private static int send(IoUring calls, MemorySegment message) {
        return calls.io_uring_register(
                NO_RING, IORING_REGISTER_SEND_MSG_RING, message.address(), 1);
    }

    @Override
    public void wakeup() {
        if (!polled) {
            early = true;
        }
        lock.readLock().lock();
        try {
            int result = closed ? 0 : -Errno.EAGAIN;
            // For want of memory: the loop must wake all the same.
            while (result == -Errno.EAGAIN || result == -Errno.ENOMEM) {
                result = send(calls, message);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public int poll(long timeoutNs) {
        if (polled) {
            return super.poll(timeoutNs);
        }
        proactor().begin();
        polled = true;
        // Either this sees that it was woken, or who wakes it sees a ring that takes messages.
        return super.poll(early ? 0 : timeoutNs);
    }

    @Override
    public void close() {
        if (!closed) {
            wakeNoMore();
            super.close();
            arena.close();
        }
    }

    private void wakeNoMore() {
        lock.writeLock().lock();
        try {
            closed = true;
        } finally {
            lock.writeLock().unlock();
        }
    }
}

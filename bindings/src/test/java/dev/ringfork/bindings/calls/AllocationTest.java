// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Epoll;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.IoUring;
import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.MessageBatch;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.EpollConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.bindings.contract.SyscallsContract;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The calls of a loop allocate nothing. Through the C library the linker makes a small object for
 * each capture of errno, which the JIT compiler removes most of the time: there it is only bounded.
 */
class AllocationTest extends SyscallsContract {

    private static final int WARM_UP = 20_000;
    private static final long SETTLING_NS = TimeUnit.SECONDS.toNanos(40);
    private static final int CALLS = 10_000;
    // The most calls that a loop makes in a round, and the size of a MemorySegment.
    private static final int CAPTURES = 8;
    private static final int SEGMENT_BYTES = 64;

    // As users hold them: constants.
    private static final Descriptors DESCRIPTORS = DescriptorCalls.INSTANCE;
    private static final Sockets SOCKETS = SocketCalls.INSTANCE;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final int[] pipe = pipe(0);
    private final MemorySegment buffer = bytes(256);

    @Override
    protected Syscalls syscalls() {
        return Doors.syscalls();
    }

    /**
     * The compilers work in the background, and until they are done the linker makes an object for
     * each capture of errno: so a loop has some time to come to nothing, or to its bound.
     */
    private void assertAllocatesNothing(Runnable loop) {
        String provider = Linkage.current().provider();
        assumeTrue(
                provider.equals("ffm") || provider.equals("jni"),
                provider + " promises nothing of the kind");
        long end = System.nanoTime() + SETTLING_NS;
        long allocated = allocatedBy(loop);
        while (allocated > bound() && System.nanoTime() < end) {
            allocated = allocatedBy(loop);
        }
        assertTrue(allocated <= bound(), "%d bytes for %d calls".formatted(allocated, CALLS));
    }

    private static long bound() {
        Linkage linkage = Linkage.current();
        boolean captures = linkage.provider().equals("ffm") && linkage.door().equals("libc");
        return captures ? (long) CALLS * CAPTURES * SEGMENT_BYTES : 0;
    }

    private long allocatedBy(Runnable loop) {
        long thread = Thread.currentThread().threadId();
        long before = threads.getThreadAllocatedBytes(thread);
        loop.run();
        long after = threads.getThreadAllocatedBytes(thread);
        long question = threads.getThreadAllocatedBytes(thread) - after;
        return after - before - question;
    }

    @Test
    void shouldReadAndWriteWithoutAllocating() {
        repeat(WARM_UP);
        assertAllocatesNothing(() -> repeat(CALLS));
    }

    private void repeat(int times) {
        for (int i = 0; i < times; i++) {
            DESCRIPTORS.write(pipe[1], buffer.address(), 64);
            DESCRIPTORS.read(pipe[0], buffer.address(), 64);
        }
    }

    @Test
    void shouldFindNothingToAcceptWithoutAllocating() {
        int listener = listener(SocketConstants.SOCK_NONBLOCK);
        repeatAccept(listener, WARM_UP);
        assertAllocatesNothing(() -> repeatAccept(listener, CALLS));
    }

    private void repeatAccept(int listener, int times) {
        for (int i = 0; i < times; i++) {
            int result = SOCKETS.accept4(listener, 0, 0, SocketConstants.SOCK_CLOEXEC);
            assert result == -Errno.EAGAIN;
        }
    }

    @Test
    void shouldWaitWithoutAllocating() {
        String absence = syscalls().absence("epoll_wait");
        assumeTrue(absence == null, absence);
        Epoll epoll = EpollCalls.INSTANCE;
        int epfd = opened(epoll.epoll_create1(EpollConstants.EPOLL_CLOEXEC));
        repeatWait(epoll, epfd, WARM_UP);
        assertAllocatesNothing(() -> repeatWait(epoll, epfd, CALLS));
    }

    private void repeatWait(Epoll epoll, int epfd, int times) {
        for (int i = 0; i < times; i++) {
            epoll.epoll_wait(epfd, buffer.address(), 4, 0);
        }
    }

    @Test
    void shouldEnterARingWithoutAllocating() {
        IoUring rings = IoUringCalls.INSTANCE;
        int ring = ring(rings);
        repeatEnter(rings, ring, WARM_UP);
        assertAllocatesNothing(() -> repeatEnter(rings, ring, CALLS));
    }

    private void repeatEnter(IoUring rings, int ring, int times) {
        for (int i = 0; i < times; i++) {
            rings.io_uring_enter(ring, 0, 0, 0, 0, 0);
        }
    }

    @Test
    void shouldSubmitToARingWithoutAllocating() {
        IoUring rings = IoUringCalls.INSTANCE;
        int ring = ring(rings);
        repeatSubmit(rings, ring, WARM_UP);
        assertAllocatesNothing(() -> repeatSubmit(rings, ring, CALLS));
    }

    private void repeatSubmit(IoUring rings, int ring, int times) {
        for (int i = 0; i < times; i++) {
            rings.io_uring_submit(ring, 0, 0);
        }
    }

    private int ring(IoUring rings) {
        String absence = syscalls().absence("io_uring_setup");
        assumeTrue(absence == null, absence);
        return opened(rings.io_uring_setup(1, buffer.address()));
    }

    @Test
    void shouldPassDescriptorsWithoutAllocating() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        Message message = new Message(bytes(Message.bytes(1, 1)), 1, 1);
        repeatPass(message, pair, WARM_UP);
        assertAllocatesNothing(() -> repeatPass(message, pair, CALLS));
    }

    private void repeatPass(Message message, int[] pair, int times) {
        for (int i = 0; i < times; i++) {
            message.clear().buffer(buffer.address(), 1).putRight(pipe[0]);
            SOCKETS.sendmsg(pair[0], message.header(), SocketConstants.MSG_NOSIGNAL);
            message.clear().buffer(buffer.address(), 1).expectRights();
            SOCKETS.recvmsg(pair[1], message.header(), SocketConstants.MSG_CMSG_CLOEXEC);
            message.closeRights(DESCRIPTORS);
        }
    }

    @Test
    void shouldCarryDatagramsWithoutAllocating() {
        int[] pair = socketpair(SocketConstants.SOCK_DGRAM);
        MessageBatch batch = new MessageBatch(bytes((int) MessageBatch.bytes(2)), 2);
        repeatBatch(batch, pair, WARM_UP);
        assertAllocatesNothing(() -> repeatBatch(batch, pair, CALLS));
    }

    private void repeatBatch(MessageBatch batch, int[] pair, int times) {
        for (int i = 0; i < times; i++) {
            for (int slot = 0; slot < 2; slot++) {
                batch.datagram(slot, buffer.address(), 1);
                batch.peerLength(slot, 0);
            }
            batch.send(SOCKETS, pair[0], 0, 2, 0);
            int received = batch.receive(SOCKETS, pair[1], 2, 0);
            assert received == 2 && !batch.truncated(1);
        }
    }
}

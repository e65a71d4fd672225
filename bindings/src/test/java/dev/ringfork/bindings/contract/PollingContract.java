// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What every provider's {@link Polling} has to keep. */
public abstract class PollingContract extends SyscallsContract {

    private static final int FD_SET_BYTES = 128;
    private static final long SHORT_MS = 20;

    private Polling calls() {
        return syscalls().polling();
    }

    private MemorySegment pollfds(int events, int... fds) {
        MemorySegment pollfds = bytes(fds.length * POLLFD_BYTES);
        for (int i = 0; i < fds.length; i++) {
            pollfds.setAtIndex(JAVA_INT, i * 2L, fds[i]);
            pollfds.setAtIndex(JAVA_INT, i * 2L + 1, events);
        }
        return pollfds;
    }

    private static int revents(MemorySegment pollfds, int index) {
        return pollfds.getAtIndex(JAVA_INT, index * 2L + 1) >>> Short.SIZE;
    }

    private MemorySegment fdSet(int... fds) {
        MemorySegment set = bytes(FD_SET_BYTES);
        for (int fd : fds) {
            long word = set.getAtIndex(JAVA_LONG, fd / Long.SIZE);
            set.setAtIndex(JAVA_LONG, fd / Long.SIZE, word | 1L << fd);
        }
        return set;
    }

    private static boolean isSet(MemorySegment set, int fd) {
        return (set.getAtIndex(JAVA_LONG, fd / Long.SIZE) >>> fd & 1) != 0;
    }

    @Test
    void shouldPollWhatIsReady() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        int[] pipe = pipe(0);
        write(pair[0], "x");
        int events = PollConstants.POLLIN | PollConstants.POLLOUT;
        MemorySegment fds = pollfds(events, pair[1], pipe[0], pipe[1]);

        assertEquals(2, calls().poll(fds.address(), 3, DEADLINE_MS));

        assertEquals(events, revents(fds, 0));
        assertEquals(0, revents(fds, 1));
        assertEquals(PollConstants.POLLOUT, revents(fds, 2));
    }

    @Test
    void shouldPollAndReturnAtOnceOrAtTheTimeout() {
        MemorySegment fds = pollfds(PollConstants.POLLIN, pipe(0)[0]);
        assertEquals(0, calls().poll(fds.address(), 1, 0));
        long start = System.nanoTime();
        assertEquals(0, calls().poll(fds.address(), 1, (int) SHORT_MS));
        assertTrue(System.nanoTime() - start >= Duration.ofMillis(SHORT_MS).toNanos());
    }

    @Test
    void shouldPollHangUpsAndBadDescriptors() {
        int[] pipe = pipe(0);
        closeNow(pipe[1]);
        MemorySegment fds = pollfds(PollConstants.POLLIN, pipe[0], 1_000_000, -1);
        assertEquals(2, calls().poll(fds.address(), 3, 0));
        assertTrue((revents(fds, 0) & PollConstants.POLLHUP) != 0);
        assertEquals(PollConstants.POLLNVAL, revents(fds, 1));
        assertEquals(0, revents(fds, 2));
    }

    @Test
    void shouldReportWhatCannotBePolled() {
        assertErrno(Errno.EFAULT, calls().poll(8, 1, 0));
        assertErrno(Errno.EINVAL, calls().poll(bytes(8).address(), -1, 0));
    }

    @Test
    void shouldBeInterruptedWhilePolling() throws InterruptedException {
        MemorySegment fds = pollfds(PollConstants.POLLIN, pipe(0)[0]);
        assertErrno(Errno.EINTR, InterruptedCall.result(() -> calls().poll(fds.address(), 1, -1)));
    }

    @Test
    void shouldSelectWhatIsReady() {
        int[] full = pipe(0);
        int[] empty = pipe(0);
        write(full[1], "x");
        MemorySegment read = fdSet(full[0], empty[0]);
        MemorySegment write = fdSet(empty[1]);
        int nfds = Math.max(full[0], empty[1]) + 1;

        int ready = calls().select(nfds, read.address(), write.address(), 0, -1);

        assertEquals(2, ready);
        assertTrue(isSet(read, full[0]));
        assertTrue(!isSet(read, empty[0]));
        assertTrue(isSet(write, empty[1]));
    }

    @Test
    void shouldSelectAndReturnAtOnceOrAtTheTimeout() {
        int fd = pipe(0)[0];
        assertEquals(0, calls().select(fd + 1, fdSet(fd).address(), 0, 0, 0));
        long start = System.nanoTime();
        long timeoutUs = Duration.ofMillis(SHORT_MS).toNanos() / 1000;
        assertEquals(0, calls().select(fd + 1, fdSet(fd).address(), 0, 0, timeoutUs));
        assertTrue(System.nanoTime() - start >= Duration.ofMillis(SHORT_MS).toNanos());
    }

    @Test
    void shouldReportWhatCannotBeSelected() {
        int[] pipe = pipe(0);
        closeNow(pipe[0]);
        assertErrno(Errno.EBADF, calls().select(pipe[0] + 1, fdSet(pipe[0]).address(), 0, 0, 0));
        assertErrno(Errno.EINVAL, calls().select(-1, 0, 0, 0, 0));
    }

    @Test
    void shouldBeInterruptedWhileSelecting() throws InterruptedException {
        int fd = pipe(0)[0];
        MemorySegment read = fdSet(fd);
        assertErrno(
                Errno.EINTR,
                InterruptedCall.result(() -> calls().select(fd + 1, read.address(), 0, 0, -1)));
    }
}

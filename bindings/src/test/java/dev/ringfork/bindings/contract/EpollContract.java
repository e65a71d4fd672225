// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Epoll;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.EpollConstants;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider's {@link Epoll} has to keep on Linux. */
public abstract class EpollContract extends SyscallsContract {

    private static final int ROOM = 4;
    private static final long DATA = 0x1234_5678_9abc_def0L;

    @TempDir Path folder;

    private int epfd = -1;
    private int eventBytes;
    private int dataOffset;

    private Epoll calls() {
        return syscalls().epoll();
    }

    @BeforeEach
    void makeEpoll() {
        String absence = syscalls().absence("epoll_create1");
        assumeTrue(absence == null, absence);
        eventBytes = Layouts.current().size("epoll_event");
        dataOffset = Layouts.current().offset("epoll_event", "data");
        epfd = opened(calls().epoll_create1(EpollConstants.EPOLL_CLOEXEC));
    }

    private int control(int op, int fd, int events, long data) {
        MemorySegment event = bytes(eventBytes);
        event.set(JAVA_INT_UNALIGNED, 0, events);
        event.set(JAVA_LONG_UNALIGNED, dataOffset, data);
        return calls().epoll_ctl(epfd, op, fd, event.address());
    }

    private int add(int fd, int events, long data) {
        return control(EpollConstants.EPOLL_CTL_ADD, fd, events, data);
    }

    private MemorySegment await(int expected, int timeoutMs) {
        MemorySegment events = bytes(ROOM * eventBytes);
        assertEquals(expected, calls().epoll_wait(epfd, events.address(), ROOM, timeoutMs));
        return events;
    }

    @Test
    void shouldMakeADescriptorThatIsNotInherited() {
        assertTrue(cloexec(epfd));
        assertErrno(Errno.EINVAL, calls().epoll_create1(1));
    }

    @Test
    void shouldReportEventsWithTheirData() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        assertOk(add(pair[0], EpollConstants.EPOLLIN, 1));
        assertOk(add(pair[1], EpollConstants.EPOLLIN | EpollConstants.EPOLLOUT, DATA));
        write(pair[0], "x");

        MemorySegment events = await(1, DEADLINE_MS);

        int expected = EpollConstants.EPOLLIN | EpollConstants.EPOLLOUT;
        assertEquals(expected, events.get(JAVA_INT_UNALIGNED, 0));
        assertEquals(DATA, events.get(JAVA_LONG_UNALIGNED, dataOffset));

        write(pair[1], "y");
        events = await(2, 0);
        long both =
                events.get(JAVA_LONG_UNALIGNED, dataOffset)
                        + events.get(JAVA_LONG_UNALIGNED, eventBytes + dataOffset);
        assertEquals(DATA + 1, both);
    }

    @Test
    void shouldReturnAtOnceOrAtTheTimeout() {
        assertOk(add(pipe(0)[0], EpollConstants.EPOLLIN, 0));
        await(0, 0);
        long start = System.nanoTime();
        await(0, 20);
        assertTrue(System.nanoTime() - start >= Duration.ofMillis(20).toNanos());
    }

    @Test
    void shouldModifyAndRemove() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        assertOk(add(pair[0], EpollConstants.EPOLLIN, 1));
        await(0, 0);
        assertOk(control(EpollConstants.EPOLL_CTL_MOD, pair[0], EpollConstants.EPOLLOUT, 2));
        assertEquals(2, await(1, 0).get(JAVA_LONG_UNALIGNED, dataOffset));
        assertOk(calls().epoll_ctl(epfd, EpollConstants.EPOLL_CTL_DEL, pair[0], 0));
        await(0, 0);
    }

    @Test
    void shouldReportAnEdgeOnce() {
        int[] pipe = pipe(0);
        assertOk(add(pipe[0], EpollConstants.EPOLLIN | EpollConstants.EPOLLET, 1));
        write(pipe[1], "x");
        await(1, 0);
        await(0, 0);
        write(pipe[1], "y");
        await(1, 0);
    }

    @Test
    void shouldReportOneShotOnceUntilModified() {
        int[] pipe = pipe(0);
        int events = EpollConstants.EPOLLIN | EpollConstants.EPOLLONESHOT;
        assertOk(add(pipe[0], events, 1));
        write(pipe[1], "x");
        await(1, 0);
        await(0, 0);
        assertOk(control(EpollConstants.EPOLL_CTL_MOD, pipe[0], events, 1));
        await(1, 0);
    }

    @Test
    void shouldReportHangUps() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        assertOk(add(pair[0], EpollConstants.EPOLLRDHUP, 1));
        assertOk(syscalls().sockets().shutdown(pair[1], SocketConstants.SHUT_WR));
        assertEquals(EpollConstants.EPOLLRDHUP, await(1, 0).get(JAVA_INT_UNALIGNED, 0));
    }

    @Test
    void shouldRefuseWhatCannotBeRegistered() {
        int fd = pipe(0)[0];
        assertErrno(Errno.ENOENT, control(EpollConstants.EPOLL_CTL_MOD, fd, 0, 0));
        assertErrno(Errno.ENOENT, control(EpollConstants.EPOLL_CTL_DEL, fd, 0, 0));
        assertOk(add(fd, EpollConstants.EPOLLIN, 0));
        assertErrno(Errno.EEXIST, add(fd, EpollConstants.EPOLLIN, 0));
        assertErrno(Errno.EBADF, add(1_000_000, EpollConstants.EPOLLIN, 0));
        assertErrno(Errno.EINVAL, add(epfd, EpollConstants.EPOLLIN, 0));
        assertErrno(Errno.EINVAL, control(99, fd, 0, 0));
        assertErrno(Errno.EFAULT, calls().epoll_ctl(epfd, EpollConstants.EPOLL_CTL_ADD, fd, 8));
    }

    @Test
    void shouldRefuseARegularFile() {
        MemorySegment path = arena.allocateFrom(folder.resolve("file").toString());
        int flags = Fcntl.O_CREAT | Fcntl.O_RDWR | Fcntl.O_CLOEXEC;
        int file = opened(syscalls().descriptors().open(path, flags, 0600));
        assertErrno(Errno.EPERM, add(file, EpollConstants.EPOLLIN, 0));
    }

    @Test
    void shouldNotModifyAnExclusiveRegistration() {
        int listener = listener(0);
        int events = EpollConstants.EPOLLIN | EpollConstants.EPOLLEXCLUSIVE;
        assertOk(add(listener, events, 0));
        assertErrno(Errno.EINVAL, control(EpollConstants.EPOLL_CTL_MOD, listener, events, 0));
    }

    @Test
    void shouldReportWhatCannotBeWaitedFor() {
        MemorySegment events = bytes(eventBytes);
        assertErrno(Errno.EBADF, calls().epoll_wait(-1, events.address(), 1, 0));
        assertErrno(Errno.EINVAL, calls().epoll_wait(pipe(0)[0], events.address(), 1, 0));
        assertErrno(Errno.EINVAL, calls().epoll_wait(epfd, events.address(), 0, 0));
        assertErrno(Errno.EINVAL, calls().epoll_wait(epfd, events.address(), -1, -1));
    }

    @Test
    void shouldBeInterruptedByASignal() throws InterruptedException {
        MemorySegment events = bytes(eventBytes);
        assertErrno(
                Errno.EINTR,
                InterruptedCall.result(() -> calls().epoll_wait(epfd, events.address(), 1, -1)));
    }
}

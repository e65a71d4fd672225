// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.EventConstants;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.SocketConstants;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider's {@link Descriptors} have to keep. */
public abstract class DescriptorsContract extends SyscallsContract {

    private static final int CLOSED = 1_000_000;
    private static final int FIONREAD = Platform.current().linux() ? 0x541b : 0x4004667f;

    @TempDir Path folder;

    private Descriptors calls() {
        return syscalls().descriptors();
    }

    private MemorySegment path(String name) {
        return arena.allocateFrom(folder.resolve(name).toString());
    }

    private int file(String content) {
        int flags = Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_CLOEXEC;
        int fd = opened(calls().open(path("file"), flags, 0600));
        write(fd, content);
        return fd;
    }

    @Test
    void shouldOpenAFileWithTheModeAsked() throws IOException {
        int flags = Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_CLOEXEC;
        int fd = opened(calls().open(path("new"), flags, 0600));

        assertTrue(cloexec(fd));
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(folder.resolve("new")));
    }

    @Test
    void shouldNotOpenWhatIsNotThere() {
        assertErrno(Errno.ENOENT, calls().open(path("none"), Fcntl.O_RDONLY, 0));
    }

    @Test
    void shouldNotCreateWhatIsThere() {
        file("x");
        int flags = Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL;
        assertErrno(Errno.EEXIST, calls().open(path("file"), flags, 0600));
    }

    @Test
    void shouldLockAFileForOneOpenFileOnly() {
        int first = file("x");
        int second = opened(calls().open(path("file"), Fcntl.O_RDWR | Fcntl.O_CLOEXEC, 0));
        int copy = opened(calls().fcntl(first, Fcntl.F_DUPFD_CLOEXEC, 0));
        int exclusive = Fcntl.LOCK_EX | Fcntl.LOCK_NB;

        assertOk(calls().flock(first, exclusive));
        assertErrno(Errno.EAGAIN, calls().flock(second, exclusive));
        assertOk(calls().flock(copy, exclusive));
        assertOk(calls().flock(copy, Fcntl.LOCK_UN));
        assertOk(calls().flock(second, exclusive));
        assertErrno(Errno.EAGAIN, calls().flock(first, Fcntl.LOCK_SH | Fcntl.LOCK_NB));
        assertErrno(Errno.EBADF, calls().flock(CLOSED, exclusive));
        assertErrno(Errno.EINVAL, calls().flock(first, 0));
    }

    @Test
    void shouldRefuseMemoryOfTheHeap() {
        MemorySegment heap = MemorySegment.ofArray(new byte[] {'/', 0});
        assertThrows(IllegalArgumentException.class, () -> calls().open(heap, Fcntl.O_RDONLY, 0));
    }

    @Test
    void shouldReadLessThanAskedWhenThereIsLess() {
        int[] pipe = pipe(0);
        write(pipe[1], "three");

        MemorySegment room = bytes(64);
        assertEquals(5, calls().read(pipe[0], room.address(), 64));
        assertEquals("three", text(room, 5));
    }

    @Test
    void shouldReadNothingAtTheEnd() {
        int[] pipe = pipe(0);
        closeNow(pipe[1]);
        assertEquals(0, calls().read(pipe[0], bytes(8).address(), 8));
    }

    @Test
    void shouldReportThatNothingIsThereToRead() {
        int[] pipe = pipe(Fcntl.O_NONBLOCK);
        assertErrno(Errno.EAGAIN, calls().read(pipe[0], bytes(8).address(), 8));
    }

    @Test
    void shouldReportBadDescriptorsAndAddresses() {
        MemorySegment room = bytes(8);
        assertErrno(Errno.EBADF, calls().read(CLOSED, room.address(), 8));
        assertErrno(Errno.EBADF, calls().write(-1, room.address(), 8));
        assertErrno(Errno.EBADF, calls().close(CLOSED));
        assertErrno(Errno.EBADF, calls().dup(CLOSED));
        assertErrno(Errno.EFAULT, calls().write(pipe(0)[1], 8, 8));
    }

    @Test
    void shouldReportThatADirectoryIsNotRead() {
        MemorySegment path = arena.allocateFrom(folder.toString());
        int fd = opened(calls().open(path, Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0));
        assertErrno(Errno.EISDIR, calls().read(fd, bytes(8).address(), 8));
    }

    @Test
    void shouldReportThatNobodyReadsAPipe() {
        int[] pipe = pipe(0);
        closeNow(pipe[0]);
        assertErrno(Errno.EPIPE, calls().write(pipe[1], bytes(8).address(), 8));
    }

    @Test
    void shouldWriteWhatFitsAndThenReportThatAPipeIsFull() {
        int[] pipe = pipe(Fcntl.O_NONBLOCK);
        MemorySegment much = bytes(1 << 20);

        long written = calls().write(pipe[1], much.address(), much.byteSize());

        assertTrue(written > 0 && written < much.byteSize(), "wrote " + written);
        assertErrno(Errno.EAGAIN, calls().write(pipe[1], much.address(), 1));
    }

    @Test
    void shouldGatherAndScatter() {
        int[] pipe = pipe(0);
        MemorySegment first = bytes("abc");
        MemorySegment second = bytes("defgh");
        MemorySegment iov = arena.allocate(JAVA_LONG, 4);
        iovec(iov, 0, first);
        iovec(iov, 1, second);
        assertEquals(8, calls().writev(pipe[1], iov.address(), 2));

        MemorySegment left = bytes(4);
        MemorySegment right = bytes(8);
        iovec(iov, 0, left);
        iovec(iov, 1, right);
        assertEquals(8, calls().readv(pipe[0], iov.address(), 2));
        assertEquals("abcd", text(left, 4));
        assertEquals("efgh", text(right, 4));
    }

    private static void iovec(MemorySegment iov, int index, MemorySegment buffer) {
        iov.setAtIndex(JAVA_LONG, index * 2L, buffer.address());
        iov.setAtIndex(JAVA_LONG, index * 2L + 1, buffer.byteSize());
    }

    @Test
    void shouldRefuseTooManyBuffers() {
        assertErrno(Errno.EINVAL, calls().readv(pipe(0)[0], bytes(16).address(), 1 << 20));
        assertErrno(Errno.EINVAL, calls().writev(pipe(0)[1], bytes(16).address(), -1));
    }

    @Test
    void shouldReadAndWriteAtAPositionWithoutMovingIt() {
        int fd = file("0123456789");
        MemorySegment room = bytes(4);
        assertEquals(4, calls().pread(fd, room.address(), 4, 3));
        assertEquals("3456", text(room, 4));
        assertEquals(2, calls().pwrite(fd, bytes("xy").address(), 2, 4));
        assertEquals(10, calls().lseek(fd, 0, Fcntl.SEEK_CUR));
        assertEquals(2, calls().pread(fd, room.address(), 4, 8));
        assertErrno(Errno.EINVAL, calls().pread(fd, room.address(), 4, -1));
    }

    @Test
    void shouldMoveThePosition() {
        int fd = file("0123456789");
        assertEquals(7, calls().lseek(fd, -3, Fcntl.SEEK_END));
        assertEquals("789", read(fd));
        assertEquals(1L << 33, calls().lseek(fd, 1L << 33, Fcntl.SEEK_SET));
        assertErrno(Errno.ESPIPE, calls().lseek(pipe(0)[0], 0, Fcntl.SEEK_CUR));
        assertErrno(Errno.ESPIPE, calls().pread(pipe(0)[0], bytes(1).address(), 1, 0));
        assertErrno(Errno.ESPIPE, calls().pwrite(pipe(0)[1], bytes(1).address(), 1, 0));
    }

    @Test
    void shouldDuplicateIntoADescriptorThatIsInherited() {
        int[] pipe = pipe(0);
        int copy = opened(calls().dup(pipe[1]));
        assertNotEquals(pipe[1], copy);
        assertFalse(cloexec(copy));
        write(copy, "x");
        assertEquals("x", read(pipe[0]));
    }

    @Test
    void shouldControlADescriptor() {
        int[] pipe = pipe(0);
        int copy = opened(calls().fcntl(pipe[1], Fcntl.F_DUPFD_CLOEXEC, 100));
        assertTrue(copy >= 100);
        assertTrue(cloexec(copy));
        assertFalse(nonblocking(copy));
        assertOk(calls().fcntl(copy, Fcntl.F_SETFL, Fcntl.O_NONBLOCK));
        assertTrue(nonblocking(copy));
        assertErrno(Errno.EINVAL, calls().fcntl(copy, 9999, 0));
        assertErrno(Errno.EBADF, calls().fcntl(CLOSED, Fcntl.F_GETFD, 0));
    }

    @Test
    void shouldTellHowMuchThereIsToRead() {
        int[] pipe = pipe(0);
        write(pipe[1], "four");
        MemorySegment count = arena.allocate(JAVA_INT);
        assertOk(calls().ioctl(pipe[0], FIONREAD, count.address()));
        assertEquals(4, count.get(JAVA_INT, 0));
        assertErrno(Errno.ENOTTY, calls().ioctl(pipe[0], 1, 0));
    }

    @Test
    void shouldMakeAPipeWithTheFlagsAsked() {
        MemorySegment fds = arena.allocate(JAVA_INT, 2);
        assertOk(calls().pipe2(fds, 0));
        int plain = opened(fds.getAtIndex(JAVA_INT, 0));
        opened(fds.getAtIndex(JAVA_INT, 1));
        assertFalse(cloexec(plain));
        assertFalse(nonblocking(plain));

        for (int fd : pipe(Fcntl.O_NONBLOCK)) {
            assertTrue(cloexec(fd));
            assertTrue(nonblocking(fd));
        }
        assertErrno(Errno.EINVAL, calls().pipe2(fds, 1));
    }

    @Test
    void shouldCountEvents() {
        assumeTrue(syscalls().absence("eventfd") == null, () -> syscalls().absence("eventfd"));
        int flags = EventConstants.EFD_CLOEXEC | EventConstants.EFD_NONBLOCK;
        int fd = opened(calls().eventfd(3, flags));
        MemorySegment counter = arena.allocateFrom(JAVA_LONG, 4);
        assertEquals(8, calls().write(fd, counter.address(), 8));
        assertEquals(8, calls().read(fd, counter.address(), 8));
        assertEquals(7, counter.get(JAVA_LONG, 0));
        assertErrno(Errno.EAGAIN, calls().read(fd, counter.address(), 8));
        assertErrno(Errno.EINVAL, calls().eventfd(0, 1 << 30));
    }

    @Test
    void shouldDescribeAndCutAFile() {
        int fd = file("0123456789");
        Layouts layouts = Layouts.current();
        MemorySegment stat = bytes(layouts.size("stat"));
        int size = layouts.offset("stat", "st_size");

        assertOk(calls().fstat(fd, stat));
        assertEquals(10, stat.get(JAVA_LONG, size));
        assertOk(calls().ftruncate(fd, 4));
        assertOk(calls().fstat(fd, stat));
        assertEquals(4, stat.get(JAVA_LONG, size));

        assertErrno(Errno.EBADF, calls().fstat(CLOSED, stat));
        assertErrno(Errno.EINVAL, calls().ftruncate(fd, -1));
    }

    @Test
    void shouldRemoveAName() {
        file("x");
        assertOk(calls().unlink(path("file")));
        assertFalse(Files.exists(folder.resolve("file")));
        assertErrno(Errno.ENOENT, calls().unlink(path("file")));
    }

    @Test
    void shouldSendAFileAndAdvanceThePosition() {
        int fd = file("0123456789");
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        MemorySegment offset = arena.allocateFrom(JAVA_LONG, 2);

        assertEquals(4, calls().sendfile(pair[0], fd, offset.address(), 4));
        assertEquals("2345", read(pair[1]));
        assertEquals(6, offset.get(JAVA_LONG, 0));
        assertEquals(4, calls().sendfile(pair[0], fd, offset.address(), 100));
        assertEquals(0, calls().sendfile(pair[0], fd, offset.address(), 100));
    }

    @Test
    void shouldReportThatAFileCannotBeSentNow() {
        int fd = file("x");
        assertOk(calls().ftruncate(fd, 1 << 22));
        int[] pair = socketpair(SocketConstants.SOCK_STREAM | SocketConstants.SOCK_NONBLOCK);
        MemorySegment offset = arena.allocate(JAVA_LONG);
        long last = 1;
        long sent = 0;
        while (last > 0) {
            last = calls().sendfile(pair[0], fd, offset.address(), 1 << 22);
            sent += Math.max(last, 0);
        }
        assertErrno(Errno.EAGAIN, last);
        assertEquals(sent, offset.get(JAVA_LONG, 0));
        assertErrno(Errno.EBADF, calls().sendfile(pair[0], CLOSED, offset.address(), 1));
    }

    @Test
    void shouldMoveBytesBetweenPipes() {
        assumeTrue(syscalls().absence("splice") == null, () -> syscalls().absence("splice"));
        int[] from = pipe(Fcntl.O_NONBLOCK);
        int[] to = pipe(Fcntl.O_NONBLOCK);
        write(from[1], "moved");

        assertEquals(5, calls().splice(from[0], 0, to[1], 0, 64, 0));
        assertEquals("moved", read(to[0]));
        assertErrno(Errno.EAGAIN, calls().splice(from[0], 0, to[1], 0, 64, 0));
        int socket = socketpair(SocketConstants.SOCK_STREAM)[0];
        assertErrno(Errno.EINVAL, calls().splice(file("no pipe"), 0, socket, 0, 64, 0));
    }
}

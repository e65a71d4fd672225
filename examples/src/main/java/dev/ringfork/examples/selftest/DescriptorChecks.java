// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.PollConstants.POLLOUT;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static dev.ringfork.examples.selftest.Bench.done;
import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.fails;
import static dev.ringfork.examples.selftest.Bench.holds;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.abi.EventConstants;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Files, pipes, and what works on any descriptor. */
final class DescriptorChecks {
    /** More than the buffers of a loopback connection hold, so that sendfile stops half-way. */
    private static final int FILE_BYTES = 8 << 20;

    private static final int SEND_BUFFER_BYTES = 64 << 10;

    private static final int PRIVATE = 0600;
    private static final int PERMISSIONS = 0777;

    private DescriptorChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("files: open, write, seek, read, cut", DescriptorChecks::file),
                new Check("files: fstat", DescriptorChecks::stat),
                new Check("files: errors of open", DescriptorChecks::openErrors),
                new Check("files: sendfile to a socket", DescriptorChecks::sendfile),
                new Check("pipes: several buffers at once", DescriptorChecks::vectors),
                new Check("pipes: full, empty, closed", DescriptorChecks::pipeLimits),
                new Check("pipes: fcntl and ioctl", DescriptorChecks::control),
                new Check("pipes: splice", DescriptorChecks::splice));
    }

    private static int create(Bench bench, String name) {
        MemorySegment path = bench.arena().allocateFrom(bench.file(name).toString());
        int flags = Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_CLOEXEC;
        Descriptors descriptors = bench.syscalls().descriptors();
        return bench.opened("open", descriptors.open(path, flags, PRIVATE));
    }

    private static void file(Bench bench) {
        Descriptors descriptors = bench.syscalls().descriptors();
        int fd = create(bench, "file");
        bench.write(fd, "0123456789");
        equal("what lseek returned", 10L, descriptors.lseek(fd, 0, Fcntl.SEEK_CUR));
        equal("what pwrite returned", 2L, descriptors.pwrite(fd, bytes(bench, "ab"), 2, 4));
        MemorySegment room = bench.bytes(16);
        equal("what pread returned", 4L, descriptors.pread(fd, room.address(), 4, 3));
        equal("what was read", "3ab6", Bench.text(room, 4));
        done("ftruncate", descriptors.ftruncate(fd, 3));
        equal("the end of the file", 3L, descriptors.lseek(fd, 0, Fcntl.SEEK_END));
        equal("what read returned at the end", 0L, descriptors.read(fd, room.address(), 16));
    }

    private static long bytes(Bench bench, String text) {
        return bench.bytes(text).address();
    }

    private static void stat(Bench bench) {
        int fd = create(bench, "stat");
        bench.write(fd, "twelve bytes");
        Layouts layouts = Layouts.current();
        MemorySegment stat = bench.bytes(layouts.size("stat"));
        done("fstat", bench.syscalls().descriptors().fstat(fd, stat));
        equal("st_size", 12L, stat.get(JAVA_LONG, layouts.offset("stat", "st_size")));
        int mode = stat.get(JAVA_SHORT, layouts.offset("stat", "st_mode")) & 0xffff;
        equal("the type in st_mode", Fcntl.S_IFREG, mode & Fcntl.S_IFMT);
        equal("the permissions in st_mode", PRIVATE, mode & PERMISSIONS);
    }

    private static void openErrors(Bench bench) {
        Descriptors descriptors = bench.syscalls().descriptors();
        MemorySegment absent = bench.arena().allocateFrom(bench.file("absent").toString());
        MemorySegment folder = bench.arena().allocateFrom(bench.file(".").toString());
        fails("open", Errno.ENOENT, descriptors.open(absent, Fcntl.O_RDONLY, 0));
        fails("open", Errno.EISDIR, descriptors.open(folder, Fcntl.O_WRONLY, 0));
        fails("read", Errno.EBADF, descriptors.read(-1, bytes(bench, "x"), 1));
    }

    /** All bytes, in order, past the point where the socket is full. */
    private static void sendfile(Bench bench) {
        Descriptors descriptors = bench.syscalls().descriptors();
        int file = create(bench, "sent");
        MemorySegment content = bench.bytes(FILE_BYTES);
        for (int i = 0; i < FILE_BYTES; i++) {
            content.set(JAVA_BYTE, i, pattern(i));
        }
        equal(
                "what pwrite returned",
                (long) FILE_BYTES,
                descriptors.pwrite(file, content.address(), FILE_BYTES, 0));
        int listener = bench.listener(Address.parse("127.0.0.1:0"));
        int out = bench.connect(bench.nameOf(listener));
        int in = bench.accept(listener, SOCK_NONBLOCK | SOCK_CLOEXEC);
        Sockets sockets = bench.syscalls().sockets();
        done("setsockopt", SocketOption.SO_SNDBUF.set(sockets, out, SEND_BUFFER_BYTES));

        MemorySegment offset = bench.bytes(Long.BYTES);
        MemorySegment room = bench.bytes(FILE_BYTES);
        boolean full = false;
        long read = 0;
        while (read < FILE_BYTES) {
            long position = offset.get(JAVA_LONG, 0);
            long sent = descriptors.sendfile(out, file, offset.address(), FILE_BYTES - position);
            if (sent != -Errno.EAGAIN) {
                done("sendfile", sent);
                equal("the offset", position + sent, offset.get(JAVA_LONG, 0));
            }
            full |= sent == -Errno.EAGAIN;
            if (full || position + sent == FILE_BYTES) {
                bench.await(in, POLLIN);
                long at = room.address() + read;
                read += done("read", descriptors.read(in, at, FILE_BYTES - read));
            }
        }
        holds(full, "8 MiB fitted into the buffers of a socket", "EAGAIN from sendfile");
        equal("the first byte that differs", -1L, content.mismatch(room));
        long position = offset.get(JAVA_LONG, 0);
        long atEnd = descriptors.sendfile(out, file, offset.address(), 1);
        equal("what sendfile returned at the end of the file", 0L, atEnd);
        equal("the offset at the end", position, offset.get(JAVA_LONG, 0));
    }

    private static byte pattern(int index) {
        return (byte) (index * 31 + (index >>> Byte.SIZE));
    }

    private static void vectors(Bench bench) {
        int[] pipe = bench.pipe(0);
        Descriptors descriptors = bench.syscalls().descriptors();
        MemorySegment iov = vector(bench, bench.bytes("one"), 3, bench.bytes("two"), 3);
        equal("what writev returned", 6L, descriptors.writev(pipe[1], iov.address(), 2));
        MemorySegment first = bench.bytes(8);
        MemorySegment second = bench.bytes(8);
        iov = vector(bench, first, 2, second, 4);
        equal("what readv returned", 6L, descriptors.readv(pipe[0], iov.address(), 2));
        equal("the first buffer", "on", Bench.text(first, 2));
        equal("the second buffer", "etwo", Bench.text(second, 4));
    }

    private static MemorySegment vector(
            Bench bench, MemorySegment first, long bytes, MemorySegment second, long moreBytes) {
        MemorySegment iov = bench.bytes(4 * Long.BYTES);
        iov.setAtIndex(JAVA_LONG, 0, first.address());
        iov.setAtIndex(JAVA_LONG, 1, bytes);
        iov.setAtIndex(JAVA_LONG, 2, second.address());
        iov.setAtIndex(JAVA_LONG, 3, moreBytes);
        return iov;
    }

    private static void pipeLimits(Bench bench) {
        Descriptors descriptors = bench.syscalls().descriptors();
        int[] pipe = bench.pipe(Fcntl.O_NONBLOCK);
        fails(
                "read of an empty pipe",
                Errno.EAGAIN,
                descriptors.read(pipe[0], bytes(bench, "x"), 1));
        long written = bench.fill(pipe[1]);
        equal("events of a full pipe", 0, bench.poll(pipe[1], POLLOUT, 0));
        bench.close(pipe[1]);
        equal("the bytes of the pipe", written, (long) bench.readToEnd(pipe[0]).length());
    }

    private static void control(Bench bench) {
        Descriptors descriptors = bench.syscalls().descriptors();
        int[] pipe = bench.pipe(Fcntl.O_NONBLOCK);
        int modes = done("fcntl F_GETFL", descriptors.fcntl(pipe[0], Fcntl.F_GETFL, 0));
        equal("O_NONBLOCK of the pipe", Fcntl.O_NONBLOCK, modes & Fcntl.O_NONBLOCK);
        done("fcntl F_SETFL", descriptors.fcntl(pipe[0], Fcntl.F_SETFL, modes & ~Fcntl.O_NONBLOCK));
        modes = done("fcntl F_GETFL", descriptors.fcntl(pipe[0], Fcntl.F_GETFL, 0));
        equal("O_NONBLOCK when it was taken away", 0, modes & Fcntl.O_NONBLOCK);

        int least = pipe[1] + 2;
        int copy = descriptors.fcntl(pipe[0], Fcntl.F_DUPFD_CLOEXEC, least);
        bench.opened("fcntl F_DUPFD_CLOEXEC", copy);
        holds(copy >= least, "the copy is " + copy, least + " or more");
        int flags = done("fcntl F_GETFD", descriptors.fcntl(copy, Fcntl.F_GETFD, 0));
        equal("FD_CLOEXEC of the copy", Fcntl.FD_CLOEXEC, flags & Fcntl.FD_CLOEXEC);

        bench.write(pipe[1], "seven b");
        MemorySegment count = bench.bytes(Long.BYTES);
        done(
                "ioctl FIONREAD",
                descriptors.ioctl(pipe[0], EventConstants.FIONREAD, count.address()));
        equal("the bytes to be read by ioctl", 7, count.get(JAVA_INT, 0));
    }

    private static void splice(Bench bench) {
        Unavailable.because(bench.syscalls().absence("splice"));
        int[] from = bench.pipe(0);
        int[] to = bench.pipe(0);
        bench.write(from[1], "moved");
        long moved = bench.syscalls().descriptors().splice(from[0], 0, to[1], 0, 5, 0);
        equal("what splice returned", 5L, done("splice", moved));
        equal("what came", "moved", bench.read(to[0]));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static dev.ringfork.bindings.calls.Native.address;
import static dev.ringfork.bindings.calls.Native.keeping;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.MemorySegment;

/** Calls on any descriptor. */
final class DescriptorCalls implements Descriptors {

    static final DescriptorCalls INSTANCE = new DescriptorCalls();

    // A FIFO's open waits for the other end, a file's for the disk or the network.
    private static final Call OPENAT = Prototype.plain("openat").link();
    private static final Call UNLINKAT = Prototype.plain("unlinkat").link();
    private static final Call FSTAT = Prototype.plain("fstat").link();
    private static final Call FTRUNCATE = Prototype.plain("ftruncate").link();

    // Each waits on a blocking pipe or terminal, and for the disk on any file.
    private static final Call READ = Prototype.plain("read").wide().link();
    private static final Call WRITE = Prototype.plain("write").wide().link();
    private static final Call READV = Prototype.plain("readv").wide().link();
    private static final Call WRITEV = Prototype.plain("writev").wide().link();
    private static final Call PREAD = Prototype.plain("pread64").symbol("pread").wide().link();
    private static final Call PWRITE = Prototype.plain("pwrite64").symbol("pwrite").wide().link();
    private static final Call SENDFILE = Prototype.plain("sendfile").wide().link();
    private static final Call SPLICE = Prototype.plain("splice").wide().link();

    // Waits with SO_LINGER, and for what a network file system has still to write.
    private static final Call CLOSE = Prototype.plain("close").link();

    // Some commands wait: F_SETLKW, a terminal's TCSBRK.
    private static final Call FCNTL = Prototype.plain("fcntl").link();
    private static final Call IOCTL = Prototype.plain("ioctl").link();
    private static final Call FLOCK = Prototype.plain("flock").link();

    // A file's position is under a lock that a reading thread holds.
    private static final Call LSEEK = Prototype.plain("lseek").wide().link();

    // These only take an entry of the descriptor table, and memory.
    private static final Call DUP = Prototype.critical("dup").link();

    // What is closed may be a file that has still to be written.
    private static final Call DUP2 = Prototype.plain("dup2").link();
    private static final Call FCHOWN = Prototype.plain("fchown").link();
    private static final Call PIPE2 = Prototype.critical("pipe2").link();
    private static final Call EVENTFD = Prototype.critical("eventfd2").symbol("eventfd").link();

    private DescriptorCalls() {}

    @Override
    public int open(MemorySegment path, int flags, int mode) {
        return keeping(path, OPENAT.call(Fcntl.AT_FDCWD, address(path), flags, mode));
    }

    @Override
    public long read(int fd, long address, long count) {
        return READ.call(fd, address, count);
    }

    @Override
    public long write(int fd, long address, long count) {
        return WRITE.call(fd, address, count);
    }

    @Override
    public long readv(int fd, long iov, int iovcnt) {
        return READV.call(fd, iov, iovcnt);
    }

    @Override
    public long writev(int fd, long iov, int iovcnt) {
        return WRITEV.call(fd, iov, iovcnt);
    }

    @Override
    public long pread(int fd, long address, long count, long offset) {
        return PREAD.call(fd, address, count, offset);
    }

    @Override
    public long pwrite(int fd, long address, long count, long offset) {
        return PWRITE.call(fd, address, count, offset);
    }

    @Override
    public int close(int fd) {
        return (int) CLOSE.call(fd);
    }

    @Override
    public int dup2(int fd, int newFd) {
        return (int) DUP2.call(fd, newFd);
    }

    @Override
    public int fchown(int fd, int user, int group) {
        return (int) FCHOWN.call(fd, user, group);
    }

    @Override
    public int dup(int fd) {
        return (int) DUP.call(fd);
    }

    @Override
    public int fcntl(int fd, int command, long argument) {
        return (int) FCNTL.call(fd, command, argument);
    }

    @Override
    public int flock(int fd, int operation) {
        return (int) FLOCK.call(fd, operation);
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
        return (int) IOCTL.call(fd, request, argument);
    }

    @Override
    public int pipe2(MemorySegment fds, int flags) {
        return keeping(fds, PIPE2.call(address(fds), flags));
    }

    @Override
    public int eventfd(int initial, int flags) {
        return (int) EVENTFD.call(initial, flags);
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        return LSEEK.call(fd, offset, whence);
    }

    @Override
    public int fstat(int fd, MemorySegment stat) {
        return keeping(stat, FSTAT.call(fd, address(stat)));
    }

    @Override
    public int ftruncate(int fd, long length) {
        return (int) FTRUNCATE.call(fd, length);
    }

    @Override
    public int unlink(MemorySegment path) {
        return keeping(path, UNLINKAT.call(Fcntl.AT_FDCWD, address(path), 0));
    }

    @Override
    public long sendfile(int socket, int file, long offset, long count) {
        return SENDFILE.call(socket, file, offset, count);
    }

    @Override
    public long splice(int fdIn, long offsetIn, int fdOut, long offsetOut, long count, int flags) {
        return SPLICE.call(fdIn, offsetIn, fdOut, offsetOut, count, flags);
    }
}

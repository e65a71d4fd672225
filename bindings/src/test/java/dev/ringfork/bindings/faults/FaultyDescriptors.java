// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Descriptors;
import java.lang.foreign.MemorySegment;

/** Calls on descriptors, some of which fail. A close always closes. */
final class FaultyDescriptors implements Descriptors {

    private final Descriptors real;
    private final FaultPlan plan;

    FaultyDescriptors(Descriptors real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int open(MemorySegment path, int flags, int mode) {
        int fault = plan.fault("open");
        return fault < 0 ? fault : real.open(path, flags, mode);
    }

    @Override
    public long read(int fd, long address, long count) {
        long limit = plan.limit("read", count);
        return limit < 0 ? limit : real.read(fd, address, Math.min(count, limit));
    }

    @Override
    public long write(int fd, long address, long count) {
        long limit = plan.limit("write", count);
        return limit < 0 ? limit : real.write(fd, address, Math.min(count, limit));
    }

    @Override
    public long readv(int fd, long iov, int iovcnt) {
        long limit = plan.limit("readv", iovcnt);
        return limit < 0 ? limit : real.readv(fd, iov, (int) Math.min(iovcnt, limit));
    }

    @Override
    public long writev(int fd, long iov, int iovcnt) {
        long limit = plan.limit("writev", iovcnt);
        return limit < 0 ? limit : real.writev(fd, iov, (int) Math.min(iovcnt, limit));
    }

    @Override
    public long pread(int fd, long address, long count, long offset) {
        long limit = plan.limit("pread", count);
        return limit < 0 ? limit : real.pread(fd, address, Math.min(count, limit), offset);
    }

    @Override
    public long pwrite(int fd, long address, long count, long offset) {
        long limit = plan.limit("pwrite", count);
        return limit < 0 ? limit : real.pwrite(fd, address, Math.min(count, limit), offset);
    }

    @Override
    public int close(int fd) {
        return FaultPlan.disguised(plan.fault("close"), real.close(fd));
    }

    @Override
    public int dup2(int fd, int newFd) {
        int fault = plan.fault("dup2");
        return fault < 0 ? fault : real.dup2(fd, newFd);
    }

    @Override
    public int fchown(int fd, int user, int group) {
        int fault = plan.fault("fchown");
        return fault < 0 ? fault : real.fchown(fd, user, group);
    }

    @Override
    public int dup(int fd) {
        int fault = plan.fault("dup");
        return fault < 0 ? fault : real.dup(fd);
    }

    @Override
    public int fcntl(int fd, int command, long argument) {
        int fault = plan.fault("fcntl");
        return fault < 0 ? fault : real.fcntl(fd, command, argument);
    }

    @Override
    public int flock(int fd, int operation) {
        int fault = plan.fault("flock");
        return fault < 0 ? fault : real.flock(fd, operation);
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
        int fault = plan.fault("ioctl");
        return fault < 0 ? fault : real.ioctl(fd, request, argument);
    }

    @Override
    public int pipe2(MemorySegment fds, int flags) {
        int fault = plan.fault("pipe2");
        return fault < 0 ? fault : real.pipe2(fds, flags);
    }

    @Override
    public int eventfd(int initial, int flags) {
        int fault = plan.fault("eventfd");
        return fault < 0 ? fault : real.eventfd(initial, flags);
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        int fault = plan.fault("lseek");
        return fault < 0 ? fault : real.lseek(fd, offset, whence);
    }

    @Override
    public int fstat(int fd, MemorySegment stat) {
        int fault = plan.fault("fstat");
        return fault < 0 ? fault : real.fstat(fd, stat);
    }

    @Override
    public int ftruncate(int fd, long length) {
        int fault = plan.fault("ftruncate");
        return fault < 0 ? fault : real.ftruncate(fd, length);
    }

    @Override
    public int unlink(MemorySegment path) {
        int fault = plan.fault("unlink");
        return fault < 0 ? fault : real.unlink(path);
    }

    @Override
    public long sendfile(int socket, int file, long offset, long count) {
        long limit = plan.limit("sendfile", count);
        return limit < 0 ? limit : real.sendfile(socket, file, offset, Math.min(count, limit));
    }

    @Override
    public long splice(int fdIn, long offsetIn, int fdOut, long offsetOut, long count, int flags) {
        long limit = plan.limit("splice", count);
        return limit < 0
                ? limit
                : real.splice(fdIn, offsetIn, fdOut, offsetOut, Math.min(count, limit), flags);
    }
}

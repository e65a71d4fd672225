// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Sockets;
import java.lang.foreign.MemorySegment;

/** Socket calls, some of which fail. A connect that is interrupted goes on. */
final class FaultySockets implements Sockets {

    private final Sockets real;
    private final FaultPlan plan;

    FaultySockets(Sockets real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        int fault = plan.fault("socket");
        return fault < 0 ? fault : real.socket(domain, type, protocol);
    }

    @Override
    public int socketpair(int domain, int type, int protocol, MemorySegment fds) {
        int fault = plan.fault("socketpair");
        return fault < 0 ? fault : real.socketpair(domain, type, protocol, fds);
    }

    @Override
    public int bind(int fd, MemorySegment address, int length) {
        int fault = plan.fault("bind");
        return fault < 0 ? fault : real.bind(fd, address, length);
    }

    @Override
    public int listen(int fd, int backlog) {
        int fault = plan.fault("listen");
        return fault < 0 ? fault : real.listen(fd, backlog);
    }

    @Override
    public int accept4(int fd, long address, long length, int flags) {
        int fault = plan.fault("accept4");
        return fault < 0 ? fault : real.accept4(fd, address, length, flags);
    }

    @Override
    public int connect(int fd, MemorySegment address, int length) {
        int fault = plan.fault("connect");
        if (fault < 0 && fault != -Errno.EINTR) {
            return fault;
        }
        return FaultPlan.disguised(fault, real.connect(fd, address, length));
    }

    @Override
    public int shutdown(int fd, int how) {
        int fault = plan.fault("shutdown");
        return fault < 0 ? fault : real.shutdown(fd, how);
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int length) {
        int fault = plan.fault("setsockopt");
        return fault < 0 ? fault : real.setsockopt(fd, level, option, value, length);
    }

    @Override
    public int getsockopt(
            int fd, int level, int option, MemorySegment value, MemorySegment length) {
        int fault = plan.fault("getsockopt");
        return fault < 0 ? fault : real.getsockopt(fd, level, option, value, length);
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment length) {
        int fault = plan.fault("getsockname");
        return fault < 0 ? fault : real.getsockname(fd, address, length);
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment length) {
        int fault = plan.fault("getpeername");
        return fault < 0 ? fault : real.getpeername(fd, address, length);
    }

    @Override
    public long send(int fd, long address, long count, int flags) {
        long limit = plan.limit("send", count);
        return limit < 0 ? limit : real.send(fd, address, Math.min(count, limit), flags);
    }

    @Override
    public long recv(int fd, long address, long count, int flags) {
        long limit = plan.limit("recv", count);
        return limit < 0 ? limit : real.recv(fd, address, Math.min(count, limit), flags);
    }

    @Override
    public long sendto(int fd, long address, long count, int flags, MemorySegment to, int length) {
        long limit = plan.limit("sendto", count);
        return limit < 0
                ? limit
                : real.sendto(fd, address, Math.min(count, limit), flags, to, length);
    }

    @Override
    public long recvfrom(
            int fd, long address, long count, int flags, MemorySegment from, MemorySegment length) {
        long limit = plan.limit("recvfrom", count);
        return limit < 0
                ? limit
                : real.recvfrom(fd, address, Math.min(count, limit), flags, from, length);
    }

    @Override
    public long sendmsg(int fd, MemorySegment msghdr, int flags) {
        int fault = plan.fault("sendmsg");
        return fault < 0 ? fault : real.sendmsg(fd, msghdr, flags);
    }

    @Override
    public long recvmsg(int fd, MemorySegment msghdr, int flags) {
        int fault = plan.fault("recvmsg");
        return fault < 0 ? fault : real.recvmsg(fd, msghdr, flags);
    }

    @Override
    public int recvmmsg(int fd, long msgvec, int count, int flags) {
        int fault = plan.fault("recvmmsg");
        return fault < 0 ? fault : real.recvmmsg(fd, msgvec, count, flags);
    }

    @Override
    public int sendmmsg(int fd, long msgvec, int count, int flags) {
        int fault = plan.fault("sendmmsg");
        return fault < 0 ? fault : real.sendmmsg(fd, msgvec, count, flags);
    }
}

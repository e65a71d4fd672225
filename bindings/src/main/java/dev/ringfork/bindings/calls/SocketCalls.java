// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static dev.ringfork.bindings.calls.Native.address;
import static dev.ringfork.bindings.calls.Native.keeping;

import dev.ringfork.bindings.Sockets;
import java.lang.foreign.MemorySegment;

/** Socket calls. */
final class SocketCalls implements Sockets {

    static final SocketCalls INSTANCE = new SocketCalls();

    // These read and change what the kernel holds of the socket, and wait for nobody.
    private static final Call SOCKET = Prototype.critical("socket").link();
    private static final Call SOCKETPAIR = Prototype.critical("socketpair").link();
    private static final Call LISTEN = Prototype.critical("listen").link();
    private static final Call SETSOCKOPT = Prototype.critical("setsockopt").link();
    private static final Call GETSOCKOPT = Prototype.critical("getsockopt").link();
    private static final Call GETSOCKNAME = Prototype.critical("getsockname").link();
    private static final Call GETPEERNAME = Prototype.critical("getpeername").link();
    private static final Call SHUTDOWN = Prototype.critical("shutdown").link();

    // The name of a Unix socket is a file, made or looked up on a disk.
    private static final Call BIND = Prototype.plain("bind").link();

    // Each waits when the socket is blocking, which the descriptor does not tell beforehand.
    private static final Call CONNECT = Prototype.plain("connect").link();
    private static final Call ACCEPT4 = Prototype.plain("accept4").link();
    private static final Call SENDTO = Prototype.plain("sendto").wide().link();
    private static final Call RECVFROM = Prototype.plain("recvfrom").wide().link();
    private static final Call SENDMSG = Prototype.plain("sendmsg").wide().link();
    private static final Call RECVMSG = Prototype.plain("recvmsg").wide().link();

    private static final Call RECVMMSG = Prototype.plain("recvmmsg").link();
    private static final Call SENDMMSG = Prototype.plain("sendmmsg").link();

    private SocketCalls() {}

    @Override
    public int socket(int domain, int type, int protocol) {
        return (int) SOCKET.call(domain, type, protocol);
    }

    @Override
    public int socketpair(int domain, int type, int protocol, MemorySegment fds) {
        return keeping(fds, SOCKETPAIR.call(domain, type, protocol, address(fds)));
    }

    @Override
    public int bind(int fd, MemorySegment address, int length) {
        return keeping(address, BIND.call(fd, address(address), length));
    }

    @Override
    public int listen(int fd, int backlog) {
        return (int) LISTEN.call(fd, backlog);
    }

    @Override
    public int accept4(int fd, long address, long length, int flags) {
        return (int) ACCEPT4.call(fd, address, length, flags);
    }

    @Override
    public int connect(int fd, MemorySegment address, int length) {
        return keeping(address, CONNECT.call(fd, address(address), length));
    }

    @Override
    public int shutdown(int fd, int how) {
        return (int) SHUTDOWN.call(fd, how);
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int length) {
        return keeping(value, SETSOCKOPT.call(fd, level, option, address(value), length));
    }

    @Override
    public int getsockopt(
            int fd, int level, int option, MemorySegment value, MemorySegment length) {
        return keeping(
                value, length, GETSOCKOPT.call(fd, level, option, address(value), address(length)));
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment length) {
        return keeping(address, length, GETSOCKNAME.call(fd, address(address), address(length)));
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment length) {
        return keeping(address, length, GETPEERNAME.call(fd, address(address), address(length)));
    }

    // The kernel's send and recv are sendto and recvfrom without an address.

    @Override
    public long send(int fd, long address, long count, int flags) {
        return SENDTO.call(fd, address, count, flags);
    }

    @Override
    public long recv(int fd, long address, long count, int flags) {
        return RECVFROM.call(fd, address, count, flags);
    }

    @Override
    public long sendto(int fd, long address, long count, int flags, MemorySegment to, int length) {
        return keeping(to, SENDTO.call(fd, address, count, flags, address(to), length));
    }

    @Override
    public long recvfrom(
            int fd, long address, long count, int flags, MemorySegment from, MemorySegment length) {
        return keeping(
                from,
                length,
                RECVFROM.call(fd, address, count, flags, address(from), address(length)));
    }

    @Override
    public long sendmsg(int fd, MemorySegment msghdr, int flags) {
        return keeping(msghdr, SENDMSG.call(fd, address(msghdr), flags));
    }

    @Override
    public long recvmsg(int fd, MemorySegment msghdr, int flags) {
        return keeping(msghdr, RECVMSG.call(fd, address(msghdr), flags));
    }

    // A NULL time-out: it would be looked at between datagrams only, recvmmsg(2).

    @Override
    public int recvmmsg(int fd, long msgvec, int count, int flags) {
        return (int) RECVMMSG.call(fd, msgvec, count, flags);
    }

    @Override
    public int sendmmsg(int fd, long msgvec, int count, int flags) {
        return (int) SENDMMSG.call(fd, msgvec, count, flags);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.PollConstants.POLLOUT;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.SHUT_WR;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_DGRAM;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static dev.ringfork.examples.selftest.Bench.done;
import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.fails;
import static dev.ringfork.examples.selftest.Bench.holds;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.PeerCredentials;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.abi.Fcntl;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.List;

/** Sockets of each family, how they are accepted, and how they fail. */
final class SocketChecks {
    private static final Address LOOPBACK = Address.parse("127.0.0.1:0");
    private static final Address LOOPBACK6 = Address.parse("[::1]:0");

    private SocketChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("sockets: TCP over IPv4", bench -> converse(bench, LOOPBACK)),
                new Check("sockets: TCP over IPv6", SocketChecks::tcp6),
                new Check("sockets: a Unix path", SocketChecks::unix),
                new Check("sockets: UDP over IPv4", SocketChecks::datagrams),
                new Check("sockets: flags of accepted ones", SocketChecks::acceptFlags),
                new Check("sockets: flags of new ones", SocketChecks::newFlags),
                new Check("sockets: nobody listens", SocketChecks::refused),
                new Check("sockets: an address in use", SocketChecks::inUse),
                new Check("sockets: options", SocketChecks::options),
                new Check("sockets: a reset by linger 0", SocketChecks::reset),
                new Check("sockets: credentials of a peer", SocketChecks::credentials),
                new Check("sockets: SIGPIPE does not end us", SocketChecks::brokenPipe));
    }

    /** A connection from bind to end, with bytes both ways. */
    private static void converse(Bench bench, Address address) {
        int listener = bench.listener(address);
        fails("accept4", Errno.EAGAIN, bench.syscalls().sockets().accept4(listener, 0, 0, 0));
        Address bound = bench.nameOf(listener);
        int client = bench.connect(bound);
        int server = bench.accept(listener, SOCK_NONBLOCK | SOCK_CLOEXEC);
        equal("the name of the accepted socket", bound, bench.nameOf(server));

        bench.write(client, "there");
        equal("what came", "there", bench.read(server));
        bench.write(server, "back");
        equal("what came", "back", bench.read(client));
        done("shutdown", bench.syscalls().sockets().shutdown(client, SHUT_WR));
        equal("what came after the end", "", bench.read(server));
    }

    private static void tcp6(Bench bench) {
        Sockets sockets = bench.syscalls().sockets();
        int fd = sockets.socket(LOOPBACK6.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd == -Errno.EAFNOSUPPORT) {
            throw new Unavailable("this system has no IPv6");
        }
        bench.opened("socket", fd);
        int result = bench.bind(fd, LOOPBACK6);
        if (result == -Errno.EADDRNOTAVAIL) {
            throw new Unavailable("the loopback has no address ::1");
        }
        done("bind " + LOOPBACK6, result);
        converse(bench, LOOPBACK6);
    }

    private static void unix(Bench bench) {
        String path = bench.file("s").toString();
        converse(bench, new Address.Unix(path));
        int unlinked = bench.syscalls().descriptors().unlink(bench.arena().allocateFrom(path));
        done("unlink", unlinked);
    }

    private static void datagrams(Bench bench) {
        Sockets sockets = bench.syscalls().sockets();
        int receiver = bench.socket(LOOPBACK, SOCK_DGRAM);
        int sender = bench.socket(LOOPBACK, SOCK_DGRAM);
        done("bind", bench.bind(receiver, LOOPBACK));
        done("bind", bench.bind(sender, LOOPBACK));
        MemorySegment to = bench.bytes(Address.BYTES_MAX);
        int length = bench.nameOf(receiver).encode(to);
        long sent = sockets.sendto(sender, bench.bytes("gram").address(), 4, 0, to, length);
        equal("what sendto returned", 4L, done("sendto", sent));

        bench.await(receiver, POLLIN);
        MemorySegment room = bench.bytes(16);
        MemorySegment from = bench.bytes(Address.BYTES_MAX);
        MemorySegment fromLength = bench.arena().allocateFrom(JAVA_INT, Address.BYTES_MAX);
        long came = sockets.recvfrom(receiver, room.address(), 16, 0, from, fromLength);
        equal("what came", "gram", Bench.text(room, done("recvfrom", came)));
        equal(
                "the sender",
                bench.nameOf(sender),
                Address.decode(from, fromLength.get(JAVA_INT, 0)));
    }

    /** Not what the listener has decides, but what was asked for: the kernels differ there. */
    private static void acceptFlags(Bench bench) {
        int listener = bench.listener(LOOPBACK);
        Address bound = bench.nameOf(listener);
        for (int flags : new int[] {0, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_NONBLOCK | SOCK_CLOEXEC}) {
            bench.connect(bound);
            requireFlags(bench, bench.accept(listener, flags), flags, "accept4");
        }
    }

    private static void newFlags(Bench bench) {
        Sockets sockets = bench.syscalls().sockets();
        int family = LOOPBACK.family();
        for (int flags : new int[] {0, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_NONBLOCK | SOCK_CLOEXEC}) {
            int fd = bench.opened("socket", sockets.socket(family, SOCK_STREAM | flags, 0));
            requireFlags(bench, fd, flags, "socket");
        }
        for (int end : bench.socketpair(SOCK_STREAM | SOCK_NONBLOCK)) {
            requireFlags(bench, end, SOCK_NONBLOCK | SOCK_CLOEXEC, "socketpair");
        }
    }

    private static void requireFlags(Bench bench, int fd, int flags, String call) {
        var descriptors = bench.syscalls().descriptors();
        int modes = done("fcntl F_GETFL", descriptors.fcntl(fd, Fcntl.F_GETFL, 0));
        int exec = done("fcntl F_GETFD", descriptors.fcntl(fd, Fcntl.F_GETFD, 0));
        String asked = " after %s with flags 0x%x".formatted(call, flags);
        equal("O_NONBLOCK" + asked, (flags & SOCK_NONBLOCK) != 0, (modes & Fcntl.O_NONBLOCK) != 0);
        equal("FD_CLOEXEC" + asked, (flags & SOCK_CLOEXEC) != 0, (exec & Fcntl.FD_CLOEXEC) != 0);
    }

    private static void refused(Bench bench) {
        int listener = bench.listener(LOOPBACK);
        Address gone = bench.nameOf(listener);
        bench.close(listener);
        int fd = bench.socket(gone, SOCK_STREAM);
        int result = bench.beginConnect(fd, gone);
        if (result == -Errno.EINPROGRESS) {
            bench.await(fd, POLLOUT);
            result = -SocketOption.SO_ERROR.get(bench.syscalls().sockets(), fd);
        }
        fails("connect", Errno.ECONNREFUSED, result);
    }

    private static void inUse(Bench bench) {
        Address bound = bench.nameOf(bench.listener(LOOPBACK));
        int second = bench.socket(bound, SOCK_STREAM);
        fails("bind", Errno.EADDRINUSE, bench.bind(second, bound));
    }

    private static void options(Bench bench) {
        Sockets sockets = bench.syscalls().sockets();
        int listener = bench.listener(LOOPBACK);
        int fd = bench.connect(bench.nameOf(listener));
        equal("SO_TYPE", SOCK_STREAM, SocketOption.SO_TYPE.get(sockets, fd));
        equal("SO_ACCEPTCONN", true, SocketOption.SO_ACCEPTCONN.get(sockets, listener));
        retain(sockets, fd, SocketOption.TCP_NODELAY, true);
        retain(sockets, fd, SocketOption.SO_REUSEADDR, true);
        retain(sockets, fd, SocketOption.SO_KEEPALIVE, true);
        retain(sockets, fd, SocketOption.TCP_KEEPIDLE, 61);
        retain(sockets, fd, SocketOption.TCP_KEEPINTVL, 7);
        retain(sockets, fd, SocketOption.TCP_KEEPCNT, 5);
        retain(sockets, fd, SocketOption.SO_LINGER, 2);
        int asked = 32 * 1024;
        done("setsockopt SO_RCVBUF", SocketOption.SO_RCVBUF.set(sockets, fd, asked));
        int has = SocketOption.SO_RCVBUF.get(sockets, fd);
        holds(has >= asked, "SO_RCVBUF is " + has, asked + " or more");
    }

    private static <T> void retain(Sockets sockets, int fd, SocketOption<T> option, T value) {
        done("setsockopt " + option, option.set(sockets, fd, value));
        equal(option.toString(), value, option.get(sockets, fd));
    }

    private static void reset(Bench bench) {
        int listener = bench.listener(LOOPBACK);
        int client = bench.connect(bench.nameOf(listener));
        int server = bench.accept(listener, SOCK_NONBLOCK | SOCK_CLOEXEC);
        done("setsockopt", SocketOption.SO_LINGER.set(bench.syscalls().sockets(), client, 0));
        bench.close(client);
        bench.await(server, POLLIN);
        MemorySegment room = bench.bytes(16);
        long result = bench.syscalls().descriptors().read(server, room.address(), 16);
        fails("read", Errno.ECONNRESET, result);
    }

    private static void credentials(Bench bench) throws IOException {
        Address path = new Address.Unix(bench.file("c").toString());
        int listener = bench.listener(path);
        bench.connect(path);
        int server = bench.accept(listener, SOCK_CLOEXEC);
        PeerCredentials peer = SocketOption.SO_PEERCRED.get(bench.syscalls().sockets(), server);
        Object uid = Files.getAttribute(bench.file("c"), "unix:uid");
        equal("the peer's uid", uid, peer.uid());
        equal("the peer's pid", bench.syscalls().processes().getpid(), peer.pid());
    }

    private static void brokenPipe(Bench bench) {
        long address = bench.bytes("x").address();
        int[] pair = bench.socketpair(SOCK_STREAM);
        bench.close(pair[1]);
        long sent = bench.syscalls().sockets().send(pair[0], address, 1, MSG_NOSIGNAL);
        fails("send with MSG_NOSIGNAL", Errno.EPIPE, sent);
        long written = bench.syscalls().descriptors().write(pair[0], address, 1);
        fails("write to a socket", Errno.EPIPE, written);
        int[] pipe = bench.pipe(0);
        bench.close(pipe[0]);
        long piped = bench.syscalls().descriptors().write(pipe[1], address, 1);
        fails("write to a pipe", Errno.EPIPE, piped);
    }
}

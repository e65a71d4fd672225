// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider's {@link Sockets} have to keep, messages and options apart. */
public abstract class SocketsContract extends SyscallsContract {

    private static final int STREAM = SocketConstants.SOCK_STREAM;
    private static final int DATAGRAM = SocketConstants.SOCK_DGRAM;
    private static final int NONBLOCK = SocketConstants.SOCK_NONBLOCK;

    @TempDir Path folder;

    private Sockets calls() {
        return syscalls().sockets();
    }

    @Test
    void shouldMakeASocketWithTheFlagsAsked() {
        int plain = opened(calls().socket(SocketConstants.AF_INET, STREAM, 0));
        assertFalse(cloexec(plain));
        assertFalse(nonblocking(plain));

        int flagged = socket(SocketConstants.AF_INET, STREAM | NONBLOCK);
        assertTrue(cloexec(flagged));
        assertTrue(nonblocking(flagged));
    }

    @Test
    void shouldRefuseAnUnknownFamily() {
        assertErrno(Errno.EAFNOSUPPORT, calls().socket(99, STREAM, 0));
        MemorySegment fds = arena.allocate(JAVA_INT, 2);
        assertErrno(Errno.EOPNOTSUPP, calls().socketpair(SocketConstants.AF_INET, STREAM, 0, fds));
    }

    @Test
    void shouldConnectAPair() {
        int[] pair = socketpair(STREAM | NONBLOCK);
        assertTrue(cloexec(pair[0]) && cloexec(pair[1]));
        assertTrue(nonblocking(pair[0]) && nonblocking(pair[1]));
        write(pair[0], "there");
        write(pair[1], "back");
        assertEquals("there", read(pair[1]));
        assertEquals("back", read(pair[0]));
    }

    @Test
    void shouldBindToAFreePortAndOnlyOnce() {
        int listener = listener(0);
        Address.Inet4 bound = assertInstanceOf(Address.Inet4.class, nameOf(listener));
        assertTrue(bound.port() > 0);
        int second = socket(SocketConstants.AF_INET, STREAM);
        assertErrno(Errno.EADDRINUSE, bind(second, bound));
    }

    @Test
    void shouldNotBindToAnAddressOfAnotherMachine() {
        int fd = socket(SocketConstants.AF_INET, STREAM);
        assertErrno(Errno.EADDRNOTAVAIL, bind(fd, Address.parse("192.0.2.1:0")));
        assertErrno(Errno.ENOTSOCK, bind(pipe(0)[0], Address.parse("127.0.0.1:0")));
    }

    @Test
    void shouldNotListenOnADatagramSocket() {
        assertErrno(Errno.EOPNOTSUPP, calls().listen(socket(SocketConstants.AF_INET, DATAGRAM), 1));
    }

    @Test
    void shouldAcceptWithThePeersAddressAndTheFlagsAsked() {
        int listener = listener(NONBLOCK);
        int client = socket(SocketConstants.AF_INET, STREAM);
        assertOk(connect(client, nameOf(listener)));
        awaitReadable(listener);

        MemorySegment address = bytes(Address.BYTES_MAX);
        MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
        int flags = NONBLOCK | SocketConstants.SOCK_CLOEXEC;
        int fd = opened(calls().accept4(listener, address.address(), length.address(), flags));

        assertEquals(nameOf(client), Address.decode(address, length.get(JAVA_INT, 0)));
        assertTrue(cloexec(fd));
        assertTrue(nonblocking(fd));
    }

    @Test
    void shouldAcceptABlockingSocketFromANonBlockingListener() {
        int listener = listener(NONBLOCK);
        int client = socket(SocketConstants.AF_INET, STREAM);
        assertOk(connect(client, nameOf(listener)));
        awaitReadable(listener);

        int fd = opened(calls().accept4(listener, 0, 0, 0));

        assertFalse(nonblocking(fd));
        assertFalse(cloexec(fd));
    }

    @Test
    void shouldReportThatNothingIsThereToAccept() {
        assertErrno(Errno.EAGAIN, calls().accept4(listener(NONBLOCK), 0, 0, 0));
        assertErrno(
                Errno.EINVAL,
                calls().accept4(socket(SocketConstants.AF_INET, STREAM | NONBLOCK), 0, 0, 0));
        assertErrno(Errno.EBADF, calls().accept4(-1, 0, 0, 0));
    }

    @Test
    void shouldReportThatNobodyListens() {
        int listener = listener(0);
        Address address = nameOf(listener);
        closeNow(listener);
        assertErrno(Errno.ECONNREFUSED, connect(socket(SocketConstants.AF_INET, STREAM), address));
    }

    @Test
    void shouldConnectInTheBackground() {
        int listener = listener(0);
        int client = socket(SocketConstants.AF_INET, STREAM | NONBLOCK);
        assertErrno(Errno.EINPROGRESS, connect(client, nameOf(listener)));
        awaitEvents(client, PollConstants.POLLOUT);
        assertEquals(0, SocketOption.SO_ERROR.get(calls(), client));
        opened(calls().accept4(listener, 0, 0, 0));
    }

    @Test
    void shouldNotConnectTwice() {
        int listener = listener(0);
        int client = connection(listener)[0];
        assertErrno(Errno.EISCONN, connect(client, nameOf(listener)));
    }

    @Test
    void shouldTellInTheBackgroundThatNobodyListens() {
        int listener = listener(0);
        Address address = nameOf(listener);
        closeNow(listener);
        int client = socket(SocketConstants.AF_INET, STREAM | NONBLOCK);
        assertErrno(Errno.EINPROGRESS, connect(client, address));
        awaitEvents(client, PollConstants.POLLOUT);
        assertEquals(Errno.ECONNREFUSED, SocketOption.SO_ERROR.get(calls(), client));
        assertEquals(0, SocketOption.SO_ERROR.get(calls(), client));
    }

    @Test
    void shouldSpeakIpv6() {
        int listener = socket(SocketConstants.AF_INET6, STREAM);
        int bound = bind(listener, Address.parse("[::1]:0"));
        assumeTrue(bound != -Errno.EADDRNOTAVAIL, "this machine has no IPv6 loopback");
        assertOk(bound);
        assertOk(calls().listen(listener, 1));
        int[] connection = connection(listener);
        write(connection[0], "six");
        assertEquals("six", read(connection[1]));
        assertTrue(nameOf(connection[0]).toString().startsWith("[::1]:"));
    }

    @Test
    void shouldSpeakOverAUnixPath() {
        Address path = new Address.Unix(folder.resolve("socket").toString());
        assertErrno(Errno.ENOENT, connect(socket(path.family(), STREAM), path));
        int[] connection = connection(listener(path, 0));
        assertEquals(path, peerOf(connection[0]));
        assertEquals(new Address.Unnamed(), peerOf(connection[1]));
        write(connection[1], "path");
        assertEquals("path", read(connection[0]));
        assertErrno(Errno.EADDRINUSE, bind(socket(path.family(), STREAM), path));
    }

    @Test
    void shouldSpeakOverAnAbstractUnixName() {
        assumeTrue(Platform.current().linux(), "macOS has no abstract Unix sockets");
        Address name = Address.parse("unix:@ringfork-" + ProcessHandle.current().pid());
        int listener = listener(name, 0);
        int[] connection = connection(listener);
        assertEquals(name, peerOf(connection[0]));
        write(connection[0], "abstract");
        assertEquals("abstract", read(connection[1]));
        closeNow(listener);
        closeNow(connection[1]);
        assertErrno(Errno.ECONNREFUSED, connect(socket(name.family(), STREAM), name));
    }

    private Address peerOf(int fd) {
        MemorySegment memory = bytes(Address.BYTES_MAX);
        MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
        assertOk(calls().getpeername(fd, memory, length));
        return Address.decode(memory, length.get(JAVA_INT, 0));
    }

    @Test
    void shouldNameThePeerOnlyOfAConnection() {
        int[] connection = connection(listener(0));
        assertEquals(nameOf(connection[1]), peerOf(connection[0]));
        MemorySegment memory = bytes(Address.BYTES_MAX);
        MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
        int lonely = socket(SocketConstants.AF_INET, STREAM);
        assertErrno(Errno.ENOTCONN, calls().getpeername(lonely, memory, length));
        assertErrno(Errno.EBADF, calls().getsockname(-1, memory, length));
    }

    @Test
    void shouldCloseOneDirection() {
        int[] pair = socketpair(STREAM);
        assertOk(calls().shutdown(pair[0], SocketConstants.SHUT_WR));
        assertEquals("", read(pair[1]));
        write(pair[1], "still");
        assertEquals("still", read(pair[0]));
        int flags = SocketConstants.MSG_NOSIGNAL;
        assertErrno(Errno.EPIPE, calls().send(pair[0], bytes(1).address(), 1, flags));
        int lonely = socket(SocketConstants.AF_INET, STREAM);
        assertErrno(Errno.ENOTCONN, calls().shutdown(lonely, SocketConstants.SHUT_WR));
    }

    @Test
    void shouldSendAndReceiveWithFlags() {
        int[] pair = socketpair(STREAM);
        MemorySegment room = bytes(16);
        int flags = SocketConstants.MSG_DONTWAIT;
        assertErrno(Errno.EAGAIN, calls().recv(pair[1], room.address(), 16, flags));
        int nosignal = SocketConstants.MSG_NOSIGNAL;
        assertEquals(4, calls().send(pair[0], bytes("peek").address(), 4, nosignal));
        assertEquals(4, calls().recv(pair[1], room.address(), 16, SocketConstants.MSG_PEEK));
        assertEquals(4, calls().recv(pair[1], room.address(), 16, 0));
        assertEquals("peek", text(room, 4));
        assertErrno(Errno.ENOTSOCK, calls().recv(pipe(0)[0], room.address(), 16, 0));
    }

    @Test
    void shouldReportThatThePeerReset() {
        int[] connection = connection(listener(0));
        assertOk(SocketOption.SO_LINGER.set(calls(), connection[1], 0));
        closeNow(connection[1]);
        awaitReadable(connection[0]);
        assertErrno(Errno.ECONNRESET, calls().recv(connection[0], bytes(1).address(), 1, 0));
        int nosignal = SocketConstants.MSG_NOSIGNAL;
        assertErrno(Errno.EPIPE, calls().send(connection[0], bytes(1).address(), 1, nosignal));
    }

    @Test
    void shouldReceiveADatagramAndItsSender() {
        int receiver = socket(SocketConstants.AF_INET, DATAGRAM);
        assertOk(bind(receiver, Address.parse("127.0.0.1:0")));
        int sender = socket(SocketConstants.AF_INET, DATAGRAM);
        MemorySegment to = bytes(Address.BYTES_MAX);
        int length = nameOf(receiver).encode(to);
        assertEquals(4, calls().sendto(sender, bytes("gram").address(), 4, 0, to, length));
        awaitReadable(receiver);

        MemorySegment room = bytes(16);
        MemorySegment from = bytes(Address.BYTES_MAX);
        MemorySegment fromLength = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
        assertEquals(4, calls().recvfrom(receiver, room.address(), 16, 0, from, fromLength));
        assertEquals("gram", text(room, 4));
        int port = ((Address.Inet4) nameOf(sender)).port();
        assertEquals(
                new Address.Inet4(0x7f00_0001, port),
                Address.decode(from, fromLength.get(JAVA_INT, 0)));

        MemorySegment much = bytes(1 << 17);
        assertErrno(Errno.EMSGSIZE, calls().sendto(sender, much.address(), 1 << 17, 0, to, length));
        assertErrno(Errno.EDESTADDRREQ, calls().send(sender, much.address(), 1, 0));
        int dontwait = SocketConstants.MSG_DONTWAIT;
        assertErrno(
                Errno.EAGAIN,
                calls().recvfrom(receiver, room.address(), 16, dontwait, from, fromLength));
    }

    @Test
    void shouldBeInterruptedByASignal() throws InterruptedException {
        int[] pair = socketpair(STREAM);
        // Linux restarts a receive after a signal, unless it has a time-out.
        MemorySegment timeval = arena.allocateFrom(JAVA_LONG, 10, 0);
        int level = SocketConstants.SOL_SOCKET;
        assertOk(calls().setsockopt(pair[0], level, SocketConstants.SO_RCVTIMEO, timeval, 16));
        MemorySegment room = bytes(16);
        assertErrno(
                Errno.EINTR,
                InterruptedCall.result(() -> calls().recv(pair[0], room.address(), 16, 0)));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.PeerCredentials;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** What every provider's sendmsg and recvmsg have to keep, with {@link Message}. */
public abstract class MessagesContract extends SyscallsContract {

    private static final int NOSIGNAL = SocketConstants.MSG_NOSIGNAL;

    private final MemorySegment room = bytes(64);

    private Sockets calls() {
        return syscalls().sockets();
    }

    private Message message(int buffers, int rights) {
        return new Message(bytes(Message.bytes(buffers, rights)), buffers, rights);
    }

    /** Sends one byte along with descriptors. */
    private void sendRights(int socket, int... fds) {
        Message message = message(1, fds.length).buffer(bytes("!").address(), 1);
        for (int fd : fds) {
            message.putRight(fd);
        }
        assertEquals(1, calls().sendmsg(socket, message.header(), NOSIGNAL));
    }

    private Message receiveRights(int socket, int rights, int flags) {
        Message message = message(1, rights).buffer(room.address(), 64).expectRights();
        assertEquals(1, calls().recvmsg(socket, message.header(), flags));
        return message;
    }

    @Test
    void shouldGatherAndScatter() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        Message out =
                message(2, 0).buffer(bytes("gat").address(), 3).buffer(bytes("hered").address(), 5);
        assertEquals(8, calls().sendmsg(pair[0], out.header(), NOSIGNAL));

        Message in = message(2, 0).buffer(room.address(), 5).buffer(room.address() + 32, 32);
        assertEquals(8, calls().recvmsg(pair[1], in.header(), 0));
        assertEquals("gathe", text(room, 5));
        assertEquals("red", text(room.asSlice(32), 3));
        assertFalse(in.truncated());
    }

    @Test
    void shouldSayThatADatagramWasLongerThanTheRoom() {
        int[] pair = socketpair(SocketConstants.SOCK_DGRAM);
        write(pair[0], "longer");
        Message in = message(1, 0).buffer(room.address(), 4);
        assertEquals(4, calls().recvmsg(pair[1], in.header(), 0));
        assertTrue(in.truncated());
        assertFalse(in.controlTruncated());
    }

    @Test
    void shouldSendADatagramToAPeerAndTellTheSender() {
        int receiver = socket(SocketConstants.AF_INET, SocketConstants.SOCK_DGRAM);
        assertOk(bind(receiver, Address.parse("127.0.0.1:0")));
        int sender = socket(SocketConstants.AF_INET, SocketConstants.SOCK_DGRAM);
        assertOk(bind(sender, Address.parse("127.0.0.1:0")));
        MemorySegment address = bytes(Address.BYTES_MAX);
        Message out = message(1, 0).peer(address, nameOf(receiver).encode(address));
        out.buffer(bytes("gram").address(), 4);
        assertEquals(4, calls().sendmsg(sender, out.header(), NOSIGNAL));

        awaitReadable(receiver);
        Message in = message(1, 0).peer(address, Address.BYTES_MAX).buffer(room.address(), 64);
        assertEquals(4, calls().recvmsg(receiver, in.header(), 0));
        assertEquals(nameOf(sender), Address.decode(address, in.peerLength()));
    }

    @Test
    void shouldPassADescriptor() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        int[] pipe = pipe(0);
        sendRights(pair[0], pipe[1]);

        Message in = receiveRights(pair[1], 1, SocketConstants.MSG_CMSG_CLOEXEC);
        assertEquals(1, in.rightsCount());
        int received = opened(in.right(0));

        assertNotEquals(pipe[1], received);
        assertTrue(cloexec(received));
        write(received, "through");
        assertEquals("through", read(pipe[0]));
        assertFalse(in.controlTruncated());
        assertThrows(IndexOutOfBoundsException.class, () -> in.right(1));
    }

    @Test
    void shouldPassADescriptorThatIsInheritedWhenNotAskedOtherwise() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        sendRights(pair[0], pipe(0)[0]);
        assertFalse(cloexec(opened(receiveRights(pair[1], 1, 0).right(0))));
    }

    @Test
    void shouldPassAsManyDescriptorsAsTheKernelTakes() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        int[] pipe = pipe(0);
        int[] many = new int[Message.RIGHTS_MAX];
        java.util.Arrays.fill(many, pipe[1]);
        sendRights(pair[0], many);

        int flags = SocketConstants.MSG_CMSG_CLOEXEC;
        Message in = receiveRights(pair[1], Message.RIGHTS_MAX, flags);

        assertEquals(Message.RIGHTS_MAX, in.closeRights(syscalls().descriptors()));
        closeNow(pipe[1]);
        // Nobody holds the writing end any more: every copy was closed.
        assertEquals("", read(pipe[0]));
    }

    @Test
    void shouldSayWhenDescriptorsDidNotFitAndCloseThoseThatDid() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        int[] pipe = pipe(0);
        sendRights(pair[0], pipe[1], pipe[1], pipe[1], pipe[1], pipe[1]);

        Message in = receiveRights(pair[1], 1, SocketConstants.MSG_CMSG_CLOEXEC);

        assertTrue(in.controlTruncated());
        int received = in.closeRights(syscalls().descriptors());
        assertTrue(received >= 1 && received < 5, "received " + received);
        closeNow(pipe[1]);
        assertEquals("", read(pipe[0]));
    }

    @Test
    void shouldReceiveNoDescriptorsWhereNoneWereSent() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        write(pair[0], "x");
        assertEquals(0, receiveRights(pair[1], 4, 0).rightsCount());
    }

    @Test
    void shouldServeAgainAfterClear() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        int[] pipe = pipe(0);
        Message out = message(1, 1).buffer(bytes("1").address(), 1).putRight(pipe[0]);
        assertEquals(1, calls().sendmsg(pair[0], out.header(), NOSIGNAL));
        out.clear().buffer(bytes("2").address(), 1).putRight(pipe[1]);
        assertEquals(1, calls().sendmsg(pair[0], out.header(), NOSIGNAL));
        out.clear().buffer(bytes("3").address(), 1);
        assertEquals(1, calls().sendmsg(pair[0], out.header(), NOSIGNAL));

        int flags = SocketConstants.MSG_CMSG_CLOEXEC;
        int reading = opened(receiveRights(pair[1], 1, flags).right(0));
        int writing = opened(receiveRights(pair[1], 1, flags).right(0));
        write(writing, "both");
        assertEquals("both", read(reading));
        assertEquals(0, receiveRights(pair[1], 1, flags).rightsCount());
    }

    @Test
    void shouldTellWhoSentAMessage() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        assumeTrue(SocketOption.SO_PASSCRED.supported(), SocketOption.SO_PASSCRED.absence());
        write(pair[0], "x");
        assertNull(receiveRights(pair[1], 1, 0).credentials());

        assertOk(SocketOption.SO_PASSCRED.set(calls(), pair[1], true));
        int[] pipe = pipe(0);
        sendRights(pair[0], pipe[1]);
        Message in = receiveAttached(pair[1]);

        PeerCredentials sender = in.credentials();
        assertEquals(SocketOption.SO_PEERCRED.get(calls(), pair[1]), sender);
        assertEquals(1, in.closeRights(syscalls().descriptors()));
        closeNow(pipe[1]);
        assertEquals("", read(pipe[0]));
    }

    @Test
    void shouldCloseThePidfdThatCameAlong() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        MemorySegment on = bytes(Integer.BYTES);
        on.set(ValueLayout.JAVA_INT, 0, 1);
        int option = SocketConstants.SO_PASSPIDFD;
        int asked = calls().setsockopt(pair[1], SocketConstants.SOL_SOCKET, option, on, 4);
        assumeTrue(asked == 0, "the kernel sends no pidfds along");
        sendRights(pair[0]);

        Message in = receiveAttached(pair[1]);

        int pidfd = in.pidfd();
        assertTrue(pidfd >= 0 && cloexec(pidfd), "pidfd " + pidfd);
        assertEquals(0, in.closeRights(syscalls().descriptors()));
        assertErrno(Errno.EBADF, syscalls().descriptors().fcntl(pidfd, Fcntl.F_GETFD, 0));
    }

    private Message receiveAttached(int socket) {
        MemorySegment memory = bytes(Message.bytes(1, 1) + Message.ATTACHED_BYTES);
        Message in = new Message(memory, 1, 1).buffer(room.address(), 64).expectRights();
        int flags = SocketConstants.MSG_CMSG_CLOEXEC;
        assertEquals(1, calls().recvmsg(socket, in.header(), flags));
        return in;
    }

    @Test
    void shouldReportWhyAMessageCannotBeSent() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        Message bad = message(1, 1).buffer(room.address(), 1).putRight(1_000_000);
        assertErrno(Errno.EBADF, calls().sendmsg(pair[0], bad.header(), NOSIGNAL));
        Message empty = message(1, 1).buffer(room.address(), 1).expectRights();
        int dontwait = SocketConstants.MSG_DONTWAIT;
        assertErrno(Errno.EAGAIN, calls().recvmsg(pair[1], empty.header(), dontwait));
        closeNow(pair[1]);
        Message late = message(1, 0).buffer(room.address(), 1);
        assertErrno(Errno.EPIPE, calls().sendmsg(pair[0], late.header(), NOSIGNAL));
        assertErrno(Errno.ENOTSOCK, calls().recvmsg(pipe(0)[0], late.header(), 0));
    }
}

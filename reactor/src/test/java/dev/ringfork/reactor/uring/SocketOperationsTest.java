// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_BUFFER;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_MORE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_NOTIF;
import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.SHUT_WR;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** What the operations on sockets do and how they fail. */
final class SocketOperationsTest extends RingTest {

    @Test
    void shouldAcceptOneConnection() {
        Pair pair = connection();
        plumbing.write(pair.far(), "hello");
        MemorySegment in = arena.allocate(16);
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, pair.near(), in.address(), 16, 0);
        assertEquals(5, resultOf(recv));
        assertEquals("hello", text(in, 0, 5));
    }

    @Test
    void shouldNotAcceptFromWhatDoesNotListen() {
        Outcome accept = new Outcome();
        proactor.accept(accept.operation, tcp(), SOCK_CLOEXEC);
        assertEquals(-Errno.EINVAL, resultOf(accept));
        proactor.acceptMultishot(accept.operation, plumbing.pipe().near(), 0);
        finish(accept);
        assertEquals(-Errno.ENOTSOCK, accept.lastResult());
    }

    @Test
    void shouldAcceptAgainAndAgain() {
        int listener = listener();
        Outcome accept = new Outcome();
        proactor.acceptMultishot(accept.operation, listener, SOCK_CLOEXEC);
        for (int i = 1; i <= 3; i++) {
            Outcome connect = new Outcome();
            proactor.connect(connect.operation, tcp(), addressOf(listener));
            assertEquals(0, resultOf(connect));
            int count = i;
            until(() -> accept.completions() == count, "a connection");
            opened(accept.lastResult());
            assertTrue(accept.operation.inFlight());
        }
        proactor.cancel(accept.operation);
        finish(accept);
        assertEquals(4, accept.completions());
        assertEquals(-Errno.ECANCELED, accept.lastResult());
    }

    @Test
    void shouldReceiveTheEndOfInput() {
        Pair pair = plumbing.socketpair();
        plumbing.shutdownOutput(pair.far());
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, pair.near(), arena.allocate(8).address(), 8, 0);
        assertEquals(0, resultOf(recv));
    }

    @Test
    void shouldNotReceiveFromWhatIsNoSocket() {
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, plumbing.pipe().near(), arena.allocate(8).address(), 8, 0);
        assertEquals(-Errno.ENOTSOCK, resultOf(recv));
        proactor.recv(recv.operation, -1, arena.allocate(8).address(), 8, 0);
        finish(recv);
        assertEquals(-Errno.EBADF, recv.lastResult());
    }

    @Test
    void shouldWaitAlthoughTheSocketDoesNotBlock() {
        Pair pair = plumbing.socketpair();
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, pair.near(), arena.allocate(8).address(), 8, 0);
        turn();
        assertTrue(recv.operation.inFlight());
        plumbing.write(pair.far(), "now");
        assertEquals(3, resultOf(recv));
    }

    @Test
    void shouldReceiveIntoBuffersOfAGroupUntilTheEnd() {
        Pair pair = plumbing.socketpair();
        MemorySegment memory = arena.allocate(4 * 16);
        try (BufferRing group = BufferRing.register(proactor.ring(), 7, 4, 0)) {
            for (int id = 0; id < 4; id++) {
                group.add(id, memory.address() + 16L * id, 16);
            }
            group.publish();
            Outcome recv = new Outcome();
            proactor.recvMultishot(recv.operation, pair.near(), group.group(), 0);
            for (String part : new String[] {"one", "two"}) {
                int before = recv.completions();
                plumbing.write(pair.far(), part);
                until(() -> recv.completions() > before, part);
                assertEquals(3, recv.lastResult());
                assertNotEquals(0, recv.lastFlags() & IORING_CQE_F_BUFFER);
                int id = BufferRing.id(recv.lastFlags());
                assertEquals(before, id);
                assertEquals(part, text(memory, 16L * id, 3));
            }
            plumbing.shutdownOutput(pair.far());
            finish(recv);
            assertEquals(0, recv.lastResult());
        }
    }

    @Test
    void shouldNotReceiveIntoAGroupThatIsNotThere() {
        Outcome recv = new Outcome();
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "lost?");
        proactor.recvMultishot(recv.operation, pair.near(), 99, 0);
        assertEquals(-Errno.ENOBUFS, resultOf(recv));
        assertEquals("lost?", plumbing.read(pair.near(), 16));
    }

    @Test
    void shouldSend() {
        Pair pair = plumbing.socketpair();
        Outcome send = new Outcome();
        proactor.send(send.operation, pair.near(), text("abc").address(), 3, MSG_NOSIGNAL);
        assertEquals(3, resultOf(send));
        assertEquals("abc", plumbing.read(pair.far(), 16));
    }

    @Test
    void shouldNotSendToWhoHasGone() {
        Pair pair = plumbing.socketpair();
        plumbing.close(pair.far());
        Outcome send = new Outcome();
        proactor.send(send.operation, pair.near(), text("abc").address(), 3, MSG_NOSIGNAL);
        assertEquals(-Errno.EPIPE, resultOf(send));
    }

    @Test
    void shouldSendPiecesWhoseVectorIsCopied() {
        Pair pair = plumbing.socketpair();
        MemorySegment vector = vector("hello, ", "", "world");
        Outcome send = new Outcome();
        proactor.sendv(send.operation, pair.near(), vector.address(), 3, MSG_NOSIGNAL);
        vector.fill((byte) 0xff);
        assertEquals(12, resultOf(send));
        assertEquals("hello, world", plumbing.read(pair.far(), 32));
    }

    @Test
    void shouldTellThatMemoryIsFreeAfterASendWithoutACopy() {
        Pair pair = connection();
        Outcome send = new Outcome();
        proactor.sendZc(send.operation, pair.near(), text("abc").address(), 3, MSG_NOSIGNAL);
        finish(send);
        assertSentWithoutCopy(send, 3);
        proactor.sendvZc(send.operation, pair.near(), vector("d", "ef").address(), 2, MSG_NOSIGNAL);
        send.results.clear();
        send.flags.clear();
        finish(send);
        assertSentWithoutCopy(send, 3);
        assertEquals("abcdef", plumbing.read(pair.far(), 16));
    }

    private static void assertSentWithoutCopy(Outcome send, int count) {
        assertEquals(2, send.completions());
        assertEquals(count, send.results.getFirst());
        assertEquals(IORING_CQE_F_MORE, send.flags.getFirst() & IORING_CQE_F_MORE);
        assertEquals(IORING_CQE_F_NOTIF, send.lastFlags() & IORING_CQE_F_NOTIF);
    }

    @Test
    void shouldFailToSendWithoutACopy() {
        Outcome send = new Outcome();
        proactor.sendZc(send.operation, -1, text("abc").address(), 3, MSG_NOSIGNAL);
        finish(send);
        assertEquals(-Errno.EBADF, send.results.getFirst());
        send.results.clear();
        proactor.sendvZc(send.operation, -1, vector("abc").address(), 1, MSG_NOSIGNAL);
        finish(send);
        assertEquals(-Errno.EBADF, send.results.getFirst());
        assertTrue(send.completions() <= 2);
    }

    @Test
    void shouldMoveMessages() {
        Pair pair = plumbing.socketpair();
        Outcome send = new Outcome();
        Outcome recv = new Outcome();
        MemorySegment in = arena.allocate(16);
        MemorySegment piece = arena.allocate(16, 8);
        piece.setAtIndex(JAVA_LONG, 0, in.address());
        piece.setAtIndex(JAVA_LONG, 1, in.byteSize());
        proactor.recvmsg(recv.operation, pair.far(), message(piece, 1).address(), 0);
        proactor.sendmsg(
                send.operation, pair.near(), message(vector("ab", "c"), 2).address(), MSG_NOSIGNAL);
        finish(send, recv);
        assertEquals(3, send.result());
        assertEquals(3, recv.result());
        assertEquals("abc", text(in, 0, 3));
        proactor.sendmsg(send.operation, pair.near(), 8, MSG_NOSIGNAL);
        finish(send);
        assertEquals(-Errno.EFAULT, send.lastResult());
    }

    private MemorySegment message(MemorySegment vector, int count) {
        Layouts layouts = Layouts.current();
        MemorySegment message = arena.allocate(layouts.size("msghdr"), 8);
        message.set(JAVA_LONG, layouts.offset("msghdr", "msg_iov"), vector.address());
        message.set(JAVA_LONG, layouts.offset("msghdr", "msg_iovlen"), count);
        return message;
    }

    @Test
    void shouldNotConnectWhereNobodyListens() {
        int unused = listener();
        Address address = addressOf(unused);
        Outcome close = new Outcome();
        proactor.shutdown(close.operation, unused, SHUT_WR);
        Errno.check("shutdown", calls.syscalls().sockets().shutdown(unused, 2), unused);
        Outcome connect = new Outcome();
        proactor.connect(connect.operation, tcp(), address);
        assertEquals(-Errno.ECONNREFUSED, resultOf(connect));
        finish(close);
    }

    @Test
    void shouldShutDown() {
        Pair pair = plumbing.socketpair();
        Outcome shutdown = new Outcome();
        proactor.shutdown(shutdown.operation, pair.far(), SHUT_WR);
        assertEquals(0, resultOf(shutdown));
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, pair.near(), arena.allocate(8).address(), 8, 0);
        assertEquals(0, resultOf(recv));
        proactor.shutdown(shutdown.operation, listener(), 77);
        finish(shutdown);
        assertEquals(-Errno.EINVAL, shutdown.lastResult());
    }

    @Test
    void shouldNotBeginWhatIsInFlight() {
        Pair pair = plumbing.socketpair();
        Outcome recv = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.recv(recv.operation, pair.near(), in.address(), 8, 0);
        assertThrows(
                IllegalStateException.class,
                () -> proactor.recv(recv.operation, pair.near(), in.address(), 8, 0));
        assertEquals(1, proactor.inFlight());
        plumbing.write(pair.far(), "abc");
        assertEquals(3, resultOf(recv));
    }

    @Test
    void shouldDoNothingOfWhatIsBegunInFlight() {
        Pair pair = plumbing.socketpair();
        Outcome poll = new Outcome();
        proactor.poll(poll.operation, pair.near(), POLLIN);
        assertThrows(
                IllegalStateException.class,
                () -> proactor.send(poll.operation, pair.near(), text("x").address(), 1, 0));
        assertEquals(1, proactor.ring().submissions().pending());
        turn();
        assertEquals("", plumbing.read(pair.far(), 8));
    }
}

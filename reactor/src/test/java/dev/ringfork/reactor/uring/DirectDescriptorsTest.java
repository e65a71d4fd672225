// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.Fcntl.FD_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.F_GETFD;
import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.SocketConstants.AF_INET;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.SHUT_WR;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static dev.ringfork.reactor.uring.RegisteredFiles.ANY;
import static dev.ringfork.reactor.uring.RegisteredFiles.slot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operations do with the slots of a table, and how they fail. */
final class DirectDescriptorsTest extends RingTest {
    private static final int SLOTS = 4;

    private RegisteredFiles files;

    @BeforeEach
    void registerFiles() {
        assumeFeature("direct descriptors");
        files = RegisteredFiles.register(proactor.ring(), SLOTS);
    }

    /** A pair whose near end is in a slot and nowhere else. */
    private int fill(int number, Pair pair) {
        files.put(number, pair.near());
        plumbing.close(pair.near());
        return slot(number);
    }

    /** A client that has connected, its end being in the backlog. */
    private int connect(int listener) {
        int client = tcp();
        Outcome connect = new Outcome();
        proactor.connect(connect.operation, client, addressOf(listener));
        assertEquals(0, resultOf(connect));
        return client;
    }

    private int shut(int slot) {
        Outcome close = new Outcome();
        proactor.close(close.operation, slot);
        return resultOf(close);
    }

    private int sendTo(int slot) {
        Outcome send = new Outcome();
        proactor.send(send.operation, slot, text("abc").address(), 3, MSG_NOSIGNAL);
        return resultOf(send);
    }

    private int receive(int fd, MemorySegment in) {
        Outcome recv = new Outcome();
        proactor.recv(recv.operation, fd, in.address(), (int) in.byteSize(), 0);
        return resultOf(recv);
    }

    // ---- accepting and making

    @Test
    void shouldAcceptIntoTheSlotThatIsNamed() {
        int listener = listener();
        int client = connect(listener);
        Outcome accept = new Outcome();
        proactor.acceptInto(accept.operation, listener, slot(2), 0);
        assertEquals(0, resultOf(accept));
        assertEquals(3, sendTo(slot(2)));
        assertEquals("abc", plumbing.read(client, 8));
        assertEquals(-Errno.EBADF, sendTo(slot(1)));
    }

    @Test
    void shouldCloseWhatWasInTheSlotThatIsFilledAnew() {
        Pair pair = plumbing.socketpair();
        fill(2, pair);
        int listener = listener();
        connect(listener);
        Outcome accept = new Outcome();
        proactor.acceptInto(accept.operation, listener, slot(2), 0);
        assertEquals(0, resultOf(accept));
        assertEquals(0, receive(pair.far(), arena.allocate(8)));
    }

    @Test
    void shouldAcceptIntoASlotThatIsFree() {
        fill(0, plumbing.socketpair());
        int listener = listener();
        connect(listener);
        Outcome accept = new Outcome();
        proactor.acceptInto(accept.operation, listener, ANY, 0);
        assertEquals(1, resultOf(accept));
        assertEquals(3, sendTo(slot(1)));
    }

    @Test
    void shouldAcceptFromAListenerInASlot() {
        int listener = listener();
        int client = connect(listener);
        files.put(3, listener);
        Outcome accept = new Outcome();
        proactor.acceptInto(accept.operation, slot(3), slot(0), 0);
        assertEquals(0, resultOf(accept));
        assertEquals(3, sendTo(slot(0)));
        assertEquals("abc", plumbing.read(client, 8));
    }

    @Test
    void shouldNotAcceptIntoWhatIsNoSlot() {
        int listener = listener();
        Outcome far = new Outcome();
        proactor.acceptInto(far.operation, listener, slot(SLOTS), 0);
        connect(listener);
        assertEquals(-Errno.EINVAL, resultOf(far));
        Outcome descriptor = new Outcome();
        proactor.acceptInto(descriptor.operation, listener, 3, 0);
        connect(listener);
        assertEquals(-Errno.EINVAL, resultOf(descriptor));
        Outcome flags = new Outcome();
        proactor.acceptInto(flags.operation, listener, slot(0), SOCK_CLOEXEC);
        assertEquals(-Errno.EINVAL, resultOf(flags));
        files.close();
        connect(listener);
        connect(listener);
        Outcome named = new Outcome();
        proactor.acceptInto(named.operation, listener, slot(0), 0);
        assertEquals(-Errno.ENXIO, resultOf(named));
        Outcome any = new Outcome();
        proactor.acceptInto(any.operation, listener, ANY, 0);
        assertEquals(-Errno.ENFILE, resultOf(any));
    }

    @Test
    void shouldAcceptUntilTheTableIsFullAndAgainWhenASlotWasEmptied() {
        int listener = listener();
        Outcome accept = new Outcome();
        proactor.acceptMultishotInto(accept.operation, listener, 0);
        for (int i = 0; i < SLOTS; i++) {
            connect(listener);
            int count = i + 1;
            until(() -> accept.completions() == count, "a connection");
        }
        assertEquals(List.of(0, 1, 2, 3), accept.results);
        assertTrue(accept.operation.inFlight());

        int lost = connect(listener);
        finish(accept);
        assertEquals(-Errno.ENFILE, accept.lastResult());
        int end = receive(lost, arena.allocate(8));
        assertTrue(end == 0 || end == -Errno.ECONNRESET, () -> "the connection is open: " + end);

        int waiting = connect(listener);
        assertEquals(0, shut(slot(1)));
        proactor.acceptMultishotInto(accept.operation, listener, 0);
        until(() -> accept.completions() == SLOTS + 2, "the one that waited");
        assertEquals(1, accept.lastResult());
        assertEquals(3, sendTo(slot(1)));
        assertEquals("abc", plumbing.read(waiting, 8));
    }

    @Test
    void shouldKeepSlotsThatAreFilledByNameOnly() {
        assumeFeature("FILE_ALLOC_RANGE");
        files.allocate(3, 1);
        Outcome first = new Outcome();
        Outcome second = new Outcome();
        proactor.socketInto(first.operation, AF_INET, SOCK_STREAM, 0, ANY);
        proactor.socketInto(second.operation, AF_INET, SOCK_STREAM, 0, ANY);
        finish(first, second);
        assertEquals(3, first.result());
        assertEquals(-Errno.ENFILE, second.result());
        Outcome named = new Outcome();
        proactor.socketInto(named.operation, AF_INET, SOCK_STREAM, 0, slot(0));
        assertEquals(0, resultOf(named));
    }

    @Test
    void shouldMakeASocketThatConnects() {
        int listener = listener();
        Outcome socket = new Outcome();
        Outcome connect = new Outcome();
        Outcome accept = new Outcome();
        proactor.socketInto(socket.operation, AF_INET, SOCK_STREAM, 0, slot(0));
        assertEquals(0, resultOf(socket));
        proactor.connect(connect.operation, slot(0), addressOf(listener));
        proactor.accept(accept.operation, listener, SOCK_CLOEXEC);
        finish(connect, accept);
        assertEquals(0, connect.result());
        assertEquals(3, sendTo(slot(0)));
        assertEquals("abc", plumbing.read(opened(accept.result()), 8));
        proactor.socketInto(socket.operation, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0, slot(0));
        finish(socket);
        assertEquals(-Errno.EINVAL, socket.lastResult());
    }

    // ---- operations

    @Test
    void shouldReceiveInEveryWay() {
        Pair pair = plumbing.socketpair();
        int near = fill(1, pair);
        MemorySegment memory = arena.allocate(4 * 16);
        plumbing.write(pair.far(), "abc");
        assertEquals(3, receive(near, memory));
        try (BufferRing group = BufferRing.register(proactor.ring(), 7, 4, 0)) {
            for (int id = 0; id < 4; id++) {
                group.add(id, memory.address() + 16L * id, 16);
            }
            group.publish();
            Outcome once = new Outcome();
            proactor.recvInto(once.operation, near, 7, 0);
            plumbing.write(pair.far(), "defg");
            assertEquals(4, resultOf(once));
            Outcome recv = new Outcome();
            proactor.recvMultishot(recv.operation, near, 7, 0);
            plumbing.write(pair.far(), "hi");
            until(() -> recv.completions() == 1, "hi");
            assertEquals("hi", text(memory, 16, 2));
            plumbing.shutdownOutput(pair.far());
            finish(recv);
            assertEquals(0, recv.lastResult());
        }
    }

    @Test
    void shouldSendInEveryWay() {
        Pair pair = connection();
        files.put(1, pair.near());
        assertEquals(3, sendTo(slot(1)));
        Outcome vector = new Outcome();
        long pieces = vector("de", "f").address();
        proactor.sendv(vector.operation, slot(1), pieces, 2, MSG_NOSIGNAL);
        assertEquals(3, resultOf(vector));
        Outcome uncopied = new Outcome();
        proactor.sendZc(uncopied.operation, slot(1), text("ghi").address(), 3, MSG_NOSIGNAL);
        finish(uncopied);
        assertEquals(3, uncopied.results.getFirst());
        assertEquals("abcdefghi", plumbing.read(pair.far(), 16));
        Outcome shutdown = new Outcome();
        proactor.shutdown(shutdown.operation, slot(1), SHUT_WR);
        assertEquals(0, resultOf(shutdown));
        assertEquals(0, receive(pair.far(), arena.allocate(8)));
    }

    @Test
    void shouldReadAndWriteAndSplice() {
        Pair from = blockingPipe();
        Pair to = blockingPipe();
        files.put(0, from.near());
        files.put(1, from.far());
        files.put(2, to.far());
        MemorySegment memory = text("abcdef");
        Outcome write = new Outcome();
        proactor.write(write.operation, slot(1), memory.address(), 6, -1);
        assertEquals(6, resultOf(write));
        Outcome read = new Outcome();
        MemorySegment in = arena.allocate(3);
        proactor.read(read.operation, slot(0), in.address(), 3, -1);
        assertEquals(3, resultOf(read));
        assertEquals("abc", text(in, 0, 3));
        Outcome splice = new Outcome();
        proactor.splice(splice.operation, slot(0), -1, slot(2), -1, 3);
        assertEquals(3, resultOf(splice));
        assertEquals("def", plumbing.read(to.near(), 8));
        proactor.splice(splice.operation, slot(3), -1, slot(2), -1, 3);
        finish(splice);
        assertEquals(-Errno.EBADF, splice.lastResult());
    }

    @Test
    void shouldPoll() {
        Pair pair = plumbing.socketpair();
        int near = fill(0, pair);
        Outcome poll = new Outcome();
        proactor.poll(poll.operation, near, POLLIN);
        turn();
        assertTrue(poll.operation.inFlight());
        plumbing.write(pair.far(), "x");
        assertEquals(POLLIN, resultOf(poll) & POLLIN);
    }

    @Test
    void shouldLinkAndBoundOperations() {
        int near = fill(0, plumbing.socketpair());
        Outcome recv = new Outcome();
        Outcome bound = new Outcome();
        proactor.link();
        proactor.recv(recv.operation, near, arena.allocate(8).address(), 8, 0);
        proactor.linkTimeout(bound.operation, MS);
        finish(recv, bound);
        assertEquals(-Errno.ECANCELED, recv.result());
        assertEquals(-Errno.ETIME, bound.result());
    }

    @Test
    void shouldCancelAllOfASlotAndNothingElse() {
        Pair pair = plumbing.socketpair();
        int near = fill(0, pair);
        // The descriptor of the same number as the slot is somebody else's, if it is open at all.
        Pair other = plumbing.socketpair();
        int beside = fill(1, other);
        MemorySegment in = arena.allocate(8);
        Outcome recv = new Outcome();
        Outcome poll = new Outcome();
        Outcome stays = new Outcome();
        proactor.recv(recv.operation, near, in.address(), 8, 0);
        proactor.poll(poll.operation, near, POLLIN);
        proactor.recv(stays.operation, beside, in.address(), 8, 0);
        turn();
        proactor.cancelAll(near);
        finish(recv, poll);
        assertEquals(-Errno.ECANCELED, recv.result());
        assertEquals(-Errno.ECANCELED, poll.result());
        assertTrue(stays.operation.inFlight());
        plumbing.write(other.far(), "x");
        assertEquals(1, resultOf(stays));
    }

    // ---- closing and installing

    @Test
    void shouldEmptyASlot() {
        Pair pair = plumbing.socketpair();
        int near = fill(1, pair);
        assertEquals(0, shut(near));
        assertEquals(0, receive(pair.far(), arena.allocate(8)));
        assertEquals(-Errno.EBADF, shut(near));
        assertEquals(-Errno.EINVAL, shut(slot(SLOTS)));
        assertEquals(-Errno.EBADF, sendTo(near));
    }

    @Test
    void shouldEmptyASlotAlthoughNobodyWantsToKnow() {
        Pair pair = plumbing.socketpair();
        int near = fill(1, pair);
        proactor.close(near);
        turn();
        assertEquals(0, receive(pair.far(), arena.allocate(8)));
        assertEquals(0, proactor.inFlight());
    }

    @Test
    void shouldLetWhatIsInFlightGoOnWhenItsSlotIsEmptied() {
        Pair pair = plumbing.socketpair();
        int near = fill(1, pair);
        Outcome recv = new Outcome();
        MemorySegment in = arena.allocate(8);
        proactor.recv(recv.operation, near, in.address(), 8, 0);
        turn();
        assertEquals(0, shut(near));
        assertTrue(recv.operation.inFlight());
        plumbing.write(pair.far(), "late");
        assertEquals(4, resultOf(recv));
    }

    @Test
    void shouldMakeADescriptorOfASlot() {
        Pair pair = plumbing.socketpair();
        int near = fill(1, pair);
        assumeFeature("FIXED_FD_INSTALL");
        Outcome install = new Outcome();
        proactor.install(install.operation, near);
        int fd = opened(resultOf(install));
        assertEquals(FD_CLOEXEC, calls.syscalls().descriptors().fcntl(fd, F_GETFD, 0));
        assertEquals(0, shut(near));
        plumbing.write(pair.far(), "abc");
        assertEquals("abc", plumbing.read(fd, 8));
    }

    @Test
    void shouldMakeNoDescriptorOfWhatIsNotInASlot() {
        assumeFeature("FIXED_FD_INSTALL");
        Outcome empty = new Outcome();
        Outcome descriptor = new Outcome();
        proactor.install(empty.operation, slot(0));
        proactor.install(descriptor.operation, plumbing.pipe().near());
        finish(empty, descriptor);
        assertEquals(-Errno.EBADF, empty.result());
        assertEquals(-Errno.EBADF, descriptor.result());
    }

    @Test
    void shouldNotTakeAFailedCallsResultForASlot() {
        fill(0, plumbing.socketpair());
        for (int errno : new int[] {1, 2, Errno.EBADF, 4095}) {
            assertFalse(RegisteredFiles.isSlot(-errno));
            assertEquals(-Errno.EBADF, sendTo(-errno));
        }
        assertNotEquals(-Errno.EBADF, sendTo(slot(0)));
    }
}

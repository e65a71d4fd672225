// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.bindings.contract.SyscallsContract;
import dev.ringfork.bindings.faults.Fault;
import dev.ringfork.bindings.faults.FaultInjectingSyscalls;
import dev.ringfork.bindings.faults.Injection;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultInjectingSyscallsTest extends SyscallsContract {

    private static final long SEED = 42;

    private final FaultInjectingSyscalls faulty = new FaultInjectingSyscalls(Syscalls.get(), SEED);

    @Override
    protected Syscalls syscalls() {
        return faulty;
    }

    private long read(int fd, MemorySegment room) {
        return faulty.descriptors().read(fd, room.address(), room.byteSize());
    }

    @Test
    void shouldLeaveCallsAloneWithoutAScript() {
        int[] pipe = pipe(0);
        write(pipe[1], "untouched");
        assertEquals("untouched", read(pipe[0]));
        assertEquals(List.of(), faulty.injected());
        assertEquals(1, faulty.calls("read"));
        assertEquals(0, faulty.calls("readv"));
    }

    @Test
    void shouldFailTheNthCallFromNow() {
        int listener = listener(SocketConstants.SOCK_NONBLOCK);
        Sockets sockets = faulty.sockets();
        assertErrno(Errno.EAGAIN, sockets.accept4(listener, 0, 0, 0));
        faulty.onCall("accept4").nth(2).fail(Errno.EMFILE);
        assertErrno(Errno.EAGAIN, sockets.accept4(listener, 0, 0, 0));
        assertErrno(Errno.EMFILE, sockets.accept4(listener, 0, 0, 0));
        assertErrno(Errno.EAGAIN, sockets.accept4(listener, 0, 0, 0));
        assertEquals(4, faulty.calls("accept4"));
        assertEquals(List.of(new Injection("accept4", 3, Errno.EMFILE, 0)), faulty.injected());
    }

    @Test
    void shouldFailSeveralCallsInARow() {
        int[] pipe = pipe(0);
        write(pipe[1], "late");
        MemorySegment room = bytes(8);
        faulty.onCall("read").times(2).fail(Errno.EINTR);
        assertErrno(Errno.EINTR, read(pipe[0], room));
        assertErrno(Errno.EINTR, read(pipe[0], room));
        assertEquals(4, read(pipe[0], room));
    }

    @Test
    void shouldFailUntilItRelents() {
        faulty.onCall("epoll_create1").always().fail(Errno.ENFILE);
        faulty.onCall("poll").always().fail(Errno.EINTR);
        for (int i = 0; i < 5; i++) {
            assertErrno(Errno.ENFILE, faulty.epoll().epoll_create1(0));
            assertErrno(Errno.EINTR, faulty.polling().poll(0, 0, 0));
        }
        faulty.relent();
        assertEquals(0, faulty.polling().poll(0, 0, 0));
        assertEquals(10, faulty.injected().size());
    }

    @Test
    void shouldNotMakeACallThatFails() {
        int[] pipe = pipe(Fcntl.O_NONBLOCK);
        faulty.onCall("write").fail(Errno.EINTR);
        assertErrno(Errno.EINTR, faulty.descriptors().write(pipe[1], bytes("x").address(), 1));
        assertErrno(Errno.EAGAIN, read(pipe[0], bytes(8)));
    }

    @Test
    void shouldCutCounts() {
        int[] pipe = pipe(0);
        faulty.onCall("write").cutTo(3);
        assertEquals(3, faulty.descriptors().write(pipe[1], bytes("short").address(), 5));
        write(pipe[1], "er");
        faulty.onCall("read").times(2).cutTo(2);
        MemorySegment room = bytes(8);
        assertEquals(2, read(pipe[0], room));
        assertEquals("sh", text(room, 2));
        assertEquals(2, read(pipe[0], room));
        assertEquals(1, read(pipe[0], room));
        assertEquals(new Injection("write", 1, 0, 3), faulty.injected().getFirst());
    }

    @Test
    void shouldCutBuffersButNotBadCounts() {
        int[] pipe = pipe(0);
        MemorySegment iov = arena.allocateFrom(JAVA_LONG, 0, 0, 0, 0);
        MemorySegment bytes = bytes("ab");
        iov.setAtIndex(JAVA_LONG, 0, bytes.address());
        iov.setAtIndex(JAVA_LONG, 1, 1);
        iov.setAtIndex(JAVA_LONG, 2, bytes.address() + 1);
        iov.setAtIndex(JAVA_LONG, 3, 1);
        faulty.onCall("writev").times(2).cutTo(1);
        assertEquals(1, faulty.descriptors().writev(pipe[1], iov.address(), 2));
        assertErrno(Errno.EINVAL, faulty.descriptors().writev(pipe[1], iov.address(), -1));
    }

    @Test
    void shouldCloseEvenWhenClosingFails() {
        int[] pipe = pipe(0);
        int copy = faulty.descriptors().dup(pipe[1]);
        assertOk(copy);
        closeNow(pipe[1]);
        faulty.onCall("close").fail(Errno.EINTR);
        assertErrno(Errno.EINTR, faulty.descriptors().close(copy));
        // Nobody writes any more: the copy is gone.
        assertEquals("", read(pipe[0]));
        assertErrno(Errno.EBADF, faulty.descriptors().close(1_000_000));
    }

    @Test
    void shouldGoOnConnectingWhenInterrupted() {
        int listener = listener(0);
        int client = socket(SocketConstants.AF_INET, SocketConstants.SOCK_STREAM);
        faulty.onCall("connect").fail(Errno.EINTR);
        assertErrno(Errno.EINTR, connect(client, nameOf(listener)));
        awaitEvents(client, PollConstants.POLLOUT);
        assertEquals(0, SocketOption.SO_ERROR.get(faulty.sockets(), client));
        opened(faulty.sockets().accept4(listener, 0, 0, SocketConstants.SOCK_CLOEXEC));

        int other = socket(SocketConstants.AF_INET, SocketConstants.SOCK_STREAM);
        faulty.onCall("connect").fail(Errno.ENETUNREACH);
        assertErrno(Errno.ENETUNREACH, connect(other, nameOf(listener)));
        MemorySegment address = bytes(Address.BYTES_MAX);
        MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
        assertErrno(Errno.ENOTCONN, faulty.sockets().getpeername(other, address, length));
    }

    @Test
    void shouldRepeatItselfWithTheSameSeed() {
        assertEquals(storm(7), storm(7));
        assertNotEquals(storm(7), storm(8));
    }

    private List<Long> storm(long seed) {
        FaultInjectingSyscalls stormy = new FaultInjectingSyscalls(Syscalls.get(), seed);
        stormy.randomly(0.2, Fault.INTERRUPT, Fault.SHORT_READ, Fault.SHORT_WRITE);
        int[] pipe = pipe(Fcntl.O_NONBLOCK);
        MemorySegment buffer = bytes(64);
        List<Long> results = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            results.add(stormy.descriptors().write(pipe[1], buffer.address(), 64));
            results.add(stormy.descriptors().read(pipe[0], buffer.address(), 64));
        }
        assertTrue(stormy.injected().size() > 50, stormy.toString());
        assertTrue(stormy.toString().startsWith("seed " + seed));
        return results;
    }

    @Test
    void shouldLoseNothingInAStorm() {
        faulty.randomly(0.3, Fault.INTERRUPT, Fault.SHORT_READ, Fault.SHORT_WRITE, Fault.NOT_READY);
        int[] pipe = pipe(0);
        String sent = "nothing of this may be lost, whatever the storm does";
        MemorySegment out = bytes(sent);
        long written = 0;
        while (written < out.byteSize()) {
            long room = out.byteSize() - written;
            written +=
                    Math.max(0, faulty.descriptors().write(pipe[1], out.address() + written, room));
        }
        MemorySegment in = bytes(sent.length());
        long received = 0;
        while (received < sent.length()) {
            long room = sent.length() - received;
            received +=
                    Math.max(0, faulty.descriptors().read(pipe[0], in.address() + received, room));
        }
        assertEquals(sent, text(in, received));
        assertTrue(!faulty.injected().isEmpty(), faulty.toString());
    }

    @Test
    void shouldExhaustDescriptorsAndMemory() {
        int listener = listener(SocketConstants.SOCK_NONBLOCK);
        faulty.randomly(
                1, Fault.DESCRIPTORS_EXHAUSTED, Fault.CONNECTION_ABORTED, Fault.MEMORY_EXHAUSTED);
        for (int i = 0; i < 20; i++) {
            int result = faulty.sockets().accept4(listener, 0, 0, 0);
            assertTrue(result == -Errno.EMFILE || result == -Errno.ENFILE, "got " + result);
        }
        assertTrue(faulty.epoll().epoll_ctl(0, 0, 0, 0) < 0);
    }

    @Test
    void shouldRefuseAScriptThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> faulty.onCall("acept4"));
        assertThrows(IllegalArgumentException.class, () -> faulty.calls("fork"));
        assertThrows(
                IllegalArgumentException.class, () -> faulty.onCall("read").fail(-Errno.EINTR));
        assertThrows(IllegalArgumentException.class, () -> faulty.onCall("accept4").cutTo(1));
        assertThrows(IllegalArgumentException.class, () -> faulty.onCall("read").cutTo(0));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.bindings.contract.SyscallsContract;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Test;

/**
 * macOS's stand-ins, run on whatever system the tests run on: the calls they are made of are the
 * same. Not sendfile, whose shape is macOS's own.
 */
class DarwinTest extends SyscallsContract {

    private static final int CLOEXEC = SocketConstants.SOCK_CLOEXEC;
    private static final int NONBLOCK = SocketConstants.SOCK_NONBLOCK;

    @Override
    protected Syscalls syscalls() {
        return Doors.syscalls();
    }

    private static Call standIn(String name) {
        MethodHandle handle = Darwin.standIn(name);
        assertNotNull(handle, name);
        return new Call(name, handle);
    }

    @Test
    void shouldStandInForWhatMacosLacksAlone() {
        assertNull(Darwin.standIn("read"));
        assertNull(Darwin.standIn("kevent"));
        assertNotNull(Darwin.standIn("sendfile"));
    }

    @Test
    void shouldMakeAPipeWithFlags() {
        MemorySegment fds = bytes(8);
        assertOk(standIn("pipe2").call(fds.address(), Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK));
        for (int i = 0; i < 2; i++) {
            int fd = opened(fds.getAtIndex(JAVA_INT, i));
            assertTrue(cloexec(fd));
            assertTrue(nonblocking(fd));
        }
        assertErrno(Errno.EFAULT, standIn("pipe2").call(8, 0));
    }

    @Test
    void shouldMakeSocketsWithFlags() {
        int type = SocketConstants.SOCK_STREAM;
        int unix = SocketConstants.AF_UNIX;
        int flagged = opened((int) standIn("socket").call(unix, type | CLOEXEC | NONBLOCK, 0));
        assertTrue(cloexec(flagged));
        assertTrue(nonblocking(flagged));
        int plain = opened((int) standIn("socket").call(unix, type, 0));
        assertFalse(cloexec(plain));
        assertFalse(nonblocking(plain));

        MemorySegment fds = bytes(8);
        assertOk(standIn("socketpair").call(unix, type | CLOEXEC, 0, fds.address()));
        for (int i = 0; i < 2; i++) {
            int fd = opened(fds.getAtIndex(JAVA_INT, i));
            assertTrue(cloexec(fd));
            assertFalse(nonblocking(fd));
        }
        assertErrno(Errno.EAFNOSUPPORT, standIn("socket").call(99, type, 0));
    }

    @Test
    void shouldAcceptInTheModeAsked() {
        int listener = listener(NONBLOCK);
        for (int flags : new int[] {0, NONBLOCK, CLOEXEC, NONBLOCK | CLOEXEC}) {
            int client = socket(SocketConstants.AF_INET, SocketConstants.SOCK_STREAM);
            assertOk(connect(client, nameOf(listener)));
            awaitReadable(listener);
            int fd = opened((int) standIn("accept4").call(listener, 0, 0, flags));
            assertEquals((flags & CLOEXEC) != 0, cloexec(fd));
            assertEquals((flags & NONBLOCK) != 0, nonblocking(fd));
        }
        assertErrno(Errno.EAGAIN, standIn("accept4").call(listener, 0, 0, 0));
    }

    @Test
    void shouldCloseOnExecWhatAMessageCarried() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        int[] pipe = pipe(0);
        MemorySegment room = bytes(1);
        Message message = new Message(bytes(Message.bytes(1, 2)), 1, 2);
        message.buffer(room.address(), 1).putRight(pipe[0]).putRight(pipe[1]);
        assertEquals(1, syscalls().sockets().sendmsg(pair[0], message.header(), 0));

        message.clear().buffer(room.address(), 1).expectRights();
        int flags = SocketConstants.MSG_CMSG_CLOEXEC;
        assertEquals(1, standIn("recvmsg").call(pair[1], message.header().address(), flags));

        assertEquals(2, message.rightsCount());
        assertTrue(cloexec(opened(message.right(0))));
        assertTrue(cloexec(opened(message.right(1))));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands in on macOS for the calls it lacks, or has in another shape.
 *
 * <p>Each method has the arguments and the result of the Linux call that it stands in for, so the
 * families do not know the difference. What Linux does in one step takes two here: a descriptor
 * lives for a moment without close-on-exec. All but sendfile work on Linux too, where they are
 * tested; nothing of this has run on macOS.
 */
final class Darwin {

    private static final Call FCNTL = Prototype.plain("fcntl").linkItself();
    private static final Call CLOSE = Prototype.plain("close").linkItself();
    private static final Call PIPE = Prototype.critical("pipe").linkItself();
    private static final Call SOCKET = Prototype.critical("socket").linkItself();
    private static final Call SOCKETPAIR = Prototype.critical("socketpair").linkItself();
    private static final Call ACCEPT = Prototype.plain("accept").linkItself();
    private static final Call RECVMSG = Prototype.plain("recvmsg").wide().linkItself();
    private static final Call SENDFILE = Prototype.plain("sendfile").linkItself();

    private static final int SOCK_FLAGS =
            SocketConstants.SOCK_CLOEXEC | SocketConstants.SOCK_NONBLOCK;

    private Darwin() {}

    /** What stands in for a call, or null when macOS has the call itself. */
    static @Nullable MethodHandle standIn(String call) {
        return switch (call) {
            case "pipe2" -> handle(call, 2);
            case "socket", "recvmsg" -> handle(call, 3);
            case "socketpair", "accept4", "sendfile" -> handle(call, 4);
            default -> null;
        };
    }

    /** A method of so many longs as a handle of {@link Native#TYPE}, which ignores the others. */
    private static MethodHandle handle(String name, int arguments) {
        List<Class<?>> all = Native.TYPE.parameterList();
        MethodType type = MethodType.methodType(long.class, all.subList(0, arguments));
        return MethodHandles.dropArguments(
                Native.method(MethodHandles.lookup(), name, type),
                arguments,
                all.subList(arguments, all.size()));
    }

    static long pipe2(long fds, long flags) {
        long result = PIPE.call(fds);
        return result < 0 ? result : setPair(fds, has(flags, Fcntl.O_CLOEXEC), nonblocking(flags));
    }

    private static boolean nonblocking(long openFlags) {
        return has(openFlags, Fcntl.O_NONBLOCK);
    }

    static long socket(long domain, long type, long protocol) {
        long fd = SOCKET.call(domain, type & ~SOCK_FLAGS, protocol);
        return fd < 0 ? fd : closeUnless(setSocket(fd, type), fd);
    }

    static long socketpair(long domain, long type, long protocol, long fds) {
        long result = SOCKETPAIR.call(domain, type & ~SOCK_FLAGS, protocol, fds);
        if (result < 0) {
            return result;
        }
        return setPair(
                fds,
                has(type, SocketConstants.SOCK_CLOEXEC),
                has(type, SocketConstants.SOCK_NONBLOCK));
    }

    /** macOS hands the listener's O_NONBLOCK on, so the mode is set either way. */
    static long accept4(long fd, long address, long length, long flags) {
        long accepted = ACCEPT.call(fd, address, length);
        return accepted < 0 ? accepted : closeUnless(setSocket(accepted, flags), accepted);
    }

    static long recvmsg(long fd, long msghdr, long flags) {
        long result = RECVMSG.call(fd, msghdr, flags & ~SocketConstants.MSG_CMSG_CLOEXEC);
        if (result >= 0 && has(flags, SocketConstants.MSG_CMSG_CLOEXEC)) {
            Message received = Message.received(Native.memory(msghdr, Message.HEADER_BYTES));
            for (int i = 0; i < received.rightsCount(); i++) {
                FCNTL.call(received.right(i), Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
            }
        }
        return result;
    }

    /**
     * macOS swaps the descriptors, takes the position by value and answers how much it sent in
     * memory, also when it fails half-way; a count of 0 would mean all there is.
     */
    static long sendfile(long socket, long file, long offset, long count) {
        if (count == 0) {
            return 0;
        }
        MemorySegment sent = ThreadMemory.scratch();
        sent.set(JAVA_LONG, 0, count);
        MemorySegment next = Native.memory(offset, Long.BYTES);
        long position = next.get(JAVA_LONG, 0);
        long result = SENDFILE.call(file, socket, position, sent.address(), 0, 0);
        long bytes = sent.get(JAVA_LONG, 0);
        if (result < 0 && bytes == 0) {
            return result;
        }
        next.set(JAVA_LONG, 0, position + bytes);
        return bytes;
    }

    private static long setPair(long fds, boolean cloexec, boolean nonblocking) {
        MemorySegment pair = Native.memory(fds, 2 * Integer.BYTES);
        int first = pair.getAtIndex(JAVA_INT, 0);
        int second = pair.getAtIndex(JAVA_INT, 1);
        long result = set(first, cloexec, nonblocking);
        if (result >= 0) {
            result = set(second, cloexec, nonblocking);
        }
        if (result < 0) {
            CLOSE.call(first);
            CLOSE.call(second);
        }
        return result;
    }

    private static long closeUnless(long result, long fd) {
        if (result < 0) {
            CLOSE.call(fd);
            return result;
        }
        return fd;
    }

    private static long setSocket(long fd, long flags) {
        return set(
                fd,
                has(flags, SocketConstants.SOCK_CLOEXEC),
                has(flags, SocketConstants.SOCK_NONBLOCK));
    }

    private static long set(long fd, boolean cloexec, boolean nonblocking) {
        long result = cloexec ? FCNTL.call(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC) : 0;
        if (result < 0) {
            return result;
        }
        long mode = FCNTL.call(fd, Fcntl.F_GETFL);
        if (mode < 0) {
            return mode;
        }
        long wanted = nonblocking ? mode | Fcntl.O_NONBLOCK : mode & ~Fcntl.O_NONBLOCK;
        return wanted == mode ? 0 : FCNTL.call(fd, Fcntl.F_SETFL, wanted);
    }

    private static boolean has(long flags, int flag) {
        return (flags & flag) == flag;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static dev.ringfork.bindings.abi.SocketConstants.AF_INET;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_DONTWAIT;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_TRUNC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Param;

/**
 * Bytes into a TCP connection. The same thread takes them out at the other end, where TCP drops
 * what is not asked for (MSG_TRUNC), so that this costs little. Linux.
 */
public abstract class TcpBench extends SyscallBench {
    /** The most that one call moves. */
    protected static final int CHUNK = 65536;

    /** The bytes of one operation. */
    @Param({"4096", "65536", "1048576"})
    public int bytes;

    /** Where they go in. */
    protected int sender;

    private int receiver;

    /** Connects; the flags are those of the end that sends. */
    protected final void connect(int flags) {
        MemorySegment name = memory(Address.BYTES_MAX);
        MemorySegment length = memory(Integer.BYTES);
        length.set(ValueLayout.JAVA_INT, 0, Address.BYTES_MAX);
        int nameLength = Address.parse("127.0.0.1:0").encode(name);
        int listener = SOCKETS.socket(AF_INET, SOCK_STREAM, 0);
        Errno.check("bind", SOCKETS.bind(listener, name, nameLength), null);
        Errno.check("listen", SOCKETS.listen(listener, 1), null);
        Errno.check("getsockname", SOCKETS.getsockname(listener, name, length), null);
        receiver = keep("socket", SOCKETS.socket(AF_INET, SOCK_STREAM, 0));
        Errno.check("connect", SOCKETS.connect(receiver, name, nameLength), null);
        sender = keep("accept4", SOCKETS.accept4(listener, 0, 0, flags));
        DESCRIPTORS.close(listener);
    }

    /** Takes out what has arrived: how many bytes. */
    protected final long drain() {
        return orNone(SOCKETS.recv(receiver, 0, CHUNK, MSG_TRUNC | MSG_DONTWAIT));
    }

    /** A result that may be EAGAIN, which moved nothing. */
    protected static long orNone(long result) {
        if (result == -Errno.EAGAIN) {
            return 0;
        }
        ok(result);
        return result;
    }
}

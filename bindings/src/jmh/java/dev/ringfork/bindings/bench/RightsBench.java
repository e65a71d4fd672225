// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static dev.ringfork.bindings.abi.SocketConstants.AF_UNIX;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;

import dev.ringfork.bindings.Message;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** A descriptor in a message, SCM_RIGHTS. */
public class RightsBench extends SyscallBench {
    private int[] ends = {};
    private long word;
    private Message message;

    /** Makes the pair that the message goes through. */
    @Setup
    public void open() {
        MemorySegment fds = memory(2 * Integer.BYTES);
        ends = keepBoth("socketpair", SOCKETS.socketpair(AF_UNIX, SOCK_STREAM, 0, fds), fds);
        word = memory(1).address();
        message = new Message(memory(Message.bytes(1, 1)), 1, 1);
    }

    /** sendmsg(2), recvmsg(2), and close(2) of what has come. */
    @Benchmark
    public void passClose() {
        message.clear().buffer(word, 1).putRight(ends[0]);
        ok(SOCKETS.sendmsg(ends[1], message.header(), 0));
        message.clear().buffer(word, 1).expectRights();
        ok(SOCKETS.recvmsg(ends[0], message.header(), 0));
        ok(DESCRIPTORS.close(message.right(0)));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static dev.ringfork.bindings.abi.SocketConstants.AF_UNIX;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static dev.ringfork.bindings.abi.SocketConstants.SOL_SOCKET;
import static dev.ringfork.bindings.abi.SocketConstants.SO_SNDBUF;

import dev.ringfork.bindings.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;

/** Bytes through a pair of unix sockets. */
public class SocketpairBench extends StreamBench {
    private static final int ROOM = 1 << 20;

    @Override
    protected int[] open() {
        MemorySegment fds = memory(2 * Integer.BYTES);
        int[] ends = keepBoth("socketpair", SOCKETS.socketpair(AF_UNIX, SOCK_STREAM, 0, fds), fds);
        MemorySegment room = memory(Integer.BYTES);
        room.set(ValueLayout.JAVA_INT, 0, ROOM);
        Errno.check(
                "setsockopt",
                SOCKETS.setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, room, Integer.BYTES),
                null);
        return ends;
    }

    /** send(2), then recv(2) of all of it. */
    @Benchmark
    public void sendRecv() {
        all(SOCKETS.send(writeEnd, buffer, bytes, 0), bytes);
        all(SOCKETS.recv(readEnd, buffer, bytes, 0), bytes);
    }
}

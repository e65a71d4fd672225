// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.abi.EventConstants;
import dev.ringfork.bindings.abi.Fcntl;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** A part of a file into a TCP connection, in three ways. Linux. */
public class FileBench extends TcpBench {
    private int file;
    private int[] ends = {};
    private long inPipe;
    private MemorySegment offset;
    private long buffer;

    /** Writes the file and connects. */
    @Setup
    public void open() throws IOException {
        Path path = Files.createTempFile("ringfork", "bench");
        Files.write(path, new byte[bytes]);
        file = keep("open", DESCRIPTORS.open(text(path), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0));
        Files.delete(path);
        offset = memory(Long.BYTES);
        buffer = memory(CHUNK).address();
        MemorySegment fds = memory(2 * Integer.BYTES);
        ends = keepBoth("pipe2", DESCRIPTORS.pipe2(fds, Fcntl.O_NONBLOCK), fds);
        connect(SOCK_NONBLOCK);
    }

    private MemorySegment text(Path path) {
        String name = path.toString();
        MemorySegment text = memory(Address.BYTES_MAX + name.length());
        text.setString(0, name);
        return text;
    }

    /** One way of moving some bytes at a position: how many, or {@code -errno}. */
    private interface Move {
        long some(long at, long count);
    }

    private void transfer(Move move) {
        long sent = 0;
        long taken = 0;
        while (taken < bytes) {
            if (sent < bytes) {
                sent += orNone(move.some(sent, Math.min(bytes - sent, CHUNK)));
            }
            taken += drain();
        }
    }

    private long at(long position) {
        offset.set(JAVA_LONG, 0, position);
        return offset.address();
    }

    /** pread(2) and send(2). */
    @Benchmark
    public void readSend() {
        transfer((at, count) -> {
            long got = DESCRIPTORS.pread(file, buffer, count, at);
            ok(got);
            return SOCKETS.send(sender, buffer, got, 0);
        });
    }

    /** sendfile(2). */
    @Benchmark
    public void sendfile() {
        transfer((at, count) -> DESCRIPTORS.sendfile(sender, file, at(at), count));
    }

    /** splice(2) into a pipe, and out of it. */
    @Benchmark
    public void splice() {
        transfer(this::spliceSome);
    }

    private long spliceSome(long at, long count) {
        if (inPipe == 0) {
            inPipe = DESCRIPTORS.splice(file, at(at), ends[1], 0, count, 0);
            ok(inPipe);
        }
        int flags = EventConstants.SPLICE_F_NONBLOCK;
        long moved = DESCRIPTORS.splice(ends[0], 0, sender, 0, inPipe, flags);
        inPipe -= orNone(moved);
        return moved;
    }
}

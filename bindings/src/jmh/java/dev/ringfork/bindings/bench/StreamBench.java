// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Bytes in at one end and out at the other, by the same thread. */
public abstract class StreamBench extends SyscallBench {
    /** How many buffers writev and readv are given. */
    protected static final int PIECES = 4;

    /** The bytes of a transfer. */
    @Param({"64", "4096", "65536"})
    public int bytes;

    /** The end that is read. */
    protected int readEnd;

    /** The end that is written. */
    protected int writeEnd;

    /** The address of the bytes. */
    protected long buffer;

    /** The bytes in {@link #PIECES} equal pieces, an array of iovec. */
    protected long iovec;

    /** The two ends, the one to read first. */
    protected abstract int[] open();

    /** Opens the stream. */
    @Setup
    public void openStream() {
        int[] ends = open();
        readEnd = ends[0];
        writeEnd = ends[1];
        buffer = memory(bytes).address();
        iovec = pieces();
    }

    /** write(2), then read(2) of all of it. */
    @Benchmark
    public void writeRead() {
        all(DESCRIPTORS.write(writeEnd, buffer, bytes), bytes);
        all(DESCRIPTORS.read(readEnd, buffer, bytes), bytes);
    }

    private long pieces() {
        MemorySegment array = memory(2L * Long.BYTES * PIECES);
        long length = bytes / PIECES;
        for (int i = 0; i < PIECES; i++) {
            array.setAtIndex(ValueLayout.JAVA_LONG, 2L * i, buffer + i * length);
            array.setAtIndex(ValueLayout.JAVA_LONG, 2L * i + 1, length);
        }
        return array.address();
    }
}

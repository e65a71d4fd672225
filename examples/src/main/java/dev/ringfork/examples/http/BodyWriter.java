// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * The body of one response on its way out: of a declared length, chunked, or ended by the
 * connection's end.
 *
 * <p>Confined to the connection's loop thread. What is written beyond the connection's queue, or
 * beyond the declared length, is lost and cuts the connection.
 */
public final class BodyWriter {
    /** A chunk's size in hexadecimal digits, its line end, and the one behind the chunk. */
    private static final int CHUNK_OVERHEAD = 8 + 2 + 2;

    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** How a body is delimited. */
    enum Delimiter {
        LENGTH,
        CHUNKS,
        END_OF_CONNECTION
    }

    private final Connection connection;
    private final Delimiter delimiter;
    private final long length;
    private long written;
    private boolean failed;

    BodyWriter(Connection connection, Delimiter delimiter, long length) {
        this.connection = connection;
        this.delimiter = delimiter;
        this.length = length;
    }

    /** Whether more should be written now: the client takes the bytes fast enough. */
    public boolean ready() {
        return !failed && !connection.congested() && !connection.closing();
    }

    /** How many bytes are best written at once. */
    public int pieceBytes() {
        return connection.bufferBytes() - CHUNK_OVERHEAD;
    }

    /** Writes a copy of an array. */
    public void write(byte[] source) {
        write(MemorySegment.ofArray(source), 0, source.length);
    }

    /** Writes a copy of bytes. */
    public void write(MemorySegment source, long offset, long count) {
        if (count == 0 || failed) {
            return;
        }
        written += count;
        switch (delimiter) {
            case LENGTH -> failed = written > length || !connection.write(source, offset, count);
            case CHUNKS -> chunks(source, offset, count);
            case END_OF_CONNECTION -> failed = !connection.write(source, offset, count);
        }
    }

    private void chunks(MemorySegment source, long offset, long count) {
        long done = 0;
        while (done < count && !failed) {
            int piece = (int) Math.min(count - done, pieceBytes());
            failed = !chunk(source, offset + done, piece);
            done += piece;
        }
    }

    private boolean chunk(MemorySegment source, long offset, int count) {
        Buffer out = connection.output(count + CHUNK_OVERHEAD);
        if (out == null) {
            return false;
        }
        MemorySegment target = out.segment();
        int i = out.end();
        int digits = (Integer.SIZE - Integer.numberOfLeadingZeros(count) + 3) / 4;
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            put(target, i++, Character.forDigit(count >>> shift & 0xf, 16));
        }
        put(target, i++, '\r');
        put(target, i++, '\n');
        MemorySegment.copy(source, offset, target, i, count);
        i += count;
        put(target, i++, '\r');
        put(target, i++, '\n');
        out.produced(i - out.end());
        return true;
    }

    private static void put(MemorySegment target, int index, char c) {
        target.set(ValueLayout.JAVA_BYTE, index, (byte) c);
    }

    /**
     * Ends the body.
     *
     * @return false if it is not what was declared, or not all of it could be queued
     */
    boolean finish() {
        return switch (delimiter) {
            case LENGTH -> !failed && written == length;
            case CHUNKS -> !failed && connection.write(LAST_CHUNK);
            case END_OF_CONNECTION -> !failed;
        };
    }

    long written() {
        return written;
    }

    boolean failed() {
        return failed;
    }
}

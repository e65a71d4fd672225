// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.reactor.protocol.Buffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * What one call of a session works with: a record and its plaintext, for each direction. Nothing in
 * it outlives the call.
 *
 * <p>Arrays, because the JDK's ciphers are fastest on them and copy whatever is not one. Confined
 * to the thread that has leased it.
 */
final class Scratch {
    /** What the engine asks for at most, after it has seen a record that is larger than usual. */
    private static final int OUTPUT_BYTES = 36 << 10;

    /** The most plaintext that a record holds, RFC 8446 section 5.1. */
    static final int PLAIN_BYTES = 1 << 14;

    private final byte[] cipherInArray = new byte[RecordReader.RECORD_BYTES];
    private final byte[] plainOutArray = new byte[PLAIN_BYTES];
    final ByteBuffer cipherIn = ByteBuffer.wrap(cipherInArray);
    final ByteBuffer plainIn = ByteBuffer.allocate(RecordReader.RECORD_BYTES);
    final ByteBuffer plainOut = ByteBuffer.wrap(plainOutArray);
    final ByteBuffer cipherOut = ByteBuffer.allocate(OUTPUT_BYTES);
    final MemorySegment plainInBytes = MemorySegment.ofArray(plainIn.array());
    final MemorySegment cipherOutBytes = MemorySegment.ofArray(cipherOut.array());

    /** What a file is read into. */
    final MemorySegment file = Arena.ofAuto().allocate(PLAIN_BYTES);

    /** Copies a whole record into {@link #cipherIn}, up to its limit. */
    void putRecord(Buffer from, int length) {
        MemorySegment.copy(
                from.segment(), ValueLayout.JAVA_BYTE, from.start(), cipherInArray, 0, length);
        cipherIn.clear().limit(length);
    }

    /** Copies bytes into {@link #plainOut}, whose position and limit stay. */
    void putPlain(MemorySegment from, int offset, int index, int length) {
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, plainOutArray, index, length);
    }
}

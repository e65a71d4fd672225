// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;

/** The bytes of an array, piece by piece, so that a large one is not queued whole. */
final class ArraySource implements BodySource {
    private final MemorySegment bytes;
    private long done;

    ArraySource(byte[] bytes) {
        this.bytes = MemorySegment.ofArray(bytes);
    }

    @Override
    public boolean write(BodyWriter out) {
        long piece = Math.min(bytes.byteSize() - done, out.pieceBytes());
        out.write(bytes, done, piece);
        done += piece;
        return done < bytes.byteSize();
    }
}

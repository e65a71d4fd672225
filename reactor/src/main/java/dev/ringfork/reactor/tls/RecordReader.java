// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.reactor.protocol.Buffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Takes one record at a time out of a stream of bytes.
 *
 * <p>A record that has not arrived whole stays in the connection's buffer. One that is longer than
 * such a buffer is put together in room of its own.
 *
 * <p>Confined to the loop's thread. Owns that room until {@link #clear}.
 */
final class RecordReader {
    /** Kind, version and length of a record. */
    private static final int HEADER_BYTES = 5;

    /** The most that TLS 1.2 lets encryption add to the plaintext; 1.3 allows less. */
    private static final int EXPANSION_BYTES = 2048;

    /** The longest record. */
    static final int RECORD_BYTES = HEADER_BYTES + Scratch.PLAIN_BYTES + EXPANSION_BYTES;

    /** No record is complete. */
    static final int INCOMPLETE = 0;

    /** What came is not the beginning of a record. */
    static final int FOREIGN = -1;

    /** There is no room for a record that is longer than a buffer. */
    static final int NO_ROOM = -2;

    /** The kind of records that bring the peer's end, or an error. */
    static final int ALERT = 21;

    private static final int KIND_FIRST = 20;
    private static final int KIND_LAST = 23;
    private static final int VERSION_MAJOR = 3;

    private final TlsMemory memory;
    private @Nullable Buffer partial;

    RecordReader(TlsMemory memory) {
        this.memory = memory;
    }

    /** The kind of the record that comes next, or -1 if nothing of it is there. */
    int kind(Buffer in) {
        if (partial != null) {
            return partial.get(0);
        }
        return in.length() > 0 ? in.get(in.start()) : -1;
    }

    /**
     * Takes the next record.
     *
     * @param target receives it as {@link Scratch#cipherIn}
     * @return its length, {@link #INCOMPLETE}, {@link #FOREIGN} or {@link #NO_ROOM}
     */
    int next(Buffer in, Scratch target) {
        if (partial != null) {
            return append(partial, in, target);
        }
        if (in.length() < HEADER_BYTES) {
            return in.length() == 0 || begins(in) ? INCOMPLETE : FOREIGN;
        }
        int length = length(in);
        if (length < 0) {
            return FOREIGN;
        }
        if (in.length() >= length) {
            put(in, target, length);
            return length;
        }
        if (length <= in.capacity()) {
            return INCOMPLETE;
        }
        Buffer room = memory.leaseRecord();
        if (room == null) {
            return NO_ROOM;
        }
        partial = room;
        return append(room, in, target);
    }

    private static boolean begins(Buffer in) {
        byte kind = in.get(in.start());
        return kind >= KIND_FIRST
                && kind <= KIND_LAST
                && (in.length() == 1 || in.get(in.start() + 1) == VERSION_MAJOR);
    }

    /** The length of a record with its header, or -1 if it is none. */
    private static int length(Buffer record) {
        int at = record.start();
        int body = (record.get(at + 3) & 0xff) << 8 | (record.get(at + 4) & 0xff);
        return begins(record) && body <= RECORD_BYTES - HEADER_BYTES ? HEADER_BYTES + body : -1;
    }

    private int append(Buffer room, Buffer in, Scratch target) {
        int length = length(room.length() == 0 ? in : room);
        int piece = Math.min(length - room.length(), in.length());
        MemorySegment.copy(in.segment(), in.start(), room.segment(), room.end(), piece);
        room.produced(piece);
        in.consume(piece);
        if (room.length() < length) {
            return INCOMPLETE;
        }
        put(room, target, length);
        clear();
        return length;
    }

    private static void put(Buffer from, Scratch target, int length) {
        target.putRecord(from, length);
        from.consume(length);
    }

    /** Whether some of a record is in room of its own. */
    boolean begun() {
        return partial != null;
    }

    /** Gives the room back, with what is in it. */
    void clear() {
        if (partial != null) {
            memory.releaseRecord(partial);
            partial = null;
        }
    }
}

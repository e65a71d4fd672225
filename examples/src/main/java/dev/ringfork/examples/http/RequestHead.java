// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of one request's head lie in a buffer, and what it says about its body.
 *
 * <p>Confined to a thread, which uses one object for all its connections: it holds no bytes and
 * means nothing once the buffer changes. A parser fills it, {@link Request} reads it.
 */
final class RequestHead {
    /** Bits of {@link #flags}: what the field lines said. */
    static final int CLOSE = 1;

    static final int KEEP_ALIVE = 1 << 1;
    static final int CHUNKED = 1 << 2;
    static final int EXPECT_CONTINUE = 1 << 3;

    private static final int INTS_A_FIELD = 4;

    MemorySegment bytes = MemorySegment.NULL;

    /** A well-known method, or null: then the text is at {@link #methodStart}. */
    @Nullable String method;

    int methodStart;
    int methodEnd;
    int targetStart;
    int targetEnd;

    /** The path alone: the target without a scheme, an authority and a query. */
    int pathStart;

    int pathEnd;

    /** The digit behind {@code HTTP/1.}, 0 or 1. */
    int minorVersion;

    /** The index behind the request line, or -1 as long as it is not complete. */
    int fieldsStart;

    int flags;
    int hostCount;

    /** Bytes of the body as declared, or -1 if no length was declared. */
    long contentLength;

    private final int[] fields;
    private int fieldCount;

    RequestHead(int fieldLimit) {
        fields = new int[fieldLimit * INTS_A_FIELD];
    }

    void reset(MemorySegment segment) {
        bytes = segment;
        method = null;
        fieldsStart = -1;
        flags = 0;
        hostCount = 0;
        contentLength = -1;
        fieldCount = 0;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    boolean full() {
        return fieldCount * INTS_A_FIELD == fields.length;
    }

    void addField(int nameStart, int nameEnd, int valueStart, int valueEnd) {
        int i = fieldCount++ * INTS_A_FIELD;
        fields[i] = nameStart;
        fields[i + 1] = nameEnd;
        fields[i + 2] = valueStart;
        fields[i + 3] = valueEnd;
    }

    int fieldCount() {
        return fieldCount;
    }

    int nameStart(int field) {
        return fields[field * INTS_A_FIELD];
    }

    int nameEnd(int field) {
        return fields[field * INTS_A_FIELD + 1];
    }

    int valueStart(int field) {
        return fields[field * INTS_A_FIELD + 2];
    }

    int valueEnd(int field) {
        return fields[field * INTS_A_FIELD + 3];
    }

    /** The first field line of this name at or behind an index, or -1. */
    int find(String name, int from) {
        for (int i = from; i < fieldCount; i++) {
            if (Ascii.equalsIgnoringCase(bytes, nameStart(i), nameEnd(i), name)) {
                return i;
            }
        }
        return -1;
    }
}

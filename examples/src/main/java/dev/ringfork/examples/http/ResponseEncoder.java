// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Writes the head of a response: what was encoded once, the date, and what depends on the client.
 *
 * <p>Stateless. The common case, an HTTP/1.1 client that stays, is one copy of head and body
 * together and one of the date. Nothing is allocated, unless a head does not fit in a buffer.
 */
final class ResponseEncoder {
    /** What ends a head: the fields that depend on the client, and the empty line. */
    // Arrays of constants, written by nobody.
    @SuppressWarnings("ImmutableEnumChecker")
    enum Tail {
        /** HTTP/1.1 goes on unless something else is said. */
        STAY(""),
        STAY_1_0("Connection: keep-alive\r\n"),
        CLOSE("Connection: close\r\n"),
        STAY_CHUNKED("Transfer-Encoding: chunked\r\n"),
        CLOSE_CHUNKED("Transfer-Encoding: chunked\r\nConnection: close\r\n");

        private final byte[] bytes;

        Tail(String fields) {
            bytes = (fields + "\r\n").getBytes(StandardCharsets.US_ASCII);
        }

        static Tail of(boolean stay, boolean chunked, int minorVersion) {
            if (chunked) {
                return stay ? STAY_CHUNKED : CLOSE_CHUNKED;
            }
            if (!stay) {
                return CLOSE;
            }
            return minorVersion == 0 ? STAY_1_0 : STAY;
        }
    }

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final byte[] CONTINUE =
            "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private ResponseEncoder() {}

    /** Queues the word that a client waits for before it sends a body. */
    static void sayContinue(Connection connection) {
        connection.write(CONTINUE);
    }

    /**
     * Queues a head, and the body if that is inlined and wanted.
     *
     * @return false if it could not be queued
     */
    static boolean encode(
            Connection connection, EncodedHead head, Tail tail, boolean body, byte[] date) {
        int bodyBytes = body && head.inlined() ? head.bytes().length - head.bodyStart() : 0;
        int size = head.length() + tail.bytes.length + bodyBytes;
        if (size > connection.bufferBytes()) {
            byte[] whole = new byte[size];
            fill(MemorySegment.ofArray(whole), 0, head, tail, bodyBytes, date);
            return connection.write(whole);
        }
        Buffer out = connection.output(size);
        if (out == null) {
            return false;
        }
        fill(out.segment(), out.end(), head, tail, bodyBytes, date);
        out.produced(size);
        return true;
    }

    private static void fill(
            MemorySegment out, int at, EncodedHead head, Tail tail, int bodyBytes, byte[] date) {
        byte[] bytes = head.bytes();
        if (tail == Tail.STAY) {
            MemorySegment.copy(bytes, 0, out, BYTE, at, head.bodyStart() + bodyBytes);
        } else {
            int i = at + head.length();
            MemorySegment.copy(bytes, 0, out, BYTE, at, head.length());
            MemorySegment.copy(tail.bytes, 0, out, BYTE, i, tail.bytes.length);
            i += tail.bytes.length;
            MemorySegment.copy(bytes, head.bodyStart(), out, BYTE, i, bodyBytes);
        }
        MemorySegment.copy(date, 0, out, BYTE, at + head.dateIndex(), HttpDate.LENGTH);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;

/**
 * Parses the head of a request: the request line, the field lines, the empty line.
 *
 * <p>Stateless. A complete head is taken in one pass; what is not complete leaves no trace but
 * {@link RequestHead#fieldsStart}. {@link #changed} tells whether it is worth trying again, so that
 * a client that sends byte by byte costs one look at each byte and a few parses, not a parse for
 * each byte.
 *
 * <p>A result that is not negative is the index behind the head. A negative one is {@link
 * #INCOMPLETE}, or the status to refuse the request with, negated.
 */
final class HeadParser {
    /** More bytes are needed. */
    static final int INCOMPLETE = -1;

    private static final int LINE_END = 2;

    private HeadParser() {}

    static int parse(MemorySegment bytes, int start, int end, HttpLimits limits, RequestHead head) {
        head.reset(bytes);
        int fields = RequestLine.parse(bytes, start, end, limits.lineBytes(), head);
        if (fields < 0) {
            return fields;
        }
        head.fieldsStart = fields;
        int behind = FieldLines.parse(bytes, fields, end, limits.headerBytes(), head);
        if (behind < 0) {
            return behind;
        }
        int refusal = Framing.check(head);
        return refusal == 0 ? behind : refusal;
    }

    /**
     * Whether a parse could now say something else than {@link #INCOMPLETE}, which it said before.
     *
     * <p>That is so when the request line has ended, when a line has ended in a way that no line
     * may, and when the head has ended.
     *
     * @param seen the index up to which bytes were there at the last look
     * @param lineKnown whether the request line was complete at the last parse
     */
    static boolean changed(MemorySegment bytes, int start, int seen, int end, boolean lineKnown) {
        int i = seen;
        while ((i = Ascii.indexOf(bytes, i, end, Ascii.LF)) < end) {
            boolean bare = i == start || Ascii.at(bytes, i - 1) != Ascii.CR;
            boolean empty = i - 2 >= start && Ascii.at(bytes, i - 2) == Ascii.LF;
            if (bare || empty || !lineKnown) {
                return true;
            }
            i++;
        }
        return false;
    }

    /** From how many bytes on a head is refused that the last parse found incomplete. */
    static int refusedFrom(int start, HttpLimits limits, RequestHead head) {
        int size =
                head.fieldsStart < 0
                        ? limits.lineBytes()
                        : head.fieldsStart - start + limits.headerBytes();
        return size + LINE_END;
    }
}

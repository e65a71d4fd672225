// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;

/**
 * The rules of the field lines, RFC 9112 section 5: a token, a colon, a value without control
 * characters, CR and LF; then an empty line.
 *
 * <p>No blank may stand before the colon, and none at the beginning of a line: a folded line is
 * refused, and so is a line end that is not CR and LF. Stateless. The results are those of {@link
 * HeadParser}.
 */
final class FieldLines {
    private static final int LINE_END = 2;

    private FieldLines() {}

    static int parse(MemorySegment bytes, int start, int end, int limit, RequestHead head) {
        int i = start;
        while (i < end && Ascii.at(bytes, i) != Ascii.CR) {
            i = line(bytes, i, end, head);
            if (i < 0) {
                return limited(i, end - start, limit);
            }
        }
        if (end - i < LINE_END) {
            return limited(HeadParser.INCOMPLETE, end - start, limit);
        }
        if (Ascii.at(bytes, i + 1) != Ascii.LF) {
            return -400;
        }
        return i - start > limit ? -431 : i + LINE_END;
    }

    private static int limited(int result, int length, int limit) {
        return result == HeadParser.INCOMPLETE && length >= limit + LINE_END ? -431 : result;
    }

    private static int line(MemorySegment bytes, int start, int end, RequestHead head) {
        int colon = Ascii.tokenEnd(bytes, start, end);
        if (colon == end) {
            return HeadParser.INCOMPLETE;
        }
        if (colon == start || Ascii.at(bytes, colon) != ':') {
            return -400;
        }
        int valueStart = Ascii.skipBlanks(bytes, colon + 1, end);
        int lineEnd = Ascii.valueEnd(bytes, valueStart, end);
        if (end - lineEnd < LINE_END) {
            boolean possible = lineEnd == end || Ascii.at(bytes, lineEnd) == Ascii.CR;
            return possible ? HeadParser.INCOMPLETE : -400;
        }
        if (Ascii.at(bytes, lineEnd) != Ascii.CR || Ascii.at(bytes, lineEnd + 1) != Ascii.LF) {
            return -400;
        }
        if (head.full()) {
            return -431;
        }
        int valueEnd = Ascii.trimBlanks(bytes, valueStart, lineEnd);
        head.addField(start, colon, valueStart, valueEnd);
        int refusal = Framing.field(bytes, start, colon, valueStart, valueEnd, head);
        return refusal == 0 ? lineEnd + LINE_END : refusal;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;

/**
 * The rules of the request line, RFC 9112 section 3: a method, a target and a version, each
 * separated by one space, ended by CR and LF.
 *
 * <p>Stateless. The results are those of {@link HeadParser}.
 */
final class RequestLine {
    private static final int GET_AND_SPACE = Ascii.half("GET ");
    private static final long HTTP_1_1 = Ascii.word("HTTP/1.1");
    private static final long HTTP_1_0 = Ascii.word("HTTP/1.0");

    /** {@code HTTP/x.y}: what is looked at to tell a wrong version from no version at all. */
    private static final long HTTP_X_Y = Ascii.word("HTTP/\0.\0");

    private static final long NOT_DIGITS = Ascii.word("\u00ff\u00ff\u00ff\u00ff\u00ff\0\u00ff\0");

    private static final int LINE_END = 2;

    /** A version and the line's end. */
    private static final int TAIL = Long.BYTES + LINE_END;

    private RequestLine() {}

    static int parse(MemorySegment bytes, int start, int end, int limit, RequestHead head) {
        int targetStart = method(bytes, start, end, head);
        if (targetStart < 0) {
            return limited(targetStart, end - start, limit);
        }
        int targetEnd = Ascii.visibleEnd(bytes, targetStart, end);
        if (targetEnd == end) {
            return limited(HeadParser.INCOMPLETE, end - start, limit);
        }
        if (Ascii.at(bytes, targetEnd) != Ascii.SP || targetEnd == targetStart) {
            return -400;
        }
        int behind = version(bytes, targetEnd + 1, end, head);
        if (behind < 0) {
            return limited(behind, end - start, limit);
        }
        if (behind - start - LINE_END > limit) {
            return -414;
        }
        head.targetStart = targetStart;
        head.targetEnd = targetEnd;
        int refusal = target(bytes, targetStart, targetEnd, head);
        return refusal == 0 ? behind : refusal;
    }

    private static int limited(int result, int length, int limit) {
        return result == HeadParser.INCOMPLETE && length >= limit + LINE_END ? -414 : result;
    }

    /** Takes the method and its space; the method may be any token. */
    private static int method(MemorySegment bytes, int start, int end, RequestHead head) {
        head.methodStart = start;
        if (end - start >= Integer.BYTES && Ascii.half(bytes, start) == GET_AND_SPACE) {
            head.method = Methods.GET;
            head.methodEnd = start + 3;
            return start + 4;
        }
        int i = Ascii.tokenEnd(bytes, start, end);
        if (i == end) {
            return HeadParser.INCOMPLETE;
        }
        if (i == start || Ascii.at(bytes, i) != Ascii.SP) {
            return -400;
        }
        head.method = Methods.find(bytes, start, i);
        head.methodEnd = i;
        return i + 1;
    }

    /** Takes the version and the line's end. A later minor version is read as 1.1, its superset. */
    private static int version(MemorySegment bytes, int start, int end, RequestHead head) {
        if (end - start < TAIL) {
            // No line that could still become right has ended yet.
            return Ascii.indexOf(bytes, start, end, Ascii.LF) < end ? -400 : HeadParser.INCOMPLETE;
        }
        long version = Ascii.word(bytes, start);
        if (version == HTTP_1_1) {
            head.minorVersion = 1;
        } else if (version == HTTP_1_0) {
            head.minorVersion = 0;
        } else {
            int major = Ascii.at(bytes, start + 5) - '0';
            int minor = Ascii.at(bytes, start + 7) - '0';
            boolean shaped = (version & NOT_DIGITS) == HTTP_X_Y && minor >= 0 && minor <= 9;
            if (!shaped || major < 0 || major > 9) {
                return -400;
            }
            if (major != 1) {
                return -505;
            }
            head.minorVersion = 1;
        }
        return Ascii.at(bytes, start + 8) == Ascii.CR && Ascii.at(bytes, start + 9) == Ascii.LF
                ? start + TAIL
                : -400;
    }

    /**
     * Looks at the target's form, section 3.2: a path, a whole URI, or {@code *} of OPTIONS. A
     * tunnel (CONNECT) is nothing that this server makes.
     *
     * @return 0, or the status to refuse it with, negated
     */
    private static int target(MemorySegment bytes, int start, int end, RequestHead head) {
        if (head.method != null && head.method.equals(Methods.CONNECT)) {
            return -501;
        }
        if (Ascii.indexOf(bytes, start, end, (byte) '#') < end) {
            return -400;
        }
        int path = start;
        byte first = Ascii.at(bytes, start);
        if (first == '*') {
            boolean options = head.method != null && head.method.equals(Methods.OPTIONS);
            if (end - start != 1 || !options) {
                return -400;
            }
        } else if (first != '/') {
            path = behindAuthority(bytes, start, end);
            if (path < 0) {
                return -400;
            }
        }
        head.pathStart = path;
        head.pathEnd = Ascii.indexOf(bytes, path, end, (byte) '?');
        return 0;
    }

    /** The index of an absolute URI's path, which may be empty, or -1 if this is no such URI. */
    private static int behindAuthority(MemorySegment bytes, int start, int end) {
        int authority;
        if (schemed(bytes, start, end, "http://")) {
            authority = start + 7;
        } else if (schemed(bytes, start, end, "https://")) {
            authority = start + 8;
        } else {
            return -1;
        }
        int i = authority;
        while (i < end && Ascii.authority(Ascii.at(bytes, i))) {
            i++;
        }
        boolean ended = i == end || Ascii.at(bytes, i) == '/' || Ascii.at(bytes, i) == '?';
        return ended && i > authority ? i : -1;
    }

    private static boolean schemed(MemorySegment bytes, int start, int end, String scheme) {
        int behind = start + scheme.length();
        return behind <= end && Ascii.equalsIgnoringCase(bytes, start, behind, scheme);
    }
}

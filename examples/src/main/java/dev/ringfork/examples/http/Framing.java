// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;

/**
 * The rules of the few fields that decide where a message ends and whether the connection goes on:
 * Host, Content-Length, Transfer-Encoding, Connection and Expect.
 *
 * <p>Two programs that disagree about these can be made to see different requests in the same
 * bytes. So whatever RFC 9112 sections 6 and 7 leave to a recipient's leniency is refused.
 * Stateless. The methods return 0, or the status to refuse the request with, negated.
 */
final class Framing {
    private static final int HOST = Ascii.half("host");
    private static final int LOWER = Ascii.half("    ");

    /** A length of more digits would overflow; the largest of 18 digits is 888 pebibytes. */
    private static final int LENGTH_DIGITS = 18;

    private Framing() {}

    /** Looks at one field line; most are of no interest, which their length already tells. */
    static int field(
            MemorySegment bytes, int name, int nameEnd, int value, int valueEnd, RequestHead head) {
        return switch (nameEnd - name) {
            case 4 -> // A token has no character below 0x20, so setting this bit only lowers
                    // letters.
                    (Ascii.half(bytes, name) | LOWER) == HOST
                            ? host(bytes, value, valueEnd, head)
                            : 0;
            case 6 ->
                    Ascii.equalsIgnoringCase(bytes, name, nameEnd, "expect")
                            ? expect(bytes, value, valueEnd, head)
                            : 0;
            case 10 ->
                    Ascii.equalsIgnoringCase(bytes, name, nameEnd, "connection")
                            ? connection(bytes, value, valueEnd, head)
                            : 0;
            case 14 ->
                    Ascii.equalsIgnoringCase(bytes, name, nameEnd, "content-length")
                            ? contentLength(bytes, value, valueEnd, head)
                            : 0;
            case 17 ->
                    Ascii.equalsIgnoringCase(bytes, name, nameEnd, "transfer-encoding")
                            ? transferEncoding(bytes, value, valueEnd, head)
                            : 0;
            default -> 0;
        };
    }

    /** What can only be said once all field lines are known. */
    static int check(RequestHead head) {
        if (head.minorVersion > 0 && head.hostCount == 0) {
            return -400;
        }
        // Either a client's mistake or an attempt to hide a request from a program in between.
        boolean chunked = head.has(RequestHead.CHUNKED);
        if (chunked && (head.minorVersion == 0 || head.contentLength >= 0)) {
            return -400;
        }
        return 0;
    }

    /** RFC 9112 section 3.2: exactly one, with a value that could be a host; it may be empty. */
    private static int host(MemorySegment bytes, int value, int end, RequestHead head) {
        for (int i = value; i < end; i++) {
            if (!Ascii.authority(Ascii.at(bytes, i))) {
                return -400;
            }
        }
        return ++head.hostCount > 1 ? -400 : 0;
    }

    /** RFC 9110 section 8.6: one line of digits. A list, even of equal lengths, is refused. */
    private static int contentLength(MemorySegment bytes, int value, int end, RequestHead head) {
        if (head.contentLength >= 0 || end == value || end - value > LENGTH_DIGITS) {
            return -400;
        }
        long length = 0;
        for (int i = value; i < end; i++) {
            int digit = Ascii.at(bytes, i) - '0';
            if (digit < 0 || digit > 9) {
                return -400;
            }
            length = length * 10 + digit;
        }
        head.contentLength = length;
        return 0;
    }

    /**
     * RFC 9112 section 6.1: {@code chunked} and nothing else. A list that ends in it is right but
     * asks for a coding that is not implemented; anything else has no end that could be found.
     */
    private static int transferEncoding(MemorySegment bytes, int value, int end, RequestHead head) {
        if (head.has(RequestHead.CHUNKED)) {
            return -400;
        }
        if (Ascii.equalsIgnoringCase(bytes, value, end, "chunked")) {
            head.flags |= RequestHead.CHUNKED;
            return 0;
        }
        int last = end;
        while (last > value && Ascii.at(bytes, last - 1) != ',') {
            last--;
        }
        int coding = Ascii.skipBlanks(bytes, last, end);
        boolean listed = last > value && Ascii.equalsIgnoringCase(bytes, coding, end, "chunked");
        return listed ? -501 : -400;
    }

    /** RFC 9110 section 7.6.1: a list of options, two of which matter. */
    private static int connection(MemorySegment bytes, int value, int end, RequestHead head) {
        int i = value;
        while (i < end) {
            int comma = Ascii.indexOf(bytes, i, end, (byte) ',');
            int option = Ascii.skipBlanks(bytes, i, comma);
            int optionEnd = Ascii.trimBlanks(bytes, option, comma);
            if (Ascii.equalsIgnoringCase(bytes, option, optionEnd, "close")) {
                head.flags |= RequestHead.CLOSE;
            } else if (Ascii.equalsIgnoringCase(bytes, option, optionEnd, "keep-alive")) {
                head.flags |= RequestHead.KEEP_ALIVE;
            }
            i = comma + 1;
        }
        return 0;
    }

    /** RFC 9110 section 10.1.1: one expectation is known, any other cannot be met. */
    private static int expect(MemorySegment bytes, int value, int end, RequestHead head) {
        if (!Ascii.equalsIgnoringCase(bytes, value, end, "100-continue")) {
            return -417;
        }
        head.flags |= RequestHead.EXPECT_CONTINUE;
        return 0;
    }
}

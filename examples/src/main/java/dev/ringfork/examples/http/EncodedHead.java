// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a response's head, and of its body if that is small, with room for the date.
 *
 * <p>Immutable: nobody writes to the array once it is made.
 *
 * @param bytes the head, the empty line, and the body if it is inlined
 * @param length how many of them are the head, without the empty line
 * @param dateIndex where the room for the date begins
 * @param sized whether the head says how long the body is, or that there is none
 * @param inlined whether the body follows the empty line
 */
// A record of an array compares by reference; nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
record EncodedHead(byte[] bytes, int length, int dateIndex, boolean sized, boolean inlined) {
    /** Bodies up to this size are copied together with the head; larger ones go piece by piece. */
    static final int INLINE_BYTES = 8 * 1024;

    private static final String DATE_ROOM = " ".repeat(HttpDate.LENGTH);

    static EncodedHead of(ReadyResponse response) {
        StringBuilder head = new StringBuilder(256);
        head.append("HTTP/1.1 ").append(response.status()).append(' ');
        head.append(HttpStatus.phrase(response.status())).append("\r\nDate: ");
        int dateIndex = head.length();
        head.append(DATE_ROOM).append("\r\n");
        String[] fields = response.fields();
        for (int i = 0; i < fields.length; i += 2) {
            head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
        }
        Content content = response.content();
        boolean bodiless = HttpStatus.bodiless(response.status());
        if (content.length() >= 0 && !bodiless) {
            head.append("Content-Length: ").append(content.length()).append("\r\n");
        }
        int length = head.length();
        head.append("\r\n");
        byte[] text = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        boolean inlined =
                content instanceof Content.Bytes && content.length() <= INLINE_BYTES && !bodiless;
        byte[] bytes = inlined ? joined(text, ((Content.Bytes) content).array()) : text;
        boolean sized = bodiless || content.length() >= 0;
        return new EncodedHead(bytes, length, dateIndex, sized, inlined);
    }

    /** Behind the empty line. */
    int bodyStart() {
        return length + 2;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}

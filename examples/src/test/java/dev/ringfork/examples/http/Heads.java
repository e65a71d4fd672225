// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Heads to parse, in memory that ends where they do: a read behind them throws. */
final class Heads {
    private Heads() {}

    static MemorySegment memory(byte[] bytes) {
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, bytes.length));
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, bytes.length);
        return memory.asSlice(0, bytes.length);
    }

    static MemorySegment memory(String text) {
        return memory(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static int parse(String text, RequestHead head) {
        return HeadParser.parse(memory(text), 0, text.length(), HttpLimits.DEFAULT, head);
    }

    static int parse(String text) {
        return parse(text, head());
    }

    static RequestHead head() {
        return new RequestHead(HttpLimits.DEFAULT.fieldCount());
    }

    /** A request of these lines. */
    static String of(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }
}

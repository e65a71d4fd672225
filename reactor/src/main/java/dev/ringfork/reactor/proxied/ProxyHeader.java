// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ringfork.bindings.Address;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says in front of a connection's bytes, as the PROXY protocol's specification has it.
 * Immutable.
 *
 * @param bytes how long the header is; 0 when it is not whole yet, negative when it is none
 * @param source the client, or null when the proxy speaks for itself or does not know
 * @param destination what the client has connected to, or null
 */
record ProxyHeader(int bytes, @Nullable Address source, @Nullable Address destination) {
    /** More bytes are needed. */
    static final ProxyHeader INCOMPLETE = new ProxyHeader(0, null, null);

    /** Never will this be a header. */
    static final ProxyHeader MALFORMED = new ProxyHeader(-1, null, null);

    /** The longest header of version 1, its end included. */
    static final int TEXT_MAX = 107;

    private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);

    private static final Pattern LINE =
            Pattern.compile(
                    "PROXY TCP([46]) ([0-9a-fA-F:.]+) ([0-9a-fA-F:.]+) ([0-9]{1,5}) ([0-9]{1,5})");

    boolean complete() {
        return bytes > 0;
    }

    boolean malformed() {
        return bytes < 0;
    }

    /**
     * Reads a header.
     *
     * @param from the index of its first byte
     * @param to the index behind the last byte that has come
     * @param most the longest header of version 2 that is taken
     */
    static ProxyHeader read(MemorySegment memory, int from, int to, int most) {
        if (to == from) {
            return INCOMPLETE;
        }
        boolean text = memory.get(JAVA_BYTE, from) == TEXT[0];
        byte[] signature = text ? TEXT : BinaryHeader.SIGNATURE;
        int there = Math.min(to - from, signature.length);
        for (int i = 0; i < there; i++) {
            if (memory.get(JAVA_BYTE, from + (long) i) != signature[i]) {
                return MALFORMED;
            }
        }
        if (there < signature.length) {
            return INCOMPLETE;
        }
        return text ? text(memory, from, to) : BinaryHeader.read(memory, from, to, most);
    }

    private static ProxyHeader text(MemorySegment memory, int from, int to) {
        int end = Math.min(to, from + TEXT_MAX);
        for (int at = from; at < end; at++) {
            byte b = memory.get(JAVA_BYTE, at);
            if (b == '\r') {
                if (at + 1 == end) {
                    return end - from == TEXT_MAX ? MALFORMED : INCOMPLETE;
                }
                return memory.get(JAVA_BYTE, at + 1L) == '\n'
                        ? line(memory.asSlice(from, at - (long) from))
                        : MALFORMED;
            }
            if (b < ' ' || b > '~') {
                return MALFORMED;
            }
        }
        return end - from == TEXT_MAX ? MALFORMED : INCOMPLETE;
    }

    /** Reads a line without its end. */
    private static ProxyHeader line(MemorySegment memory) {
        int bytes = (int) memory.byteSize() + 2;
        String line = new String(memory.toArray(JAVA_BYTE), StandardCharsets.US_ASCII);
        if (line.equals("PROXY UNKNOWN") || line.startsWith("PROXY UNKNOWN ")) {
            return new ProxyHeader(bytes, null, null);
        }
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            return MALFORMED;
        }
        boolean inet4 = parts.group(1).equals("4");
        Address source = address(inet4, parts.group(2), parts.group(4));
        Address destination = address(inet4, parts.group(3), parts.group(5));
        return source == null || destination == null
                ? MALFORMED
                : new ProxyHeader(bytes, source, destination);
    }

    private static @Nullable Address address(boolean inet4, String host, String port) {
        if (port.length() > 1 && port.startsWith("0")) {
            return null;
        }
        try {
            return Address.parse((inet4 ? host : "[" + host + "]") + ":" + port);
        } catch (IllegalArgumentException e) {
            // Of the right letters, but no address.
            return null;
        }
    }
}

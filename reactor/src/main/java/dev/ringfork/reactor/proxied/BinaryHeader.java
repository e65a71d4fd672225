// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ringfork.bindings.Address;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Version 2 of the PROXY protocol's header: a signature, addresses, and extensions (TLV). */
final class BinaryHeader {
    static final byte[] SIGNATURE = {
        '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
    };

    /** What comes before the addresses. */
    static final int FIXED_BYTES = 16;

    private static final ValueLayout.OfShort SHORT =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;

    private static final int UNSPECIFIED = 0;
    private static final int INET = 1;
    private static final int INET6 = 2;
    private static final int UNIX = 3;
    private static final int TRANSPORT_MAX = 2;

    private static final int INET_BYTES = 4;
    private static final int INET6_BYTES = 16;
    private static final int UNIX_BYTES = 108;

    /** The checksum of the whole header, taken with 0 in its own place. */
    private static final int TYPE_CRC32C = 3;

    private static final int TLV_BYTES = 3;

    private final MemorySegment header;

    private BinaryHeader(MemorySegment header) {
        this.header = header;
    }

    /** Reads a header whose signature is there. */
    static ProxyHeader read(MemorySegment memory, int from, int to, int most) {
        int there = to - from;
        if (there > SIGNATURE.length) {
            int command = Byte.toUnsignedInt(memory.get(JAVA_BYTE, from + 12L));
            if (command != LOCAL && command != PROXY) {
                return ProxyHeader.MALFORMED;
            }
        }
        if (there < FIXED_BYTES) {
            return ProxyHeader.INCOMPLETE;
        }
        int bytes = FIXED_BYTES + Short.toUnsignedInt(memory.get(SHORT, from + 14L));
        if (bytes > most) {
            return ProxyHeader.MALFORMED;
        }
        return there < bytes
                ? ProxyHeader.INCOMPLETE
                : new BinaryHeader(memory.asSlice(from, bytes)).read();
    }

    private ProxyHeader read() {
        int bytes = (int) header.byteSize();
        int family = unsigned(13) >>> 4;
        int transport = unsigned(13) & 0xf;
        if (unsigned(12) == LOCAL) {
            // The proxy's own connection, to see whether this server lives: the rest is void.
            return new ProxyHeader(bytes, null, null);
        }
        if (family > UNIX || transport > TRANSPORT_MAX) {
            return ProxyHeader.MALFORMED;
        }
        int host = hostBytes(family);
        int addresses = family == UNIX ? 2 * host : 2 * (host + Short.BYTES);
        int rest = FIXED_BYTES + (family == UNSPECIFIED ? 0 : addresses);
        if (rest > bytes || !extensionsAreGood(rest)) {
            return ProxyHeader.MALFORMED;
        }
        if (family == UNSPECIFIED || transport == UNSPECIFIED) {
            return new ProxyHeader(bytes, null, null);
        }
        int ports = FIXED_BYTES + 2 * host;
        return new ProxyHeader(
                bytes,
                address(family, FIXED_BYTES, ports),
                address(family, FIXED_BYTES + host, ports + Short.BYTES));
    }

    private static int hostBytes(int family) {
        return switch (family) {
            case INET -> INET_BYTES;
            case INET6 -> INET6_BYTES;
            default -> UNIX_BYTES;
        };
    }

    private Address address(int family, int at, int port) {
        return switch (family) {
            case INET -> new Address.Inet4(header.get(INT, at), port(port));
            case INET6 ->
                    new Address.Inet6(
                            header.get(LONG, at), header.get(LONG, at + 8L), port(port), 0);
            default -> unix(at);
        };
    }

    private int port(int at) {
        return Short.toUnsignedInt(header.get(SHORT, at));
    }

    /** A path ends with a NUL where it is shorter than its room; a name begins with one. */
    private Address unix(int at) {
        byte[] room = header.asSlice(at, UNIX_BYTES).toArray(JAVA_BYTE);
        int first = room[0] == 0 ? 1 : 0;
        int end = first;
        while (end < room.length && room[end] != 0) {
            end++;
        }
        String text = new String(room, first, end - first, StandardCharsets.UTF_8);
        if (text.isEmpty()) {
            return new Address.Unnamed();
        }
        return first == 0 ? new Address.Unix(text) : new Address.Abstract(text);
    }

    private boolean extensionsAreGood(int from) {
        int at = from;
        int end = (int) header.byteSize();
        while (at + TLV_BYTES <= end) {
            int value = at + TLV_BYTES;
            int length = Short.toUnsignedInt(header.get(SHORT, at + 1L));
            if (value + length > end) {
                return false;
            }
            if (unsigned(at) == TYPE_CRC32C && !(length == Integer.BYTES && sumIsGood(value))) {
                return false;
            }
            at = value + length;
        }
        return at == end;
    }

    private boolean sumIsGood(int at) {
        byte[] bytes = header.toArray(JAVA_BYTE);
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, at);
        sum.update(new byte[Integer.BYTES]);
        sum.update(bytes, at + Integer.BYTES, bytes.length - at - Integer.BYTES);
        return (int) sum.getValue() == header.get(INT, at);
    }

    private int unsigned(int at) {
        return Byte.toUnsignedInt(header.get(JAVA_BYTE, at));
    }
}

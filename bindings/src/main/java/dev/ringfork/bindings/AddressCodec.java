// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ringfork.bindings.abi.Constants;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Addresses to sockaddr structs of a platform and back. Immutable. */
final class AddressCodec {

    static final AddressCodec CURRENT = new AddressCodec(Platform.current());

    // What travels in network order; the rest is in the order of the machine.
    private static final ValueLayout.OfShort PORT =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt HOST4 =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong HOST6 =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Platform platform;
    private final Layouts layouts;
    private final int inet4;
    private final int inet6;
    private final int unix;
    private final int path;
    private final int pathBytes;

    AddressCodec(Platform platform) {
        this.platform = platform;
        layouts = Layouts.of(platform);
        Constants constants = Constants.of(platform);
        inet4 = (int) constants.value("AF_INET");
        inet6 = (int) constants.value("AF_INET6");
        unix = (int) constants.value("AF_UNIX");
        path = layouts.offset("sockaddr_un", "sun_path");
        pathBytes = layouts.size("sockaddr_un", "sun_path");
    }

    int family(Address address) {
        return switch (address) {
            case Address.Inet4 _ -> inet4;
            case Address.Inet6 _ -> inet6;
            case Address.Unix _, Address.Abstract _, Address.Unnamed _ -> unix;
        };
    }

    int encode(Address address, MemorySegment memory) {
        int length =
                switch (address) {
                    case Address.Inet4 inet -> encode4(inet, memory);
                    case Address.Inet6 inet -> encode6(inet, memory);
                    case Address.Unix named -> encodePath(named, memory);
                    case Address.Abstract named -> encodeName(named, memory);
                    case Address.Unnamed _ -> path;
                };
        if (platform.macos()) {
            memory.set(JAVA_BYTE, 0, (byte) length);
            memory.set(JAVA_BYTE, 1, (byte) family(address));
        } else {
            memory.set(JAVA_SHORT_UNALIGNED, 0, (short) family(address));
        }
        return length;
    }

    private int encode4(Address.Inet4 address, MemorySegment memory) {
        int length = layouts.size("sockaddr_in");
        memory.asSlice(0, length).fill((byte) 0);
        memory.set(PORT, layouts.offset("sockaddr_in", "sin_port"), (short) address.port());
        memory.set(HOST4, layouts.offset("sockaddr_in", "sin_addr"), address.host());
        return length;
    }

    private int encode6(Address.Inet6 address, MemorySegment memory) {
        int length = layouts.size("sockaddr_in6");
        int host = layouts.offset("sockaddr_in6", "sin6_addr");
        int scope = layouts.offset("sockaddr_in6", "sin6_scope_id");
        memory.asSlice(0, length).fill((byte) 0);
        memory.set(PORT, layouts.offset("sockaddr_in6", "sin6_port"), (short) address.port());
        memory.set(HOST6, host, address.high());
        memory.set(HOST6, host + Long.BYTES, address.low());
        memory.set(JAVA_INT_UNALIGNED, scope, address.scopeId());
        return length;
    }

    private int encodePath(Address.Unix address, MemorySegment memory) {
        byte[] bytes = address.path().getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= pathBytes) {
            throw new IllegalArgumentException(
                    "the path of a Unix socket takes at most %d bytes on %s, this has %d: %s"
                            .formatted(
                                    pathBytes - 1, platform.key(), bytes.length, address.path()));
        }
        MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, path, bytes.length);
        memory.set(JAVA_BYTE, path + bytes.length, (byte) 0);
        return path + bytes.length + 1;
    }

    private int encodeName(Address.Abstract address, MemorySegment memory) {
        if (platform.macos()) {
            throw new IllegalArgumentException(
                    "macOS has no abstract Unix sockets: give %s a path".formatted(address));
        }
        byte[] bytes = address.name().getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= pathBytes) {
            throw new IllegalArgumentException(
                    "the name of an abstract Unix socket takes at most %d bytes, this has %d: %s"
                            .formatted(pathBytes - 1, bytes.length, address.name()));
        }
        memory.set(JAVA_BYTE, path, (byte) 0);
        MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, path + 1, bytes.length);
        return path + 1 + bytes.length;
    }

    Address decode(MemorySegment memory, int length) {
        if (length == 0) {
            return new Address.Unnamed();
        }
        int family =
                platform.macos()
                        ? Byte.toUnsignedInt(memory.get(JAVA_BYTE, 1))
                        : memory.get(JAVA_SHORT_UNALIGNED, 0);
        if (family == inet4) {
            return new Address.Inet4(
                    memory.get(HOST4, layouts.offset("sockaddr_in", "sin_addr")),
                    port(memory, layouts.offset("sockaddr_in", "sin_port")));
        }
        if (family == inet6) {
            int host = layouts.offset("sockaddr_in6", "sin6_addr");
            return new Address.Inet6(
                    memory.get(HOST6, host),
                    memory.get(HOST6, host + Long.BYTES),
                    port(memory, layouts.offset("sockaddr_in6", "sin6_port")),
                    memory.get(
                            JAVA_INT_UNALIGNED, layouts.offset("sockaddr_in6", "sin6_scope_id")));
        }
        if (family == unix) {
            return decodeUnix(memory, Math.min(length, path + pathBytes));
        }
        throw new IllegalArgumentException("an address of the unknown family " + family);
    }

    private static int port(MemorySegment memory, int offset) {
        return Short.toUnsignedInt(memory.get(PORT, offset));
    }

    private Address decodeUnix(MemorySegment memory, int length) {
        if (length <= path) {
            return new Address.Unnamed();
        }
        if (memory.get(JAVA_BYTE, path) != 0) {
            int end = path;
            while (end < length && memory.get(JAVA_BYTE, end) != 0) {
                end++;
            }
            return new Address.Unix(text(memory, path, end));
        }
        // macOS reports an unnamed socket as a full-length path of NULs.
        return platform.macos()
                ? new Address.Unnamed()
                : new Address.Abstract(text(memory, path + 1, length));
    }

    private static String text(MemorySegment memory, int from, int to) {
        byte[] bytes = memory.asSlice(from, to - (long) from).toArray(JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.MemorySegment;

/**
 * The address of a socket, sockaddr(3type). Immutable.
 *
 * <p>{@link #parse} reads what {@link Object#toString} writes: {@code 127.0.0.1:80}, {@code
 * [::1]:80}, {@code [fe80::1%2]:80}, {@code unix:/run/app.sock}, {@code unix:@name} for the
 * abstract namespace of Linux, {@code unix:} for a Unix socket without a name. Names of hosts are
 * not resolved.
 */
public sealed interface Address {

    /** The room that every address fits in, the size of a {@code sockaddr_storage}. */
    int BYTES_MAX = Layouts.current().size("sockaddr_storage");

    /**
     * An IPv4 address and port, ip(7).
     *
     * @param host the four bytes, the first one highest: {@code 0x7f000001} is 127.0.0.1
     * @param port 0 to 65535; 0 lets bind(2) choose
     */
    record Inet4(int host, int port) implements Address {

        /** Checks the port. */
        public Inet4 {
            requirePort(port);
        }

        @Override
        public String toString() {
            return InetText.format4(host) + ":" + port;
        }
    }

    /**
     * An IPv6 address and port, ipv6(7).
     *
     * @param high the first eight bytes, the first one highest
     * @param low the other eight
     * @param port 0 to 65535; 0 lets bind(2) choose
     * @param scopeId the index of the interface that a link-local address belongs to, or 0
     */
    record Inet6(long high, long low, int port, int scopeId) implements Address {

        /** Checks the port. */
        public Inet6 {
            requirePort(port);
        }

        @Override
        public String toString() {
            String scope = scopeId == 0 ? "" : "%" + Integer.toUnsignedString(scopeId);
            return "[" + InetText.format6(high, low) + scope + "]:" + port;
        }
    }

    /**
     * A Unix socket with a path, unix(7).
     *
     * @param path at most 107 bytes in UTF-8 on Linux, 103 on macOS
     */
    record Unix(String path) implements Address {

        /**
         * Checks that there is a path; one that begins with {@code @} gets {@code ./} before it.
         */
        public Unix {
            if (path.isEmpty() || path.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a path is not empty and has no NUL");
            }
            path = path.startsWith("@") ? "./" + path : path;
        }

        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /**
     * A Unix socket in the abstract namespace, which vanishes with its last descriptor. Linux only.
     *
     * @param name at most 107 bytes in UTF-8
     */
    record Abstract(String name) implements Address {

        @Override
        public String toString() {
            return "unix:@" + name;
        }
    }

    /** A Unix socket that was not bound, one of a socketpair(2) for instance. */
    record Unnamed() implements Address {

        @Override
        public String toString() {
            return "unix:";
        }
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException if the text is none; the message shows the forms
     */
    static Address parse(String text) {
        if (text.startsWith("unix:@")) {
            return new Abstract(text.substring("unix:@".length()));
        }
        if (text.startsWith("unix:")) {
            return text.length() == "unix:".length()
                    ? new Unnamed()
                    : new Unix(text.substring("unix:".length()));
        }
        return InetText.parse(text);
    }

    /**
     * Writes the address as a sockaddr of this platform.
     *
     * @param memory room for it, {@link #BYTES_MAX} at most
     * @return its length, for bind(2) and connect(2)
     * @throws IllegalArgumentException if a path is too long, or the platform has no such address
     */
    default int encode(MemorySegment memory) {
        return AddressCodec.CURRENT.encode(this, memory);
    }

    /** Writes the address as a sockaddr of any platform. */
    default int encode(Platform platform, MemorySegment memory) {
        return new AddressCodec(platform).encode(this, memory);
    }

    /**
     * Reads a sockaddr of this platform.
     *
     * @param length as the kernel stored it; 0 is what an unnamed peer on macOS has
     * @throws IllegalArgumentException if it is of a family that this type does not have
     */
    static Address decode(MemorySegment memory, int length) {
        return AddressCodec.CURRENT.decode(memory, length);
    }

    /** Reads a sockaddr of any platform. */
    static Address decode(Platform platform, MemorySegment memory, int length) {
        return new AddressCodec(platform).decode(memory, length);
    }

    private static void requirePort(int port) {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
    }

    /** The family, {@code AF_INET} for instance, to make a socket for this address with. */
    default int family() {
        return AddressCodec.CURRENT.family(this);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Address;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Addresses as flags name them. */
final class Hosts {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*");

    private Hosts() {}

    /**
     * An address that is written out is taken as it is; any other word is looked up.
     *
     * @throws IllegalArgumentException if it is no address and no name that is known
     */
    static Address inet(String host, int port) {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("ports go from 0 to 65535, not " + port);
        }
        try {
            String found =
                    LITERAL.matcher(host).matches()
                            ? host
                            : InetAddress.getByName(host).getHostAddress();
            return Address.parse(
                    (found.contains(":") ? "[%s]:%d" : "%s:%d").formatted(found, port));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("there is no address '%s'".formatted(host), e);
        }
    }

    /**
     * The path of a Unix socket.
     *
     * @throws IllegalArgumentException if it is none, or too long
     */
    static Address unix(String path) {
        try (Arena scratch = Arena.ofConfined()) {
            Address address = Address.parse("unix:" + path);
            // Whether a path fits is known to the encoder alone.
            address.encode(scratch.allocate(Address.BYTES_MAX, 8));
            return address;
        }
    }

    /**
     * What can be connected to: {@code HOST:PORT}, {@code [ADDRESS]:PORT} or {@code unix:PATH}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static Address parse(String text) {
        if (text.startsWith("unix:")) {
            return unix(text.substring("unix:".length()));
        }
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IllegalArgumentException(
                    "'%s' is not HOST:PORT, [ADDRESS]:PORT or unix:PATH".formatted(text));
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port == 0) {
            throw new IllegalArgumentException("port 0 is nobody's to connect to");
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return inet(bracketed ? host.substring(1, host.length() - 1) : host, port);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a listener was asked for, by which a later master finds it again: an address with port 0
 * stays one, whatever the kernel chose. Immutable.
 *
 * @param number how many with the same address were asked for before it
 * @param slot the place of a worker, where each has a listener; {@link #OF_ALL} for one of all
 * @param packets whether its connections carry packets
 * @param address as it was asked for
 */
record Place(int number, int slot, boolean packets, Address address) {
    /** It is no worker's own. */
    static final int OF_ALL = -1;

    private static final String STREAM = "stream";
    private static final String PACKETS = "packets";
    private static final Pattern SYNTAX =
            Pattern.compile("(\\d{1,9})(?:#(\\d{1,9}))? (stream|packets) (.*)", Pattern.DOTALL);

    /** The first of an address. */
    static Place first(Address address, boolean packets) {
        return new Place(0, OF_ALL, packets, address);
    }

    /** The next of the same address. */
    Place next() {
        return new Place(number + 1, slot, packets, address);
    }

    /** That of a worker, of those at the same port. */
    Place of(int slot) {
        return new Place(number, slot, packets, address);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Place parse(String text) {
        Matcher parts = SYNTAX.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no listener that a master hands to its successor; unset %s"
                            .formatted(text, Inheritance.LISTENERS));
        }
        String slot = parts.group(2);
        return new Place(
                Integer.parseInt(parts.group(1)),
                slot == null ? OF_ALL : Integer.parseInt(slot),
                parts.group(3).equals(PACKETS),
                Address.parse(parts.group(4)));
    }

    /** {@code 0 stream 127.0.0.1:80}, or with a slot {@code 0#1 stream 127.0.0.1:80}. */
    @Override
    public String toString() {
        String where = slot == OF_ALL ? "" : "#" + slot;
        return "%d%s %s %s".formatted(number, where, packets ? PACKETS : STREAM, address);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;

/**
 * What a listener was asked for, by which a later master finds it again: an address with port 0
 * stays one, whatever the kernel chose. Immutable.
 *
 * @param number how many with the same address were asked for before it
 * @param packets whether its connections carry packets
 * @param address as it was asked for
 */
record Place(int number, boolean packets, Address address) {
    private static final String STREAM = "stream";
    private static final String PACKETS = "packets";

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Place parse(String text) {
        String[] parts = text.split(" ", 3);
        if (parts.length != 3
                || !parts[0].matches("\\d{1,9}")
                || !(parts[1].equals(STREAM) || parts[1].equals(PACKETS))) {
            throw new IllegalArgumentException(
                    "'%s' is no listener that a master hands to its successor; unset %s"
                            .formatted(text, Inheritance.LISTENERS));
        }
        return new Place(
                Integer.parseInt(parts[0]), parts[1].equals(PACKETS), Address.parse(parts[2]));
    }

    /** {@code 0 stream 127.0.0.1:80}. */
    @Override
    public String toString() {
        return "%d %s %s".formatted(number, packets ? PACKETS : STREAM, address);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.queue;

/** What holds for packets wherever they are written. */
public final class Packets {
    private Packets() {}

    /**
     * Holds a packet against the bound that its receiver, if it is made like this, has too.
     *
     * @throws IllegalArgumentException if it is longer
     */
    public static void requireFits(long length, int bufferBytes) {
        if (length > bufferBytes) {
            throw new IllegalArgumentException(
                    "a packet of %d bytes does not fit into a buffer of %d: raise --buffer"
                            .formatted(length, bufferBytes));
        }
    }
}

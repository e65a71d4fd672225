// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.uring.BufferRing;

/**
 * What a server does with a ring, where its loops move bytes by operations.
 *
 * <p>Immutable; {@code RingUse.DEFAULT.withBuffers(64)} is another.
 *
 * @param buffers how many of a loop's buffers the kernel keeps to receive into, a power of two; at
 *     most half of them
 * @param zeroCopyBytes from how many bytes on a connection sends without a copy by the kernel, 0
 *     for never: it pays for much at once on a network card that can, and costs on loopback
 * @param repeatReceives whether a receive goes on after the first bytes (multishot), or is begun
 *     anew each time
 * @param bundles whether a receive that goes on may fill several buffers before it tells: fewer
 *     completions where much comes in at once, and one connection may have all buffers for a moment
 * @param repeatAccepts whether an accept goes on after the first connection (multishot), or is
 *     begun anew each time
 * @param incremental whether a buffer is filled piece by piece, and the session shown each piece
 *     where it lies, or is given a buffer of its own for each arrival
 */
public record RingUse(
        int buffers,
        int zeroCopyBytes,
        boolean repeatReceives,
        boolean bundles,
        boolean repeatAccepts,
        Incremental incremental) {

    /** Whether the kernel fills buffers piece by piece. */
    public enum Incremental {
        /** What is better as far as was measured: as {@link #OFF}. */
        AUTO,
        /** Each buffer again and again until it is full, which takes Linux 6.12. */
        ON,
        /** Each buffer once, and be it with a byte. */
        OFF
    }

    /** What most servers want. */
    public static final RingUse DEFAULT = new RingUse(256, 0, true, false, true, Incremental.AUTO);

    /**
     * Holds the values against what is possible.
     *
     * @throws IllegalArgumentException if one makes no sense: the message says which
     */
    public RingUse {
        if (Integer.bitCount(buffers) != 1 || buffers < 1 || buffers > BufferRing.ENTRIES_MAX) {
            throw new IllegalArgumentException(
                    "the kernel keeps a power of two of buffers up to %d, not %d"
                            .formatted(BufferRing.ENTRIES_MAX, buffers));
        }
        if (zeroCopyBytes < 0) {
            throw new IllegalArgumentException(
                    "from %d bytes on nothing can be sent".formatted(zeroCopyBytes));
        }
        if (bundles && !repeatReceives) {
            throw new IllegalArgumentException(
                    "bundles are for receives that go on: leave --recv multishot");
        }
        if (bundles && incremental == Incremental.ON) {
            throw new IllegalArgumentException(
                    "a receive fills several buffers, or each piece by piece: leave out --bundle or"
                            + " --incremental");
        }
    }

    /** The same with another number of buffers for the kernel. */
    public RingUse withBuffers(int count) {
        return new RingUse(
                count, zeroCopyBytes, repeatReceives, bundles, repeatAccepts, incremental);
    }

    /** The same with another threshold for sending without a copy. */
    public RingUse withZeroCopy(int bytes) {
        return new RingUse(buffers, bytes, repeatReceives, bundles, repeatAccepts, incremental);
    }

    /** The same with receives that go on, or do not. */
    public RingUse withRepeatedReceives(boolean repeat) {
        return new RingUse(buffers, zeroCopyBytes, repeat, bundles, repeatAccepts, incremental);
    }

    /** The same with receives that may fill several buffers, or only one each. */
    public RingUse withBundles(boolean several) {
        return new RingUse(
                buffers, zeroCopyBytes, repeatReceives, several, repeatAccepts, incremental);
    }

    /** The same with buffers that are filled piece by piece, or not. */
    public RingUse withIncremental(Incremental choice) {
        return new RingUse(buffers, zeroCopyBytes, repeatReceives, bundles, repeatAccepts, choice);
    }

    /** The same with accepts that go on, or do not. */
    public RingUse withRepeatedAccepts(boolean repeat) {
        return new RingUse(buffers, zeroCopyBytes, repeatReceives, bundles, repeat, incremental);
    }
}

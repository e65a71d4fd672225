// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import org.jspecify.annotations.Nullable;

/**
 * What one operation has cost in several rounds.
 *
 * @param minNs in the best round, nanoseconds
 * @param medianNs in the median round
 * @param bytes of the heap, or null where nobody has looked
 */
public record Figure(double minNs, double medianNs, @Nullable Double bytes) {
    private static final double PERCENT = 100;

    /** The better of two: of best rounds, of medians and of bytes the least. */
    Figure better(Figure other) {
        return new Figure(
                Math.min(minNs, other.minNs),
                Math.min(medianNs, other.medianNs),
                bytes == null || other.bytes == null ? null : Math.min(bytes, other.bytes));
    }

    /** How much slower than the best round the median one was, in percent. */
    public double spread() {
        return (medianNs / minNs - 1) * PERCENT;
    }

    /** The cost as a multiple of another one, best round by best round. */
    public double ratio(Figure base) {
        return minNs / base.minNs;
    }
}

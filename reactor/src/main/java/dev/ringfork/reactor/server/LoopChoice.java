// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import org.jspecify.annotations.Nullable;

/**
 * How many loops a server has and how connections reach them.
 *
 * @param loops at least one
 * @param accept never null
 */
record LoopChoice(int loops, LoopAccept accept) {
    /** More loops than any machine has processors cost memory and win nothing. */
    static final int LOOPS_MAX = 1024;

    /**
     * Decides.
     *
     * @param loops null for one a processor
     * @param accept null for {@link LoopAccept#SHARED}
     * @throws IllegalArgumentException if there cannot be so many
     */
    static LoopChoice of(@Nullable Integer loops, @Nullable LoopAccept accept) {
        int number = loops == null ? Runtime.getRuntime().availableProcessors() : loops;
        if (number < 1 || number > LOOPS_MAX) {
            throw new IllegalArgumentException(
                    "%d loops: from 1 to %d are possible".formatted(number, LOOPS_MAX));
        }
        return new LoopChoice(number, accept == null ? LoopAccept.SHARED : accept);
    }

    /**
     * Makes sure that nobody has chosen what only several reactors have.
     *
     * @throws IllegalArgumentException if somebody has
     */
    static void refuse(
            Architecture architecture, @Nullable Integer loops, @Nullable LoopAccept accept) {
        if (loops != null) {
            throw new IllegalArgumentException(
                    "--architecture %s has no loops to count: leave --loops out, or choose --architecture multi-reactor"
                            .formatted(Names.of(architecture)));
        }
        if (accept != null) {
            throw new IllegalArgumentException(
                    "--architecture %s has one loop that accepts: leave --loop-accept out, or choose --architecture multi-reactor"
                            .formatted(Names.of(architecture)));
        }
    }

    /** As the command line would say it. */
    String description() {
        return "multi-reactor (%d %s, %s)"
                .formatted(loops, loops == 1 ? "loop" : "loops", Names.of(accept));
    }
}

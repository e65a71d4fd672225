// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import java.util.List;
import java.util.stream.Stream;

/**
 * How long each call is measured.
 *
 * @param forks JVMs of its own for each benchmark; 0 has all of a provider in one
 * @param warmUps rounds that do not count
 * @param warmUpMs how long one takes
 * @param rounds those that count
 * @param roundMs how long one takes
 */
public record Pace(int forks, int warmUps, int warmUpMs, int rounds, int roundMs) {
    /** A few hundred milliseconds each, all of a provider in one JVM: coarse. */
    public static final Pace QUICK = new Pace(0, 2, 70, 5, 20);

    /** Seconds each, in a JVM of its own. */
    public static final Pace FULL = new Pace(1, 3, 500, 10, 200);

    /** What the benchmarks in Java are told after the filter. */
    List<String> java() {
        return Stream.of(forks, warmUps, warmUpMs, rounds, roundMs).map(String::valueOf).toList();
    }

    /** What the C program is told: it needs no warm-up. */
    List<String> c() {
        return List.of("--rounds", String.valueOf(rounds), "--round-ms", String.valueOf(roundMs));
    }
}

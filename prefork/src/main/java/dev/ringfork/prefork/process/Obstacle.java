// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Why this process cannot be forked warm. Immutable.
 *
 * @param reason what is in the way
 * @param remedy what to do about it
 */
public record Obstacle(String reason, String remedy) {

    /** All of them in one line. */
    public static String sentence(List<Obstacle> obstacles) {
        return obstacles.stream().map(Obstacle::toString).collect(Collectors.joining("; "));
    }

    /** {@code reason: remedy}. */
    @Override
    public String toString() {
        return reason + ": " + remedy;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.scoreboard.Counts;

/**
 * How a worker is at a moment. Immutable.
 *
 * @param slot its place among the workers, from 0
 * @param pid its process, 0 while it is being started
 * @param generation the generation that it is of
 * @param phase what it does, in one word
 * @param serving whether it accepts
 * @param idle whether it does, and has no connection
 * @param ageNs how long ago it was started
 * @param heartbeatAgeNs how long ago the master saw its last sign of life, -1 before the first
 * @param deaths how many before it, in its place, have ended without being asked to
 * @param counts what it has counted
 */
public record WorkerState(
        int slot,
        int pid,
        int generation,
        String phase,
        boolean serving,
        boolean idle,
        long ageNs,
        long heartbeatAgeNs,
        int deaths,
        Counts counts) {}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.scoreboard;

/**
 * What a worker has counted, or several of them together. Immutable.
 *
 * @param connections open now
 * @param accepted connections accepted
 * @param requests requests answered
 * @param bytesIn bytes received
 * @param bytesOut bytes sent
 * @param cut connections ended by the end of a drain with work unfinished
 * @param shed connections closed unserved
 * @param stalls turns of a loop that took too long
 */
public record Counts(
        long connections,
        long accepted,
        long requests,
        long bytesIn,
        long bytesOut,
        long cut,
        long shed,
        long stalls) {

    /** Nothing. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0);

    /** What a record says now. */
    public static Counts of(Score score) {
        return new Counts(
                score.connections(),
                score.accepted(),
                score.requests(),
                score.bytesIn(),
                score.bytesOut(),
                score.cut(),
                score.shed(),
                score.stalls());
    }

    /** The same of somebody who has ended: no connection of theirs is open. */
    public Counts ended() {
        return new Counts(0, accepted, requests, bytesIn, bytesOut, cut, shed, stalls);
    }

    /** Both together. */
    public Counts plus(Counts other) {
        return new Counts(
                connections + other.connections,
                accepted + other.accepted,
                requests + other.requests,
                bytesIn + other.bytesIn,
                bytesOut + other.bytesOut,
                cut + other.cut,
                shed + other.shed,
                stalls + other.stalls);
    }
}

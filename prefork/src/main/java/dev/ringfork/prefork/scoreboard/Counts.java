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
 * @param dismissed connections let go because they were idle and there were more than wanted
 * @param exhausted accepts that found no descriptor or memory left
 * @param starved reads that had to wait for a buffer
 * @param overflows turns that began with completions that did not fit into a ring's queue
 * @param stalls turns of a loop that took too long
 * @param wakeups turns in which a listener was ready
 * @param emptyWakeups those of them that brought no connection: somebody else was faster
 * @param accepts connections that came out of a listener's queue; others were passed on by the
 *     master
 * @param emptyAccepts accepts that found nothing ({@code EAGAIN})
 */
public record Counts(
        long connections,
        long accepted,
        long requests,
        long bytesIn,
        long bytesOut,
        long cut,
        long shed,
        long dismissed,
        long exhausted,
        long starved,
        long overflows,
        long stalls,
        long wakeups,
        long emptyWakeups,
        long accepts,
        long emptyAccepts) {

    /** Nothing. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

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
                score.dismissed(),
                score.exhausted(),
                score.starved(),
                score.overflows(),
                score.stalls(),
                score.wakeups(),
                score.emptyWakeups(),
                score.accepts(),
                score.emptyAccepts());
    }

    /** So many connections closed unserved. */
    public static Counts shed(long connections) {
        return new Counts(0, 0, 0, 0, 0, 0, connections, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** The same of somebody who has ended: no connection of theirs is open. */
    public Counts ended() {
        return new Counts(
                0,
                accepted,
                requests,
                bytesIn,
                bytesOut,
                cut,
                shed,
                dismissed,
                exhausted,
                starved,
                overflows,
                stalls,
                wakeups,
                emptyWakeups,
                accepts,
                emptyAccepts);
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
                dismissed + other.dismissed,
                exhausted + other.exhausted,
                starved + other.starved,
                overflows + other.overflows,
                stalls + other.stalls,
                wakeups + other.wakeups,
                emptyWakeups + other.emptyWakeups,
                accepts + other.accepts,
                emptyAccepts + other.emptyAccepts);
    }
}

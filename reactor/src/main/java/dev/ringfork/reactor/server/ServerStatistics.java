// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/**
 * Counters of a server since its start, summed over its loops.
 *
 * <p>Where several processes share a listener, {@link #emptyWakeups} tells how often one of them
 * was woken for a connection that another one got.
 *
 * @param accepted connections taken into service: accepted here or adopted
 * @param closed connections ended, for whatever reason
 * @param cut connections ended by the end of a drain with work unfinished
 * @param shed connections closed unserved: at the connection limit, out of descriptors or threads,
 *     or at the end of the server
 * @param dismissed connections that were let go because they were idle and there were more than
 *     {@link ServerSettings#softConnections}
 * @param exhausted accepts that found no descriptor or memory left ({@code EMFILE}, {@code ENFILE},
 *     {@code ENOBUFS}, {@code ENOMEM})
 * @param starved reads that had to wait for a buffer, the memory for them being used up or lent to
 *     the kernel ({@code ENOBUFS} of a ring)
 * @param overflows turns that began with completions that did not fit into the queue of a ring, and
 *     waited in the kernel
 * @param bytesIn bytes received
 * @param bytesOut bytes sent
 * @param stalls turns of a loop that took longer than the stall threshold
 * @param wakeups turns in which a listener was ready, each listener for itself
 * @param emptyWakeups those of them that brought no connection
 * @param accepts connections that came out of a listener's queue
 * @param emptyAccepts accepts that found nothing ({@code EAGAIN}): the queue was empty, or somebody
 *     else was faster
 */
public record ServerStatistics(
        long accepted,
        long closed,
        long cut,
        long shed,
        long dismissed,
        long exhausted,
        long starved,
        long overflows,
        long bytesIn,
        long bytesOut,
        long stalls,
        long wakeups,
        long emptyWakeups,
        long accepts,
        long emptyAccepts) {

    /** What has counted nothing. */
    static final ServerStatistics NONE =
            new ServerStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** These and another loop's. */
    ServerStatistics plus(ServerStatistics other) {
        return new ServerStatistics(
                accepted + other.accepted,
                closed + other.closed,
                cut + other.cut,
                shed + other.shed,
                dismissed + other.dismissed,
                exhausted + other.exhausted,
                starved + other.starved,
                overflows + other.overflows,
                bytesIn + other.bytesIn,
                bytesOut + other.bytesOut,
                stalls + other.stalls,
                wakeups + other.wakeups,
                emptyWakeups + other.emptyWakeups,
                accepts + other.accepts,
                emptyAccepts + other.emptyAccepts);
    }

    /** Connections open now. */
    public long open() {
        return accepted - closed;
    }
}

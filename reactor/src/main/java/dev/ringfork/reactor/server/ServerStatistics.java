// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/**
 * Counters of a server since its start, summed over its loops.
 *
 * @param accepted connections accepted
 * @param closed connections ended, for whatever reason
 * @param cut connections ended by the end of a drain with work unfinished
 * @param shed connections closed unserved: out of descriptors or at the connection limit
 * @param bytesIn bytes received
 * @param bytesOut bytes sent
 * @param stalls turns of a loop that took longer than the stall threshold
 */
public record ServerStatistics(
        long accepted, long closed, long cut, long shed, long bytesIn, long bytesOut, long stalls) {

    /** These and another loop's. */
    ServerStatistics plus(ServerStatistics other) {
        return new ServerStatistics(
                accepted + other.accepted,
                closed + other.closed,
                cut + other.cut,
                shed + other.shed,
                bytesIn + other.bytesIn,
                bytesOut + other.bytesOut,
                stalls + other.stalls);
    }

    /** Connections open now. */
    public long open() {
        return accepted - closed;
    }
}

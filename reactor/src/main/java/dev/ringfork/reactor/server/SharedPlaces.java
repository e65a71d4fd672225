// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/**
 * The places for connections of servers in several processes, which have {@link
 * ServerSettings#maxConnections} together.
 *
 * <p>Asked for each connection, so it neither blocks nor allocates. Safe for use by many threads.
 */
public interface SharedPlaces {

    /**
     * Takes a place for this process.
     *
     * @param most how many places there are in all
     * @return false if none is left
     */
    boolean take(int most);

    /** Gives one of this process's places back. */
    void give();

    /** How many are taken, by all processes. */
    long taken();

    /** How many processes share them now, this one included; at least 1. */
    int sharers();
}

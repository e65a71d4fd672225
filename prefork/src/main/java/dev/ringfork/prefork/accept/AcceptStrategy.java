// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import java.util.List;

/** How connections reach workers. */
public enum AcceptStrategy {
    /**
     * Each worker waits for the listener, and all that wait are woken for a connection that one
     * gets: the baseline, and good where connections keep everybody busy anyway.
     */
    SHARED,
    /**
     * Each worker waits, and the kernel wakes one or a few of them: {@code EPOLLEXCLUSIVE} of
     * epoll_ctl(2), or accepts of a ring. It wakes the one that has waited longest in its list,
     * which is mostly the same one; so a worker goes to the end of that list after every so many
     * connections.
     */
    EXCLUSIVE,
    /**
     * The worker that has the {@link AcceptMutex} waits for the listener, the others do not: one is
     * woken, at the price of a try for each turn of a loop.
     */
    MUTEX,
    /**
     * Each place of a worker has a listener of its own at the same port, {@code SO_REUSEPORT} of
     * socket(7), and the kernel deals connections out among them: nothing is contended. The master
     * owns the listeners and hands each to the worker of its place and to its successors, so who is
     * queued at a worker that has died waits for the next one. Linux, TCP.
     */
    REUSEPORT,
    /**
     * The master accepts, and passes each connection to the worker that has fewest, {@code
     * SCM_RIGHTS} of unix(7): the fairest, at the price of two messages a connection. What a worker
     * had not taken over when it died goes to another one.
     */
    PASS;

    /**
     * Holds the choice against the system and the addresses.
     *
     * @param packets whether connections to one of them carry packets
     * @throws IllegalArgumentException if it cannot work: the message says why and what to choose
     */
    public void check(Platform platform, List<Address> addresses, boolean packets) {
        if (this == PASS && packets) {
            throw new IllegalArgumentException(
                    "connections that carry packets are not passed on: choose --accept shared, exclusive or mutex");
        }
        if (this != REUSEPORT) {
            return;
        }
        if (!platform.linux()) {
            throw new IllegalArgumentException(
                    "this system gives all connections of a port to one of its listeners: choose --accept shared, mutex or pass");
        }
        for (Address address : addresses) {
            if (address instanceof Address.Unix) {
                throw new IllegalArgumentException(
                        "only one listener can have the name %s: choose --accept shared, exclusive, mutex or pass for a unix socket"
                                .formatted(address));
            }
        }
    }
}

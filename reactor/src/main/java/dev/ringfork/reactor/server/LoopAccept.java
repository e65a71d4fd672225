// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import java.util.List;

/** How connections reach the loops of one process. */
public enum LoopAccept {
    /**
     * All loops watch the same listener; with epoll one of those that wait is woken, with poll all
     * are. A busy loop takes less: whoever waits accepts.
     */
    SHARED,
    /**
     * Each loop has a listener of its own at the same port, and the kernel deals connections out by
     * a hash of their addresses. Nothing is contended; but who is queued at a loop that is busy
     * waits for it. Linux, TCP.
     */
    REUSEPORT,
    /** One loop accepts and hands each connection to the next of the others, which do not. */
    ACCEPTOR;

    /**
     * Holds the choice against the system and the addresses.
     *
     * @throws IllegalArgumentException if it cannot work: the message says why and what to choose
     */
    void check(Platform platform, List<Address> addresses) {
        if (this != REUSEPORT) {
            return;
        }
        if (!platform.linux()) {
            throw new IllegalArgumentException(
                    "this system gives all connections of a port to one of its listeners: choose --loop-accept shared or acceptor");
        }
        for (Address address : addresses) {
            if (address instanceof Address.Unix) {
                throw new IllegalArgumentException(
                        "only one listener can have the name %s: choose --loop-accept shared or acceptor for a unix socket"
                                .formatted(address));
            }
        }
    }
}

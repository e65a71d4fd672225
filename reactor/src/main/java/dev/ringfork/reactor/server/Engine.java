// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/** What a loop waits with. */
public enum Engine {
    /** The best one that works here; the description says which and why. */
    AUTO,
    /** Linux, epoll(7): costs do not grow with idle connections. */
    EPOLL,
    /** macOS, kqueue(2): as epoll. */
    KQUEUE,
    /** Everywhere, poll(2): each turn costs time proportional to all connections. */
    POLL,
    /**
     * Everywhere, select(2): as poll, and only for descriptors below FD_SETSIZE, 1024. A connection
     * beyond it is closed, and one that is paused learns of a reset only when it goes on. Never
     * chosen by {@link #AUTO}.
     */
    SELECT,
    /**
     * Linux, io_uring(7): operations that complete instead of descriptors that become ready. For
     * loops of many connections; there is no trigger to choose.
     */
    IO_URING
}

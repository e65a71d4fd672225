// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

/** How connections reach workers that have one listener between them. */
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
    MUTEX
}

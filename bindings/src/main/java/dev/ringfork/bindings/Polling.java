// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * The two oldest demultiplexers.
 *
 * <p>Each call returns its result or {@code -errno} and neither throws nor allocates. Both block up
 * to their time-out. Safe for use by many threads on memory of their own.
 */
public interface Polling {

    /**
     * Waits for events on descriptors, poll(2).
     *
     * @param fds the address of {@code count} pollfd structs
     * @param timeoutMs -1 waits for ever, 0 returns at once
     * @return how many have events, 0 at the time-out, or {@code -EINTR}, {@code -EINVAL} (more
     *     than RLIMIT_NOFILE)
     */
    int poll(long fds, int count, int timeoutMs);

    /**
     * Waits for events on descriptors below FD_SETSIZE, select(2).
     *
     * @param nfds the highest descriptor plus one
     * @param read the address of an fd_set, or 0; overwritten with what is ready
     * @param write the same for writing
     * @param except the same for exceptional conditions
     * @param timeoutUs -1 waits for ever
     */
    int select(int nfds, long read, long write, long except, long timeoutUs);
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * Linux's demultiplexer, epoll(7).
 *
 * <p>Each call returns its result or {@code -errno} ({@code -ENOSYS} on other systems) and neither
 * throws nor allocates. Safe for use by many threads.
 */
public interface Epoll {

    /** Makes an epoll descriptor, epoll_create1(2). Pass {@code EPOLL_CLOEXEC}. */
    int epoll_create1(int flags);

    /**
     * Adds, modifies or removes a registration, epoll_ctl(2).
     *
     * @param event the address of an epoll_event: packed to 12 bytes on x86-64, 16 elsewhere
     * @return 0, or {@code -EEXIST}, {@code -ENOENT}, {@code -EPERM} (a regular file), {@code
     *     -ENOSPC} (fs.epoll.max_user_watches)…
     */
    int epoll_ctl(int epfd, int op, int fd, long event);

    /**
     * Waits for events, epoll_wait(2).
     *
     * @param events the address of room for {@code count} epoll_event structs
     * @param timeoutMs -1 waits for ever, 0 returns at once
     * @return how many were stored, 0 at the time-out, or {@code -EINTR}
     */
    int epoll_wait(int epfd, long events, int count, int timeoutMs);
}

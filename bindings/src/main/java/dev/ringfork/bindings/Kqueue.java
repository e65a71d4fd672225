// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * The demultiplexer of macOS and the BSDs, kqueue(2).
 *
 * <p>Each call returns its result or {@code -errno} ({@code -ENOSYS} on Linux) and neither throws
 * nor allocates. Safe for use by many threads. Written against Apple's headers, never run there.
 */
public interface Kqueue {

    /** Makes a kqueue, kqueue(2), and sets close-on-exec. It is not inherited over fork. */
    int kqueue();

    /**
     * Applies changes, then waits for events, kevent(2).
     *
     * @param changes the address of {@code changeCount} kevent structs of 32 bytes
     * @param events the address of room for {@code eventCount}; with no room, the first change that
     *     fails ends the call
     * @param timeoutNs -1 waits for ever, 0 returns at once
     * @return how many events were stored, or {@code -EINTR}…
     */
    int kevent(int kq, long changes, int changeCount, long events, int eventCount, long timeoutNs);
}

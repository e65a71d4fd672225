// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import dev.ringfork.bindings.Errno;

/**
 * The system call object that reports readiness.
 *
 * <p>Confined to the thread of the loop that owns it; it may be made on another thread before the
 * loop starts. Each call returns its result or {@code -errno}. Close-on-exec; made after any fork,
 * never shared over one.
 */
public interface Demultiplexer extends AutoCloseable {

    /** The engine's name as on the command line: {@code epoll}, {@code poll}… */
    String name();

    /** When this one reports a descriptor. */
    Trigger trigger();

    /**
     * Adds a registration.
     *
     * @param interest {@link Interest#READ} and {@link Interest#WRITE} bits; for a listener that is
     *     watched elsewhere too, {@link Interest#EXCLUSIVE}
     * @param token comes back with every event of this registration
     * @return 0, or {@code -EEXIST}, {@code -EPERM} (a regular file), {@code -EINVAL} (a number
     *     that this one cannot watch: select's end at FD_SETSIZE), {@code -ENOSPC}, {@code -ENOMEM}
     */
    int add(int fd, int interest, long token);

    /**
     * Says why {@link #add} refused a descriptor, and what helps where something does.
     *
     * @param result what it returned
     */
    default String refusal(int fd, int result) {
        return "%s cannot watch descriptor %d: %s (%s)"
                .formatted(name(), fd, Errno.name(-result), Errno.text(-result));
    }

    /**
     * Replaces interest and token; with {@link Trigger#ONESHOT} it also arms again. Not for what
     * was added with {@link Interest#EXCLUSIVE}.
     */
    int modify(int fd, int interest, long token);

    /** Removes a registration; before its descriptor is closed. */
    int remove(int fd);

    /**
     * Forgets a registration whose descriptor its only holder closes next: the cheap way out where
     * the kernel forgets what is closed by itself. Not for a descriptor that another process
     * shares, nor one that was duplicated: events of those would go on.
     *
     * @return 0, or what {@link #remove} returns
     */
    default int forget(int fd) {
        return remove(fd);
    }

    /**
     * Waits for events and keeps them until the next call.
     *
     * @param timeoutNs 0 returns at once, negative waits for ever; rounded up to what the kernel
     *     counts in, never down to a busy loop
     * @return how many events there are, 0 at the time-out, or {@code -EINTR}
     */
    int poll(long timeoutNs);

    /**
     * Whether registrations may be changed by one thread while another one polls. The other methods
     * are the polling thread's in any case.
     */
    default boolean concurrent() {
        return false;
    }

    /** The token of an event of the last {@link #poll}. */
    long token(int index);

    /** The {@link Interest} bits of an event of the last {@link #poll}. */
    int ready(int index);

    /** Closes its descriptor; the registered ones stay open. */
    @Override
    void close();
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A time by which waiting ends. Confined to one thread. */
final class Deadline {
    private static final int POLLFD_BYTES = Layouts.current().size("pollfd");
    private static final int EVENTS = Layouts.current().offset("pollfd", "events");

    /** How long to wait where the kernel tells of no event: short next to any time-out. */
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final long endNs;

    Deadline(Duration timeout) {
        endNs = System.nanoTime() + timeout.toNanos();
    }

    private long leftNs() {
        return endNs - System.nanoTime();
    }

    /**
     * Waits for an event on a descriptor; an error or a hang-up is one.
     *
     * @return false when the time is over
     */
    boolean await(Polling polling, int fd, int events) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(POLLFD_BYTES, Integer.BYTES);
            pollfd.set(JAVA_INT, 0, fd);
            pollfd.set(JAVA_SHORT, EVENTS, (short) events);
            while (true) {
                long left = leftNs();
                if (left <= 0) {
                    return false;
                }
                // Rounded up: 0 would not wait at all.
                long ms = TimeUnit.NANOSECONDS.toMillis(left) + 1;
                int timeoutMs = (int) Math.min(ms, Integer.MAX_VALUE);
                int ready = polling.poll(pollfd.address(), 1, timeoutMs);
                if (ready != -Errno.EINTR && Errno.check("poll", ready, "descriptor " + fd) > 0) {
                    return true;
                }
            }
        }
    }

    /**
     * Waits a moment.
     *
     * @return false when the time is over
     */
    boolean pause() {
        long left = leftNs();
        if (left <= 0) {
            return false;
        }
        LockSupport.parkNanos(Math.min(left, PAUSE_NS));
        return true;
    }
}

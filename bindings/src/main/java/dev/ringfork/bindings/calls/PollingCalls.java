// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Polling;
import java.lang.foreign.MemorySegment;

/** select and poll. 64-bit Arm's Linux has neither call: the C library's functions serve there. */
final class PollingCalls implements Polling {

    static final PollingCalls INSTANCE = new PollingCalls();

    private static final long USEC_PER_SEC = 1_000_000;

    private static final Call SELECT = Prototype.plain("select").link();
    private static final Call POLL = Prototype.plain("poll").link();

    // Without a time-out it looks and returns.
    private static final Call POLL_NOW = Prototype.critical("poll").link();

    private PollingCalls() {}

    @Override
    public int poll(long fds, int count, int timeoutMs) {
        if (timeoutMs == 0) {
            return (int) POLL_NOW.call(fds, count, 0);
        }
        return (int) POLL.call(fds, count, timeoutMs);
    }

    @Override
    public int select(int nfds, long read, long write, long except, long timeoutUs) {
        if (timeoutUs < 0) {
            return (int) SELECT.call(nfds, read, write, except, 0);
        }
        MemorySegment timeval = ThreadMemory.scratch();
        timeval.set(JAVA_LONG, 0, timeoutUs / USEC_PER_SEC);
        // macOS has an int here, and padding: little-endian, so a long below 2^31 is both.
        timeval.set(JAVA_LONG, Long.BYTES, timeoutUs % USEC_PER_SEC);
        return (int) SELECT.call(nfds, read, write, except, timeval.address());
    }
}

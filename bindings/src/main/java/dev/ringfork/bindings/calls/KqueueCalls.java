// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Kqueue;
import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.MemorySegment;

/** kqueue: macOS only, absent elsewhere. */
final class KqueueCalls implements Kqueue {

    static final KqueueCalls INSTANCE = new KqueueCalls();

    private static final long NSEC_PER_SEC = 1_000_000_000;

    private static final Call KQUEUE = Prototype.critical("kqueue").link();
    private static final Call KEVENT = Prototype.plain("kevent").link();

    private KqueueCalls() {}

    @Override
    public int kqueue() {
        int kq = (int) KQUEUE.call();
        if (kq >= 0) {
            // Cannot fail on a descriptor that was just made.
            DescriptorCalls.INSTANCE.fcntl(kq, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        }
        return kq;
    }

    @Override
    public int kevent(
            int kq, long changes, int changeCount, long events, int eventCount, long timeoutNs) {
        if (timeoutNs < 0) {
            return (int) KEVENT.call(kq, changes, changeCount, events, eventCount, 0);
        }
        MemorySegment timespec = ThreadMemory.scratch();
        timespec.set(JAVA_LONG, 0, timeoutNs / NSEC_PER_SEC);
        timespec.set(JAVA_LONG, Long.BYTES, timeoutNs % NSEC_PER_SEC);
        long timeout = timespec.address();
        return (int) KEVENT.call(kq, changes, changeCount, events, eventCount, timeout);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.signals;

import static dev.ringfork.bindings.abi.ProcessConstants.RLIMIT_SIGPENDING;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** How many signals the kernel queues for this process, until it is closed. */
public final class SignalQueueLimit implements AutoCloseable {
    private final Processes processes = Syscalls.get().processes();
    private final long before;

    /** Lowers the limit. */
    public SignalQueueLimit(long limit) {
        before = set(limit);
    }

    private long set(long soft) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment both = arena.allocate(JAVA_LONG, 2);
            Errno.check("getrlimit", processes.getrlimit(RLIMIT_SIGPENDING, both), null);
            long former = both.getAtIndex(JAVA_LONG, 0);
            both.setAtIndex(JAVA_LONG, 0, soft);
            Errno.check("setrlimit", processes.setrlimit(RLIMIT_SIGPENDING, both), null);
            return former;
        }
    }

    @Override
    public void close() {
        set(before);
    }
}

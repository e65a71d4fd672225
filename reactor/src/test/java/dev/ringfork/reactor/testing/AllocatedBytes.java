// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import java.lang.reflect.Method;

/** What a thread has allocated on the heap, where the JVM tells. Safe for use by many threads. */
public final class AllocatedBytes {
    private final Object threads;
    private final Method ask;

    /**
     * Finds the JVM's counters. By reflection: no module of the project reads that of management,
     * and one test is not a reason to.
     *
     * @throws ReflectiveOperationException if this JVM has none
     */
    public AllocatedBytes() throws ReflectiveOperationException {
        threads =
                Class.forName("java.lang.management.ManagementFactory")
                        .getMethod("getThreadMXBean")
                        .invoke(null);
        ask =
                Class.forName("com.sun.management.ThreadMXBean")
                        .getMethod("getThreadAllocatedBytes", long.class);
    }

    /** The bytes that a thread has allocated since its start. */
    public long of(Thread thread) throws ReflectiveOperationException {
        return (Long) ask.invoke(threads, thread.threadId());
    }
}

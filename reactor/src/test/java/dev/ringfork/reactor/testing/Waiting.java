// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits that fail at a deadline instead of hanging. Safe for use by many threads. */
public final class Waiting {
    /** Long enough for the slowest machine: it is only ever reached by a test that fails. */
    public static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final long LOOK_AGAIN_NS = 50_000;

    private Waiting() {}

    /** Waits for a latch. */
    public static void of(CountDownLatch latch, String what) {
        try {
            if (!latch.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("waited in vain for: " + what);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Takes the next element of a queue. */
    public static <T> T of(BlockingQueue<T> queue, String what) {
        try {
            T next = queue.poll(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new AssertionError("waited in vain for: " + what);
            }
            return next;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits for the end of a thread. */
    public static void of(Thread thread) {
        try {
            if (!thread.join(DEADLINE)) {
                throw new AssertionError("still running: " + thread);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits until something that nobody announces has become true. */
    public static void until(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for: " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
    }

    static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted", e);
    }
}

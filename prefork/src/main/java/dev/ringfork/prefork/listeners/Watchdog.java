// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.reactor.server.Server;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells a service manager that a server in this process has not got stuck: at half the interval
 * that it asks for, if all loops have turned since the last time. Where nobody watches, it does
 * nothing.
 *
 * <p>Safe for use by many threads; has a thread of its own, which {@link #close} ends.
 */
public final class Watchdog implements AutoCloseable {
    private final AtomicInteger loopsToTurn = new AtomicInteger();
    private volatile boolean closed;

    private Watchdog() {}

    /** Begins. The server stays the caller's. */
    public static Watchdog over(Server server, ServiceManager manager) {
        Watchdog watchdog = new Watchdog();
        Duration interval = manager.watchdogInterval();
        if (interval != null) {
            long halfNs = interval.toNanos() / 2;
            Thread.ofPlatform()
                    .name("ringfork-watchdog")
                    .daemon()
                    .start(() -> watchdog.run(server, manager, halfNs));
        }
        return watchdog;
    }

    private void run(Server server, ServiceManager manager, long halfNs) {
        long nextNs = System.nanoTime();
        while (!closed) {
            if (loopsToTurn.get() == 0) {
                manager.alive();
                // Some may have turned before it is known how many were asked.
                loopsToTurn.addAndGet(server.onEachLoop(loopsToTurn::decrementAndGet));
            }
            nextNs += halfNs;
            while (!closed && nextNs - System.nanoTime() > 0) {
                LockSupport.parkNanos(this, nextNs - System.nanoTime());
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}

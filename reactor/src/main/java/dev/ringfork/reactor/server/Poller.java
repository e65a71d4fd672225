// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.SharedDemultiplexer;
import dev.ringfork.reactor.offload.Threads;
import java.util.function.Consumer;

/** A thread that waits with a shared demultiplexer, for loops that others turn. */
final class Poller implements AutoCloseable {
    private final SharedDemultiplexer shared;
    private final Thread thread;
    private volatile Consumer<Throwable> failed = _ -> {};
    private volatile boolean stopping;

    /** Does not poll yet. */
    Poller(SharedDemultiplexer shared) {
        this.shared = shared;
        this.thread = Thread.ofPlatform().name("poller").unstarted(this::run);
    }

    /**
     * Starts the thread.
     *
     * @param failed called on it when it ends by a failure
     */
    void start(Consumer<Throwable> failed) {
        this.failed = failed;
        thread.start();
    }

    private void run() {
        try {
            while (!stopping) {
                shared.poll(() -> !stopping);
            }
        } catch (RuntimeException | Error e) {
            failed.accept(e);
        }
    }

    /** Ends the thread. Waits for that. */
    @Override
    public void close() {
        stopping = true;
        shared.wakeup();
        Threads.uninterruptibly(thread::join);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.Reactor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What turns the small loops that have one connection each.
 *
 * <p>Confined to the thread that accepts.
 */
interface Crew extends AutoCloseable {

    /** As the command line would say it. */
    String description();

    /** How many loops it turns at most; further connections wait. */
    int loopsMax();

    /** How many loops without a connection it keeps for good. */
    default int loopsKept() {
        return 0;
    }

    /** How many connections are accepted before there is a loop for them. */
    default int queueMax() {
        return 0;
    }

    /**
     * Begins.
     *
     * @param failed called by any thread when it can turn loops no more
     */
    default void start(Consumer<Throwable> failed) {}

    /**
     * Makes a loop that does not turn yet.
     *
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses a descriptor
     * @throws IllegalStateException if the engine cannot watch one
     */
    LoopThread open(ServerPlan plan, Function<Reactor, BufferSource> buffers);

    /** Ends, when all its loops have ended. */
    @Override
    default void close() {}
}

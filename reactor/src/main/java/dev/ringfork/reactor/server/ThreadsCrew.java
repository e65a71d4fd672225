// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.Reactor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/** A platform thread for each loop, which waits with a demultiplexer of its own. */
record ThreadsCrew(String description, ThreadChoice choice, ThreadFactory threads) implements Crew {

    /** For {@link Architecture#THREAD_PER_CONNECTION} and {@link Architecture#THREAD_POOL}. */
    static ThreadsCrew of(Architecture architecture, ThreadChoice choice) {
        String bounds =
                architecture == Architecture.THREAD_POOL
                        ? choice.range()
                        : "at most " + choice.max();
        return new ThreadsCrew(
                Names.of(architecture) + " (" + bounds + ")",
                choice,
                Thread.ofPlatform().name("connection-", 1).factory());
    }

    @Override
    public int loopsKept() {
        return choice.min();
    }

    @Override
    public int loopsMax() {
        return choice.max();
    }

    @Override
    public int queueMax() {
        return choice.queue();
    }

    @Override
    public LoopThread open(ServerPlan plan, Function<Reactor, BufferSource> buffers) {
        Reactor reactor = plan.reactor(plan.demultiplexer(), LoopThread.MAY_BLOCK);
        return LoopThread.open(plan, OwnThread.of(threads), reactor, buffers);
    }
}

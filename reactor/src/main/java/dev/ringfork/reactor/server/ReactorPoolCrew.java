// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.SharedDemultiplexer;
import dev.ringfork.reactor.offload.WorkerPool;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One thread waits for what is ready, and queues it for a pool of threads, which read, run the
 * protocol and write.
 */
final class ReactorPoolCrew implements Crew {
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration END = Duration.ofSeconds(10);

    private final String description;
    private final SharedDemultiplexer shared;
    private final Poller poller;
    private final WorkerPool workers;

    ReactorPoolCrew(ServerPlan plan, ThreadChoice threads) {
        this.description =
                "%s (%s)".formatted(Names.of(Architecture.REACTOR_POOL), threads.range());
        this.shared = plan.shared();
        this.poller = new Poller(shared);
        // A loop is queued once at most, and there may be one that ends for each that begins.
        int loops = 2 * Math.min(plan.settings().maxConnections(), Integer.MAX_VALUE / 2);
        this.workers =
                new WorkerPool(
                        Math.max(1, threads.min()),
                        threads.max(),
                        IDLE,
                        loops,
                        plan.settings().report());
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public int loopsMax() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start(Consumer<Throwable> failed) {
        poller.start(failed);
    }

    @Override
    public LoopThread open(ServerPlan plan, Function<Reactor, BufferSource> buffers) {
        TakenTurns turns = new TakenTurns(shared, this::queue);
        Reactor reactor = plan.reactor(turns.port, LoopThread.MAY_BLOCK);
        return LoopThread.open(plan, turns::of, reactor, buffers);
    }

    private void queue(Runnable loop) {
        if (!workers.execute(loop)) {
            throw new RejectedExecutionException("more loops than connections");
        }
    }

    @Override
    public void close() {
        poller.close();
        workers.shutdown();
        workers.awaitEnd(END);
        shared.close();
    }
}

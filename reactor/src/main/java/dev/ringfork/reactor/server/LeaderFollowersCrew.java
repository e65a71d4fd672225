// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.SharedDemultiplexer;
import dev.ringfork.reactor.offload.Threads;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which one, the leader, waits for what is ready. It takes a loop that has something to
 * do, lets a follower lead, and turns the loop itself: nothing is handed from thread to thread.
 */
final class LeaderFollowersCrew implements Crew {
    private final SharedDemultiplexer shared;
    private final ReentrantLock leading = new ReentrantLock();
    // Each loop is here at most once.
    private final ConcurrentLinkedQueue<Runnable> ready = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads;
    private volatile Consumer<Throwable> failed = _ -> {};
    private volatile boolean stopping;

    LeaderFollowersCrew(ServerPlan plan, int threads) {
        this.shared = plan.shared();
        this.threads =
                IntStream.rangeClosed(1, threads)
                        .mapToObj(
                                i -> Thread.ofPlatform().name("follower-" + i).unstarted(this::run))
                        .toList();
    }

    @Override
    public String description() {
        return "%s (%d threads)".formatted(Names.of(Architecture.LEADER_FOLLOWERS), threads.size());
    }

    @Override
    public int loopsMax() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start(Consumer<Throwable> failed) {
        this.failed = failed;
        threads.forEach(Thread::start);
    }

    @Override
    public LoopThread open(ServerPlan plan, Function<Reactor, BufferSource> buffers) {
        TakenTurns turns = new TakenTurns(shared, this::ready);
        Reactor reactor = plan.reactor(turns.port, LoopThread.MAY_BLOCK);
        return LoopThread.open(plan, turns::of, reactor, buffers);
    }

    private void ready(Runnable loop) {
        ready.add(loop);
        shared.wakeup();
    }

    private void run() {
        try {
            while (!stopping) {
                Runnable loop = next();
                if (loop != null) {
                    loop.run();
                }
            }
        } catch (RuntimeException | Error e) {
            failed.accept(e);
        }
    }

    /** Takes a loop that has something to do; waits as the leader if there is none. */
    private @Nullable Runnable next() {
        Runnable first = ready.poll();
        if (first != null) {
            return first;
        }
        leading.lock();
        try {
            if (ready.isEmpty() && !stopping) {
                shared.poll(() -> ready.isEmpty() && !stopping);
            }
            return ready.poll();
        } finally {
            leading.unlock();
        }
    }

    @Override
    public void close() {
        stopping = true;
        shared.wakeup();
        threads.forEach(thread -> Threads.uninterruptibly(thread::join));
        shared.close();
    }
}

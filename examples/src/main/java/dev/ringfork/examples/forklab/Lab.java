// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import dev.ringfork.prefork.process.WarmFork;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** All that a virtual machine of the laboratory has when it is forked. */
final class Lab {
    private static final int POOL = 4;

    final Calls calls;
    final WarmFork warm;
    final Plan plan;
    final Path folder;
    final LiveHeap heap;
    final Unseen unseen;
    final List<Inhabitant> inhabitants;
    final ExecutorService pool = Executors.newFixedThreadPool(POOL);
    final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    final SecureRandom random = new SecureRandom();
    final SecureRandom drbg;

    /** Its write end is open in the first parent alone: when that is dead, there is an end. */
    final int lifeline;

    private int lifelineWriter;
    @Nullable ServerSocketChannel listener;
    @Nullable Churn churn;

    Lab(Calls calls, Plan plan, Path folder, Path jar) throws Exception {
        this.calls = calls;
        this.plan = plan;
        this.folder = folder;
        warm = new WarmFork(calls.syscalls());
        heap = new LiveHeap(plan.liveBytes());
        unseen = new Unseen(jar);
        inhabitants = Inhabitants.settle(calls);
        drbg = SecureRandom.getInstance("DRBG");
        int[] pipe = calls.pipe();
        lifeline = pipe[0];
        lifelineWriter = pipe[1];
        fillPool();
    }

    /** Has all threads of the pool there, idle, and the generators used. */
    private void fillPool() throws Exception {
        Callable<Long> draw = () -> random.nextLong() + drbg.nextLong();
        for (Future<Long> each : pool.invokeAll(Collections.nCopies(POOL, draw))) {
            each.get();
        }
        clock.submit(draw).get();
    }

    /** What only the first parent has, or -1. */
    int lifelineWriter() {
        return lifelineWriter;
    }

    /** In a child: what was the parent's alone is not here. */
    void enterChild() {
        lifelineWriter = -1;
    }
}

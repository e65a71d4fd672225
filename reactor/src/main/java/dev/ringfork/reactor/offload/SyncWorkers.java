// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Threads to which strands belong: each takes what its own strands have to do off its own queue,
 * and blocks when there is nothing.
 *
 * <p>A new strand goes to a thread without one, else to a new thread, else to the thread with the
 * fewest. A thread without strands goes back to the pool, which lets it end when it stays idle. A
 * strand waits in a queue once at most, so that no queue is longer than its thread has strands.
 *
 * <p>Safe for use by many threads.
 */
public final class SyncWorkers implements Workers {
    private final WorkerPool pool;
    private final int max;
    private final Object lock = new Object();
    // Guarded by the lock.
    private final List<SyncWorker> serving = new ArrayList<>();

    /**
     * Takes threads of a pool, which stays its owner's.
     *
     * @param max how many; the pool has as many
     */
    public SyncWorkers(WorkerPool pool, int max) {
        this.pool = pool;
        this.max = max;
    }

    @Override
    public Worker assign() {
        synchronized (lock) {
            SyncWorker least = least();
            if (least == null || (least.strands > 0 && serving.size() < max)) {
                SyncWorker fresh = new SyncWorker();
                if (least == null ? pool.execute(fresh) : pool.executeNow(fresh)) {
                    serving.add(fresh);
                    least = fresh;
                } else if (least == null) {
                    // The server has ended: what is assigned to this one is never run.
                    least = fresh;
                }
            }
            least.strands++;
            return least;
        }
    }

    private @Nullable SyncWorker least() {
        SyncWorker least = null;
        for (SyncWorker worker : serving) {
            if (least == null || worker.strands < least.strands) {
                least = worker;
            }
        }
        return least;
    }

    /** One thread's part. */
    private final class SyncWorker implements Worker, Runnable {
        private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
        // Guarded by the lock of all.
        private int strands;
        private boolean over;

        @Override
        public synchronized boolean ready(Runnable strand) {
            if (over) {
                return false;
            }
            queue.add(strand);
            notifyAll();
            return true;
        }

        @Override
        public void left() {
            synchronized (lock) {
                if (--strands == 0) {
                    serving.remove(this);
                    end();
                }
            }
        }

        /** Lets the thread go; whoever is left in the queue still runs. */
        private synchronized void end() {
            over = true;
            notifyAll();
        }

        @Override
        public void run() {
            for (Runnable strand; (strand = next()) != null; ) {
                strand.run();
            }
        }

        private synchronized @Nullable Runnable next() {
            Threads.uninterruptibly(() -> {
                while (queue.isEmpty() && !over) {
                    wait();
                }
            });
            return queue.poll();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Threads for tasks that may block: as many as there is work for, between a minimum and a maximum.
 *
 * <p>A pool of the JDK grows when its queue is full; this one grows as soon as a task finds no idle
 * thread, because a task that waits behind one that blocks waits for ever. Threads beyond the
 * minimum end when they have found nothing to do for a while. Nothing is interrupted, ever.
 *
 * <p>Safe for use by many threads.
 */
public final class WorkerPool {
    /** More threads than this cost more memory than any machine has. */
    public static final int THREADS_MAX = 32_768;

    /** How long no further thread is tried for after the system has refused one. */
    private static final long REST_NS = 1_000_000_000L;

    private final int max;
    private final Consumer<String> report;
    private final ThreadFactory base;
    private final TaskQueue queue;
    private final ThreadPoolExecutor executor;
    private final Set<Thread> alive = ConcurrentHashMap.newKeySet();
    private final AtomicInteger threads = new AtomicInteger();
    // Tasks that wait or run.
    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile long refusedNs = System.nanoTime() - REST_NS;

    /**
     * Starts the minimum of threads, named {@code worker-1} and so on.
     *
     * @param min may be 0
     * @param max at least {@code min}, and at least 1
     * @param idle how long a thread beyond the minimum waits for a task before it ends
     * @param queueMax how many tasks may wait
     * @param report receives what an operator should know, on any thread
     * @throws IllegalStateException if the system does not give the minimum of threads
     */
    public WorkerPool(int min, int max, Duration idle, int queueMax, Consumer<String> report) {
        // They keep no process alive: one that is stuck would keep it for ever.
        this(
                min,
                max,
                idle,
                queueMax,
                report,
                Thread.ofPlatform().daemon().name("worker-", 1).factory());
    }

    WorkerPool(
            int min,
            int max,
            Duration idle,
            int queueMax,
            Consumer<String> report,
            ThreadFactory base) {
        if (min < 0 || max < 1 || max < min || max > THREADS_MAX) {
            throw new IllegalArgumentException("%d to %d threads".formatted(min, max));
        }
        this.max = max;
        this.report = report;
        this.base = base;
        this.queue = new TaskQueue(this, queueMax);
        this.executor =
                new ThreadPoolExecutor(
                        min, max, idle.toNanos(), TimeUnit.NANOSECONDS, queue, this::newThread) {
                    @Override
                    protected void afterExecute(Runnable task, Throwable thrown) {
                        unfinished.getAndDecrement();
                    }
                };
        executor.setRejectedExecutionHandler((task, any) -> tooMany(task));
        try {
            executor.prestartAllCoreThreads();
        } catch (OutOfMemoryError e) {
            executor.shutdown();
            throw new IllegalStateException(refusal(e), e);
        }
    }

    private Thread newThread(Runnable work) {
        // First: whoever finds that there is no thread to be had takes it back.
        threads.getAndIncrement();
        Thread thread = base.newThread(() -> run(work));
        thread.setUncaughtExceptionHandler((any, e) -> report.accept("a task failed: " + e));
        return thread;
    }

    private void run(Runnable work) {
        alive.add(Thread.currentThread());
        try {
            runCounted(work);
            // Whoever offers a task counts threads after that, and this looks after it counts no
            // more: one of both sees a task that would stand behind another that blocks.
            for (Runnable late = queue.poll(); late != null; late = queue.poll()) {
                threads.getAndIncrement();
                runCounted(finishing(late));
            }
        } finally {
            alive.remove(Thread.currentThread());
        }
    }

    private void runCounted(Runnable work) {
        try {
            work.run();
        } finally {
            threads.getAndDecrement();
        }
    }

    private Runnable finishing(Runnable task) {
        return () -> {
            try {
                task.run();
            } finally {
                unfinished.getAndDecrement();
            }
        };
    }

    /** Where the JDK's pool asks whether a task shall wait; no means that a thread is started. */
    private static final class TaskQueue extends ArrayBlockingQueue<Runnable> {
        private static final long serialVersionUID = 1;

        private final transient WorkerPool pool;

        TaskQueue(WorkerPool pool, int capacity) {
            super(capacity);
            this.pool = pool;
        }

        @Override
        public boolean offer(Runnable task) {
            // Asked again, for the thread that was to take it may have given up waiting.
            return !pool.grows() && super.offer(task) && !(pool.grows() && remove(task));
        }

        boolean append(Runnable task) {
            return super.offer(task);
        }
    }

    /** Whether a task finds no idle thread and may have a new one. */
    private boolean grows() {
        return unfinished.get() > threads.get() && mayGrow();
    }

    private boolean mayGrow() {
        return threads.get() < max && System.nanoTime() - refusedNs >= REST_NS;
    }

    /** A thread was to be started, and another caller has started the last one meanwhile. */
    private void tooMany(Runnable task) {
        if (executor.isShutdown() || !queue.append(task)) {
            throw new RejectedExecutionException();
        }
        if (grows() && queue.remove(task)) {
            executor.execute(task);
        }
    }

    /**
     * Runs a task, soon. An exception of the task is reported and ends nothing.
     *
     * @return false if the pool was shut down, its queue is full, or there is no thread at all
     */
    public boolean execute(Runnable task) {
        return execute(task, true);
    }

    /** The same for a task that must not wait for another to end: false if it had to. */
    boolean executeNow(Runnable task) {
        return (unfinished.get() < threads.get() || mayGrow()) && execute(task, false);
    }

    private boolean execute(Runnable task, boolean mayWait) {
        unfinished.getAndIncrement();
        boolean accepted = false;
        try {
            executor.execute(task);
            accepted = true;
        } catch (RejectedExecutionException e) {
            // The result says it.
        } catch (OutOfMemoryError e) {
            refusedNs = System.nanoTime();
            report.accept(refusal(e));
            accepted = threads.decrementAndGet() > 0 && mayWait && queue.append(task);
        }
        if (!accepted) {
            unfinished.getAndDecrement();
        }
        return accepted;
    }

    private static String refusal(OutOfMemoryError e) {
        return "a worker thread cannot be started (%s): lower --max-threads or raise ulimit -u"
                .formatted(e.getMessage());
    }

    /** How many threads there are now. */
    public int threads() {
        return threads.get();
    }

    /** Whether no task waits or runs. */
    boolean idle() {
        return unfinished.get() == 0;
    }

    /** Whether the caller is one of the threads. */
    public boolean current() {
        return alive.contains(Thread.currentThread());
    }

    /** Takes no more tasks; those that wait still run. Returns at once. */
    public void shutdown() {
        executor.shutdown();
    }

    /**
     * Waits until all threads have ended after {@link #shutdown}; reports those that have not, and
     * where they are. An interrupt does not end the wait; it is kept.
     *
     * @return whether all have ended
     */
    public boolean awaitEnd(Duration atMost) {
        long endNs = System.nanoTime() + atMost.toNanos();
        Threads.uninterruptibly(() -> {
            executor.awaitTermination(endNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            for (Thread thread : alive) {
                thread.join(Duration.ofNanos(endNs - System.nanoTime()));
            }
        });
        boolean ended = executor.isTerminated() && alive.isEmpty();
        if (!ended) {
            alive.forEach(thread ->
                    report.accept(
                            "%s did not end: it is still in %s"
                                    .formatted(thread.getName(), place(thread))));
        }
        return ended;
    }

    /** The innermost call that is not the JDK's own: where it waits matters, not what on. */
    private static String place(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            String name = frame.getClassName();
            if (!name.startsWith("java.") && !name.startsWith("jdk.")) {
                return frame.toString();
            }
        }
        return "the JDK";
    }
}

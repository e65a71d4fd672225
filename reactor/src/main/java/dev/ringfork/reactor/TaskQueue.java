// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.reactor.demux.Interest;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Tasks from other threads, and the wake-up that tells the loop of them.
 *
 * <p>{@link #offer} and {@link #wakeup} are safe for use by many threads, the rest is the loop's.
 */
final class TaskQueue implements EventHandler {
    /** More tasks than this waiting for one loop mean that it is not keeping up. */
    private static final int TASKS_MAX = 65_536;

    private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>(TASKS_MAX);
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final Wakeup wakeup;
    private final Consumer<String> report;
    private volatile boolean closed;

    TaskQueue(Wakeup wakeup, Consumer<String> report) {
        this.wakeup = wakeup;
        this.report = report;
    }

    boolean pending() {
        return !queue.isEmpty();
    }

    /** False if the loop has ended or its queue is full; the task will not run then. */
    boolean offer(Runnable task) {
        if (!queue.offer(task)) {
            return false;
        }
        // Looked at after the offer: either this sees the end, or close() sees the task.
        if (closed) {
            return !queue.remove(task);
        }
        wakeup();
        return true;
    }

    /** One write for any number of callers until the loop has woken. */
    void wakeup() {
        if (!signalled.getAndSet(true)) {
            wakeup.signal();
        }
    }

    @Override
    public void ready(Registration registration, int ready) {
        registration.exhausted(Interest.READ);
        awake();
    }

    /** The loop has woken. */
    void awake() {
        wakeup.clear();
        // Cleared before the queue is read: a task offered from here on signals anew.
        signalled.set(false);
    }

    /** Runs what is queued now; what these tasks queue waits for the next turn. */
    void run() {
        for (int budget = queue.size(); budget > 0; budget--) {
            Runnable task = queue.poll();
            if (task == null) {
                return;
            }
            run(task);
        }
    }

    /** A task that throws harms nobody but itself: the others may be of other connections. */
    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            report.accept("a task failed: " + e);
        }
    }

    void close() {
        if (!closed) {
            closed = true;
            wakeup.close();
            run();
        }
    }
}

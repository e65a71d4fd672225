// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import org.jspecify.annotations.Nullable;

/**
 * How many threads serve.
 *
 * @param min kept though they have nothing to do
 * @param max at least one and at least min
 * @param queue connections accepted before there is a thread for them
 */
record ThreadChoice(int min, int max, int queue) {
    /** Beyond hundreds of threads their switches cost more than they serve. */
    static final int CONNECTION_THREADS = 512;

    /** Handlers that block need more threads than there are processors. */
    static final int THREADS_PER_PROCESSOR = 4;

    /** With fewer a few slow handlers hold up everybody. */
    static final int THREADS_LEAST = 5;

    /** A moment's work for a pool; who waits longer had better wait in the backlog. */
    static final int QUEUE = 1024;

    /** What somebody has said, or not. */
    record Asked(@Nullable Integer min, @Nullable Integer max, @Nullable Integer queue) {}

    /**
     * Decides.
     *
     * @throws IllegalArgumentException if there cannot be so many, or the architecture has no such
     *     threads
     */
    static ThreadChoice of(Architecture architecture, Asked asked) {
        return switch (architecture) {
            case SERIAL, REACTOR, PROACTOR, MULTI_REACTOR, VIRTUAL_THREADS -> {
                refuse(architecture, asked.max, "--max-threads");
                refuse(architecture, asked.min, "--min-threads");
                refuse(architecture, asked.queue, "--thread-queue");
                yield new ThreadChoice(0, Integer.MAX_VALUE, 0);
            }
            case LEADER_FOLLOWERS -> {
                refuse(architecture, asked.min, "--min-threads");
                yield withoutQueue(architecture, asked, 1, poolThreads());
            }
            case THREAD_PER_CONNECTION -> withoutQueue(architecture, asked, 0, CONNECTION_THREADS);
            case REACTOR_POOL, SIMULATED_PROACTOR, HALF_SYNC_HALF_ASYNC, BUFFERED_POOL ->
                    withoutQueue(architecture, asked, 1, poolThreads());
            case THREAD_POOL -> checked(asked, 1, poolThreads(), QUEUE);
        };
    }

    private static ThreadChoice withoutQueue(
            Architecture architecture, Asked asked, int min, int max) {
        refuse(architecture, asked.queue, "--thread-queue");
        return checked(asked, min, max, 0);
    }

    private static int poolThreads() {
        int processors = Runtime.getRuntime().availableProcessors();
        return Math.max(THREADS_LEAST, THREADS_PER_PROCESSOR * processors);
    }

    private static void refuse(Architecture architecture, @Nullable Integer asked, String flag) {
        if (asked != null) {
            throw new IllegalArgumentException(
                    "--architecture %s has nothing to count with %s: leave it out, or choose --architecture thread-pool"
                            .formatted(Names.of(architecture), flag));
        }
    }

    private static ThreadChoice checked(Asked asked, int min, int max, int queue) {
        int most = asked.max == null ? max : asked.max;
        int least = asked.min == null ? Math.min(min, most) : asked.min;
        int queued = asked.queue == null ? queue : asked.queue;
        if (most < 1) {
            throw new IllegalArgumentException(most + " threads: allow at least 1");
        }
        if (least < 0 || least > most) {
            throw new IllegalArgumentException(
                    "--min-threads %d: from 0 to --max-threads %d are possible"
                            .formatted(least, most));
        }
        if (queued < 0) {
            throw new IllegalArgumentException(
                    "--thread-queue %d: 0 lets all wait in the backlog".formatted(queued));
        }
        return new ThreadChoice(least, most, queued);
    }

    /** As the command line would say it. */
    String range() {
        return "%d to %d threads".formatted(min, max);
    }
}

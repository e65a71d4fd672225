// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import java.time.Duration;

/**
 * How a ring is to be made.
 *
 * <p>Immutable; {@code RingSettings.DEFAULT.withCompletions(8192)} is another.
 *
 * @param submissions entries of the SQ, rounded up to a power of two; what is prepared beyond them
 *     costs a further enter
 * @param completions entries of the CQ, rounded up to a power of two, at least twice the
 *     submissions; what does not fit waits in the kernel, which is slow
 * @param sqPollIdle how long a thread of the kernel's looks for submissions before it sleeps
 *     (IORING_SETUP_SQPOLL); zero for no such thread
 * @param sqPollCpu where that thread runs, or -1 for anywhere
 * @param workersMax threads (iou-wrk) that the kernel may use for operations that block on files,
 *     and the same number for those that may block for ever; they count against RLIMIT_NPROC
 * @param napi how long a wait asks the network card itself before it sleeps (IORING_REGISTER_NAPI),
 *     to the microsecond; zero for not at all. For cards with queues that can be polled; loopback
 *     has none
 * @param ioWait whether a processor whose only thread waits with the ring counts as one that waits
 *     for a disk, as the kernel does unless told otherwise (IORING_ENTER_NO_IOWAIT)
 */
public record RingSettings(
        int submissions,
        int completions,
        Duration sqPollIdle,
        int sqPollCpu,
        int workersMax,
        Duration napi,
        boolean ioWait) {

    private static final int ENTRIES_MAX = 32_768;

    /** What one loop of a server wants. */
    public static final RingSettings DEFAULT =
            new RingSettings(256, 4096, Duration.ZERO, -1, 4, Duration.ZERO, false);

    /**
     * Holds the values against each other.
     *
     * @throws IllegalArgumentException if the kernel would refuse one: the message says which
     */
    public RingSettings {
        if (submissions < 1 || submissions > ENTRIES_MAX) {
            throw new IllegalArgumentException(
                    "a ring has 1 to %d submissions, not %d".formatted(ENTRIES_MAX, submissions));
        }
        if (completions < 2 * submissions || completions > 2 * ENTRIES_MAX) {
            throw new IllegalArgumentException(
                    "a ring of %d submissions has %d to %d completions, not %d"
                            .formatted(submissions, 2 * submissions, 2 * ENTRIES_MAX, completions));
        }
        if (sqPollIdle.isNegative() || sqPollIdle.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a polling thread cannot idle for " + sqPollIdle);
        }
        if (sqPollCpu < -1) {
            throw new IllegalArgumentException("there is no processor " + sqPollCpu);
        }
        if (workersMax < 1) {
            throw new IllegalArgumentException(
                    "a ring has 1 worker or more, not %d".formatted(workersMax));
        }
        if (napi.isNegative() || napi.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException(
                    "a wait asks a network card for 0 to 1 second, not for " + napi);
        }
    }

    /** The same with another SQ; a CQ that would be too small grows with it. */
    public RingSettings withSubmissions(int entries) {
        int cq = Math.max(completions, 2 * Math.clamp(entries, 0, ENTRIES_MAX));
        return new RingSettings(entries, cq, sqPollIdle, sqPollCpu, workersMax, napi, ioWait);
    }

    /** The same with another CQ. */
    public RingSettings withCompletions(int entries) {
        return new RingSettings(
                submissions, entries, sqPollIdle, sqPollCpu, workersMax, napi, ioWait);
    }

    /** The same with a polling thread of the kernel's. */
    public RingSettings withSqPoll(Duration idle, int cpu) {
        return new RingSettings(submissions, completions, idle, cpu, workersMax, napi, ioWait);
    }

    /** The same with another bound of the kernel's worker threads. */
    public RingSettings withWorkers(int max) {
        return new RingSettings(submissions, completions, sqPollIdle, sqPollCpu, max, napi, ioWait);
    }

    /** The same with another time of asking the network card. */
    public RingSettings withNapi(Duration atMost) {
        return new RingSettings(
                submissions, completions, sqPollIdle, sqPollCpu, workersMax, atMost, ioWait);
    }

    /** The same with another way of counting waits. */
    public RingSettings withIoWait(boolean counted) {
        return new RingSettings(
                submissions, completions, sqPollIdle, sqPollCpu, workersMax, napi, counted);
    }

    /** Whether a thread of the kernel's begins what is submitted. */
    public boolean sqPoll() {
        return !sqPollIdle.isZero();
    }
}

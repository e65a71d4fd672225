// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.reactor.uring.RingSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how rings are made. */
final class RingFlags {
    private static final String ENTRIES = "--ring-entries";
    private static final String CQ_ENTRIES = "--cq-entries";
    private static final String SQPOLL = "--sqpoll";
    private static final String WORKERS = "--ring-workers";
    private static final String BUFFERS = "--ring-buffers";
    private static final String ZERO_COPY = "--zero-copy-above";

    @Option(
            names = ENTRIES,
            paramLabel = "N",
            description =
                    "Operations that wait for one enter, rounded up to a power of two (default: 256).")
    private @Nullable Integer entries;

    @Option(
            names = CQ_ENTRIES,
            paramLabel = "N",
            description =
                    "Completions that wait to be read, rounded up, at least twice the entries"
                            + " (default: 4096).")
    private @Nullable Integer cqEntries;

    @Option(
            names = SQPOLL,
            paramLabel = "off|TIME[,CPU]",
            description =
                    "A thread of the kernel's looks for operations, so that none needs an enter; it"
                            + " burns a processor and sleeps when there were none for this long; on one"
                            + " processor, or any (default: off).")
    private @Nullable SqPoll sqPoll;

    @Option(
            names = WORKERS,
            paramLabel = "N",
            description =
                    "Threads that the kernel may start for what blocks on files, and as many for the"
                            + " rest (default: 4).")
    private @Nullable Integer workers;

    @Option(
            names = BUFFERS,
            paramLabel = "N",
            description =
                    "Buffers that the kernel keeps to receive into, a power of two, half of all at"
                            + " most (default: 256).")
    private @Nullable Integer buffers;

    @Option(
            names = ZERO_COPY,
            paramLabel = "BYTES",
            description =
                    "Send so many bytes and more without a copy by the kernel; it costs more than it"
                            + " saves on loopback (default: 0, never).")
    private @Nullable Integer zeroCopy;

    /** The first flag that was given, or null. */
    @Nullable String given() {
        if (entries != null) {
            return ENTRIES;
        }
        if (cqEntries != null) {
            return CQ_ENTRIES;
        }
        if (sqPoll != null) {
            return SQPOLL;
        }
        if (workers != null) {
            return WORKERS;
        }
        if (buffers != null) {
            return BUFFERS;
        }
        return zeroCopy == null ? null : ZERO_COPY;
    }

    /**
     * How rings are made.
     *
     * @throws Refusal if a value makes no sense
     */
    RingSettings settings() {
        RingSettings all = RingSettings.DEFAULT;
        all = with(all, ENTRIES, entries, all::withSubmissions);
        all = with(all, CQ_ENTRIES, cqEntries, all::withCompletions);
        all = with(all, WORKERS, workers, all::withWorkers);
        all = with(all, BUFFERS, buffers, all::withBuffers);
        all = with(all, ZERO_COPY, zeroCopy, all::withZeroCopy);
        SqPoll polling = sqPoll;
        return polling == null ? all : all.withSqPoll(polling.idle(), polling.cpu());
    }

    /** Changes one value, if there is one. */
    private interface Change {
        RingSettings to(int value);
    }

    private static RingSettings with(
            RingSettings before, String flag, @Nullable Integer value, Change change) {
        try {
            return value == null ? before : change.to(value);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(flag + ": " + Refusal.message(e), e);
        }
    }
}

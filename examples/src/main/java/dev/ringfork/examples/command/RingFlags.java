// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static java.time.temporal.ChronoUnit.MICROS;

import dev.ringfork.reactor.server.RingUse;
import dev.ringfork.reactor.uring.RingSettings;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.stream.Stream;
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
    private static final String RECV = "--recv";
    private static final String BUNDLE = "--bundle";
    private static final String INCREMENTAL = "--incremental";
    private static final String ACCEPT = "--accept-op";
    private static final String NAPI = "--napi";
    private static final String NO_IOWAIT = "--no-iowait";

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

    @Option(
            names = RECV,
            paramLabel = "multishot|oneshot",
            description =
                    "Whether a receive goes on after the first bytes, or is begun anew each time"
                            + " (default: multishot).")
    private @Nullable Shots recv;

    @Option(
            names = BUNDLE,
            paramLabel = "on|off",
            description =
                    "Let a receive fill several buffers before it tells, for much that comes in at once; one"
                            + " connection may have all buffers for a moment (default: off).")
    private @Nullable Switch bundle;

    @Option(
            names = INCREMENTAL,
            paramLabel = "on|off|auto",
            description =
                    "Let the kernel fill a buffer piece by piece, and sessions read where it lies; Linux 6.12"
                            + " (default: auto, which is off).")
    private RingUse.@Nullable Incremental incremental;

    @Option(
            names = ACCEPT,
            paramLabel = "multishot|oneshot",
            description =
                    "Whether an accept goes on after the first connection, or is begun anew each time"
                            + " (default: multishot).")
    private @Nullable Shots accept;

    @Option(
            names = NAPI,
            paramLabel = "MICROSECONDS",
            description =
                    "Ask the network card itself for so long before a wait sleeps; loopback has none"
                            + " (default: 0, not).")
    private @Nullable Integer napi;

    @Option(
            names = NO_IOWAIT,
            paramLabel = "on|off",
            description =
                    "Do not count a processor that waits with a ring as one that waits for a disk"
                            + " (default: on).")
    private @Nullable Switch noIowait;

    private record Flag(String name, @Nullable Object value) {}

    /** The first flag that was given, or null. */
    @Nullable String given() {
        return Stream.of(
                        new Flag(ENTRIES, entries),
                        new Flag(CQ_ENTRIES, cqEntries),
                        new Flag(SQPOLL, sqPoll),
                        new Flag(WORKERS, workers),
                        new Flag(BUFFERS, buffers),
                        new Flag(ZERO_COPY, zeroCopy),
                        new Flag(RECV, recv),
                        new Flag(BUNDLE, bundle),
                        new Flag(INCREMENTAL, incremental),
                        new Flag(ACCEPT, accept),
                        new Flag(NAPI, napi),
                        new Flag(NO_IOWAIT, noIowait))
                .filter(flag -> flag.value != null)
                .map(Flag::name)
                .findFirst()
                .orElse(null);
    }

    /**
     * How rings are made.
     *
     * @throws Refusal if a value makes no sense
     */
    RingSettings settings() {
        RingSettings all = RingSettings.DEFAULT.withIoWait(noIowait == Switch.OFF);
        all = with(all, ENTRIES, entries, RingSettings::withSubmissions);
        all = with(all, CQ_ENTRIES, cqEntries, RingSettings::withCompletions);
        all = with(all, WORKERS, workers, RingSettings::withWorkers);
        all = with(all, NAPI, napi, (ring, us) -> ring.withNapi(Duration.of(us, MICROS)));
        SqPoll polling = sqPoll;
        return polling == null ? all : all.withSqPoll(polling.idle(), polling.cpu());
    }

    /**
     * What is done with them.
     *
     * @throws Refusal if a value makes no sense
     */
    RingUse use() {
        RingUse all =
                RingUse.DEFAULT
                        .withRepeatedReceives(recv != Shots.ONESHOT)
                        .withRepeatedAccepts(accept != Shots.ONESHOT);
        if (bundle == Switch.ON) {
            try {
                all = all.withBundles(true);
            } catch (IllegalArgumentException e) {
                throw Refusal.usage(BUNDLE + ": " + Refusal.message(e), e);
            }
        }
        if (incremental != null) {
            try {
                all = all.withIncremental(incremental);
            } catch (IllegalArgumentException e) {
                throw Refusal.usage(INCREMENTAL + ": " + Refusal.message(e), e);
            }
        }
        all = with(all, BUFFERS, buffers, RingUse::withBuffers);
        return with(all, ZERO_COPY, zeroCopy, RingUse::withZeroCopy);
    }

    /** Changes one value, if there is one. */
    private static <T> T with(
            T before, String flag, @Nullable Integer value, BiFunction<T, Integer, T> change) {
        try {
            return value == null ? before : change.apply(before, value);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(flag + ": " + Refusal.message(e), e);
        }
    }
}

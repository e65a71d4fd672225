// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.prefork.Spawn;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.accept.Accepting;
import dev.ringfork.prefork.master.MasterSettings;
import dev.ringfork.prefork.master.Scale;
import dev.ringfork.prefork.master.Share;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags about worker processes. */
final class WorkerOptions {
    private static final MasterSettings DEFAULT = MasterSettings.DEFAULT;

    /** As PHP-FPM has them. */
    private static final int MIN_SPARE = 1;

    private static final int MAX_SPARE = 3;

    @Option(
            names = "--workers",
            paramLabel = "N|auto",
            description =
                    "Worker processes that a master keeps; auto is one for each processor, 0 serves in"
                            + " this process (default: ${DEFAULT-VALUE}).")
    WorkerCount workers = WorkerCount.NONE;

    @Option(
            names = "--scale",
            paramLabel = "WAY",
            description =
                    "Whether there are --workers or at most so many: static, as many; dynamic, so many that"
                            + " --min-spare to --max-spare are idle; ondemand, none until a connection waits;"
                            + " per-connection, one for each connection and --min-spare idle ones"
                            + " (default: ${DEFAULT-VALUE}).")
    private Scale.Mode scale = Scale.Mode.STATIC;

    @Option(
            names = "--min-spare",
            paramLabel = "N",
            description =
                    "With --scale dynamic: idle workers at least; with --scale per-connection: workers that"
                            + " are started before a connection comes, 0 for none (default: 1).")
    private @Nullable Integer minSpare;

    @Option(
            names = "--max-spare",
            paramLabel = "N",
            description =
                    "With --scale dynamic: idle workers at most (default: 3, but no more than --workers).")
    private @Nullable Integer maxSpare;

    @Option(
            names = "--idle-worker-timeout",
            paramLabel = "TIME",
            description =
                    "With --scale ondemand: how long a worker may have no connection (default: 10s).")
    private @Nullable Span idleWorkerTimeout;

    @Option(
            names = "--spawn",
            paramLabel = "WAY",
            description =
                    "How workers come to be: exec, the same command line again; cold, forked from a launcher that"
                            + " has the virtual machine loaded; warm, forked from a template, a virtual machine"
                            + " that runs and has loaded the program (Linux with glibc); auto, the first of warm, cold and"
                            + " exec that can be (default: ${DEFAULT-VALUE}).")
    Spawn spawn = Spawn.EXEC;

    @Option(
            names = "--warm-requests",
            paramLabel = "N",
            description =
                    "With --spawn warm: how many requests the template has itself answer before workers are"
                            + " forked from it, so that they come with compiled code; serve only (default:"
                            + " ${DEFAULT-VALUE}).")
    int warmRequests = 20_000;

    /** For measurements, and for nobody else. */
    @Option(names = "--ballast", hidden = true, paramLabel = "SIZE")
    Size ballast = new Size(0);

    @Option(
            names = "--accept",
            paramLabel = "WAY",
            description =
                    "How connections reach workers: shared, all wait for the listener; exclusive, all wait and"
                            + " the kernel wakes one; mutex, the one that has a lock waits; reuseport, each has a"
                            + " listener of its own (Linux); pass, the master accepts and passes each on to the worker"
                            + " that has fewest (default: ${DEFAULT-VALUE}).")
    private AcceptStrategy accept = Accepting.DEFAULT.strategy();

    @Option(
            names = "--accept-mutex",
            paramLabel = "KIND",
            description =
                    "What the lock is made of: futex, fcntl, flock or pthread (default: ${DEFAULT-VALUE}).")
    private AcceptMutexKind acceptMutex = Accepting.DEFAULT.mutex();

    @Option(
            names = "--accept-mutex-delay",
            paramLabel = "TIME",
            description =
                    "How long a worker that has not got the lock waits at most before it tries again"
                            + " (default: ${DEFAULT-VALUE}).")
    private Span acceptMutexDelay = new Span(Accepting.DEFAULT.mutexDelay());

    @Option(
            names = "--rebalance-every",
            paramLabel = "N",
            description =
                    "With --accept exclusive: connections after which a worker goes to the end of the line, 0"
                            + " never (default: ${DEFAULT-VALUE}).")
    private int rebalanceEvery = Accepting.DEFAULT.rebalanceEvery();

    @Option(
            names = "--boot-timeout",
            paramLabel = "TIME",
            description =
                    "How long a worker may take until it accepts, 0s for ever (default: ${DEFAULT-VALUE}).")
    private Span bootTimeout = new Span(DEFAULT.bootTimeout());

    @Option(
            names = "--heartbeat",
            paramLabel = "TIME",
            description = "How often a worker shows that it is alive (default: ${DEFAULT-VALUE}).")
    private Span heartbeat = new Span(DEFAULT.heartbeat());

    @Option(
            names = "--worker-timeout",
            paramLabel = "TIME",
            description =
                    "A worker that shows no life for so long is asked for a thread dump and replaced, 0s"
                            + " never (default: ${DEFAULT-VALUE}).")
    private Span workerTimeout = new Span(DEFAULT.workerTimeout());

    @Option(
            names = "--max-requests",
            paramLabel = "N",
            description =
                    "A worker that has answered so many is replaced, 0 never (default: ${DEFAULT-VALUE}).")
    private int maxRequests;

    @Option(
            names = "--max-requests-jitter",
            paramLabel = "N",
            description =
                    "Up to so many more, by chance, so that not all are due at once (default:"
                            + " ${DEFAULT-VALUE}).")
    private int maxRequestsJitter;

    @Option(
            names = "--max-age",
            paramLabel = "TIME",
            description =
                    "A worker that is so old, or by chance up to a tenth older, is replaced, 0s never"
                            + " (default: ${DEFAULT-VALUE}).")
    private Span maxAge = new Span(Duration.ZERO);

    @Option(
            names = "--max-memory",
            paramLabel = "SIZE",
            description =
                    "A worker that takes so much is replaced, what it shares counted in part (Linux), 0"
                            + " never (default: ${DEFAULT-VALUE}).")
    private Size maxMemory = new Size(0);

    @Option(
            names = "--max-boot-failures",
            paramLabel = "N",
            description =
                    "So many starts that fail one after the other, with no worker serving, end the master"
                            + " (default: ${DEFAULT-VALUE}).")
    private int maxBootFailures = DEFAULT.maxBootFailures();

    @Option(
            names = "--max-unavailable",
            paramLabel = "N|N%",
            description =
                    "How many workers are replaced at a time by a reload (default: ${DEFAULT-VALUE}).")
    private Share maxUnavailable = DEFAULT.maxUnavailable();

    @Option(
            names = "--upgrade-timeout",
            paramLabel = "TIME",
            description =
                    "How long a new master may take until its workers accept before an upgrade is backed"
                            + " out, 0s for ever (default: ${DEFAULT-VALUE}).")
    private Span upgradeTimeout = new Span(DEFAULT.upgradeTimeout());

    @Option(
            names = "--pid-file",
            paramLabel = "FILE",
            description = "Write the process id of the master to a file.")
    @Nullable Path pidFile;

    @Option(
            names = "--control",
            paramLabel = "PATH",
            description =
                    "Answer ringfork ctl and ringfork top at a Unix socket, for this user and root alone.")
    @Nullable Path control;

    @Mixin final ServiceOptions service = new ServiceOptions();

    /**
     * Whether there is to be a master. A process for each connection implies one, a bound for its
     * workers, and that it accepts for them.
     *
     * @throws Refusal if that contradicts what was given
     */
    boolean wanted(Arrangement architecture, CommonOptions common) {
        if (architecture.forks()) {
            if (common.given("--scale") && scale != Scale.Mode.PER_CONNECTION) {
                throw Refusal.usage(
                        "--scale: with --architecture %s it is per-connection, leave it out"
                                .formatted(architecture),
                        null);
            }
            scale = Scale.Mode.PER_CONNECTION;
            if (!common.given("--workers")) {
                workers = WorkerCount.FORKS;
            } else if (workers.count() == 0) {
                throw Refusal.usage(
                        "--workers: say how many processes there may be, at least 1", null);
            }
        }
        if (scale == Scale.Mode.PER_CONNECTION && !common.given("--accept")) {
            accept = AcceptStrategy.PASS;
        }
        return workers.count() > 0;
    }

    /** Whether each worker serves one connection, so that workers come and go all the time. */
    boolean perConnection() {
        return scale == Scale.Mode.PER_CONNECTION;
    }

    /**
     * How workers accept.
     *
     * @throws Refusal if a value makes no sense
     */
    Accepting accepting() {
        try {
            return new Accepting(accept, acceptMutex, acceptMutexDelay.duration(), rebalanceEvery);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        }
    }

    /**
     * Checks that nothing was asked for that only a master can do.
     *
     * @throws Refusal if it was
     */
    void requireNoMaster() {
        if (scale != Scale.Mode.STATIC) {
            throw Refusal.usage(
                    "--scale: say how many workers there may be, add --workers auto", null);
        }
        if (control != null) {
            throw Refusal.usage(
                    "--control: there is a master to ask with workers only, add --workers auto",
                    null);
        }
        if (pidFile != null || service.given() != null) {
            throw Refusal.usage(
                    "%s: that is for a master with workers only, add --workers auto"
                            .formatted(pidFile == null ? service.given() : "--pid-file"),
                    null);
        }
    }

    /** How many workers, for people: {@code 4}, or {@code at most 4, ondemand}. */
    String number() {
        return scale == Scale.Mode.STATIC
                ? Integer.toString(workers.count())
                : "at most %d, %s".formatted(workers.count(), Word.of(scale));
    }

    /**
     * How their number follows what there is to do.
     *
     * @throws Refusal if a flag is of another way
     */
    Scale scale() {
        boolean dynamic = scale == Scale.Mode.DYNAMIC;
        refuseUnless(
                dynamic || perConnection(), minSpare, "--min-spare", "dynamic or per-connection");
        refuseUnless(dynamic, maxSpare, "--max-spare", "dynamic");
        boolean onDemand = scale == Scale.Mode.ONDEMAND;
        refuseUnless(onDemand, idleWorkerTimeout, "--idle-worker-timeout", "ondemand");
        if (dynamic) {
            int least = minSpare == null ? MIN_SPARE : minSpare;
            int usual = Math.max(least, Math.min(MAX_SPARE, workers.count()));
            return Scale.dynamic(least, maxSpare == null ? usual : maxSpare);
        }
        if (perConnection()) {
            return Scale.perConnection(minSpare == null ? MIN_SPARE : minSpare);
        }
        if (onDemand) {
            return Scale.onDemand(
                    idleWorkerTimeout == null ? Scale.IDLE_TIMEOUT : idleWorkerTimeout.duration());
        }
        return Scale.STATIC;
    }

    private static void refuseUnless(
            boolean fits, @Nullable Object given, String flag, String mode) {
        if (given != null && !fits) {
            throw Refusal.usage("%s goes with --scale %s".formatted(flag, mode), null);
        }
    }

    /**
     * How a master keeps its workers.
     *
     * @throws Refusal if the values contradict each other
     */
    MasterSettings settings(Duration drainDelay, Duration drainTimeout) {
        try {
            return MasterSettings.builder()
                    .workers(workers.count())
                    .bootTimeout(bootTimeout.duration())
                    .heartbeat(heartbeat.duration())
                    .workerTimeout(workerTimeout.duration())
                    .drainDelay(drainDelay)
                    .drainTimeout(drainTimeout)
                    .maxRequests(maxRequests)
                    .maxRequestsJitter(maxRequestsJitter)
                    .maxAge(maxAge.duration())
                    .maxMemoryBytes(maxMemory.bytes())
                    .maxBootFailures(maxBootFailures)
                    .upgradeTimeout(upgradeTimeout.duration())
                    .maxUnavailable(maxUnavailable)
                    .scale(scale())
                    .build();
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        }
    }
}

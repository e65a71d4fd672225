// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs checks one after the other and prints a line for each. Confined to one thread; a check runs
 * on a thread of its own, so that one that hangs is given up.
 */
public final class Selftest {
    /** More than all waits of a check together, were each to last as long as it may. */
    private static final Duration CHECK = Duration.ofSeconds(30);

    private final Syscalls syscalls;
    private final PrintStream out;
    private final Duration atMost;
    private int held;
    private int skipped;
    private int failed;

    /**
     * A selftest.
     *
     * @param out receives the report
     */
    public Selftest(Syscalls syscalls, PrintStream out) {
        this(syscalls, out, CHECK);
    }

    /** The same with another time for each check. */
    Selftest(Syscalls syscalls, PrintStream out, Duration atMost) {
        this.syscalls = syscalls;
        this.out = out;
        this.atMost = atMost;
    }

    /**
     * Tries everything and prints the report.
     *
     * @param version of Ringfork, for the heading
     * @return whether nothing has failed
     * @throws IOException if there can be no folder for files
     */
    public boolean run(String version) throws IOException, InterruptedException {
        Heading.print(out, "selftest", version, syscalls);
        return run(allChecks());
    }

    private static List<Check> allChecks() {
        List<Check> all = new ArrayList<>();
        all.addAll(SocketChecks.all());
        all.addAll(MessageChecks.all());
        all.addAll(DescriptorChecks.all());
        all.addAll(MappingChecks.all());
        all.addAll(PollingChecks.all());
        all.addAll(KqueueChecks.all());
        all.addAll(DemultiplexerChecks.all());
        all.addAll(ProcessChecks.all());
        all.addAll(SignalChecks.all());
        all.addAll(ServerChecks.all());
        return all;
    }

    /** Tries some checks and that they leave nothing behind. */
    boolean run(List<Check> checks) throws IOException, InterruptedException {
        // Short: the path of a Unix socket in it has to fit into 104 bytes.
        Path folder = Files.createTempDirectory("rf");
        try {
            BitSet before = Leftovers.descriptors(syscalls);
            for (Check check : checks) {
                report(check, folder);
            }
            report(Leftovers.check(syscalls, before), folder);
        } finally {
            Leftovers.delete(folder);
        }
        out.printf("%n%d ok, %d skipped, %d FAILED%n", held, skipped, failed);
        return failed == 0;
    }

    /** The name comes first: if the JVM dies of a check, the report ends with it. */
    private void report(Check check, Path folder) throws IOException, InterruptedException {
        out.printf("%-42s ", check.name());
        out.flush();
        out.println(verdict(check, Files.createTempDirectory(folder, "")));
    }

    private String verdict(Check check, Path folder) throws InterruptedException {
        FutureTask<Void> task =
                new FutureTask<>(() -> {
                    try (Bench bench = new Bench(syscalls, folder)) {
                        check.body().run(bench);
                    }
                    return null;
                });
        Thread thread = Thread.ofPlatform().daemon().name("selftest").start(task);
        try {
            task.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            held++;
            return "ok";
        } catch (TimeoutException e) {
            failed++;
            String where = place(thread.getStackTrace());
            return "FAILED: not over after %d ms%s".formatted(atMost.toMillis(), where);
        } catch (ExecutionException e) {
            return explain(Objects.requireNonNull(e.getCause()));
        }
    }

    private String explain(Throwable cause) {
        if (cause instanceof Unavailable) {
            skipped++;
            return "skipped: " + cause.getMessage();
        }
        failed++;
        String what =
                switch (cause) {
                    case Mismatch mismatch -> mismatch.getMessage();
                    case SyscallException refused -> refused.getMessage() + ", expected success";
                    default -> cause.toString();
                };
        return "FAILED: %s%s".formatted(what, place(cause.getStackTrace()));
    }

    /** The line of the check that was on its way, for who looks it up. */
    private static String place(StackTraceElement[] frames) {
        for (StackTraceElement frame : frames) {
            if (frame.getClassName().startsWith(Selftest.class.getPackageName())
                    && frame.getFileName() != null
                    && frame.getFileName().endsWith("Checks.java")) {
                return " (%s:%d)".formatted(frame.getFileName(), frame.getLineNumber());
            }
        }
        return "";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.examples.selftest.Heading;
import dev.ringfork.prefork.control.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows whether warm forks hold on this virtual machine and this system: starts a machine for each
 * collector, has it fork, and prints what came of it. Confined to one thread.
 */
public final class Forklab {
    /** What a machine may be silent for besides waiting for a child, and looking at it. */
    private static final long SILENCE_MS = 90_000;

    private static final long TELL_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long SMALL_BYTES = 1 << 20;
    private static final String NOBODY = "65534";

    private final Plan plan;
    private final PrintStream out;
    private final Map<Plan.Collector, Tally> tallies = new EnumMap<>(Plan.Collector.class);
    private final Set<String> obstacles = new LinkedHashSet<>();

    /**
     * A laboratory.
     *
     * @param out receives the report
     */
    public Forklab(Plan plan, PrintStream out) {
        this.plan = plan;
        this.out = out;
    }

    /**
     * Tries everything and prints the report.
     *
     * @param version of Ringfork, for the heading
     * @return whether all holds
     * @throws IOException if there can be no folder for files, or no virtual machine
     */
    public boolean run(String version) throws IOException, InterruptedException {
        Heading.print(out, "forklab", version, Syscalls.get());
        Path folder = Files.createTempDirectory("ringfork-forklab");
        Path jar = folder.resolve("unseen.jar");
        Unseen.write(jar);
        for (Plan.Collector collector : plan.collectors()) {
            Tally tally = new Tally();
            tallies.put(collector, tally);
            run(collector, tally, LabMachine.Mode.MATRIX, folder, jar);
            if (obstacles.isEmpty() && tally.holds(Trial.UNFORKED)) {
                room(collector, tally, folder, jar);
                run(collector, tally, LabMachine.Mode.ORPHANS, folder, jar);
            }
        }
        boolean good = obstacles.isEmpty() && tallies.values().stream().allMatch(Tally::good);
        print();
        if (tallies.values().stream().allMatch(Tally::good)) {
            delete(folder);
        } else {
            out.println("What was written down of it is in " + folder);
        }
        return good;
    }

    /** What {@link #run} has found, as JSON. */
    public String json() {
        String all =
                tallies.entrySet().stream()
                        .map(each ->
                                Json.quoted(each.getKey().title()) + ":" + each.getValue().json())
                        .collect(Collectors.joining(",", "{", "}"));
        return "{\"java\":%s,\"vm\":%s,\"obstacles\":%s,\"collectors\":%s}"
                .formatted(
                        Json.quoted(Runtime.version().toString()),
                        Json.quoted(System.getProperty("java.vm.name")),
                        Json.write(List.copyOf(obstacles)),
                        all);
    }

    /** Where this user is root, whom no limit binds, another one tries. */
    private void room(Plan.Collector collector, Tally tally, Path folder, Path jar)
            throws IOException, InterruptedException {
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            run(collector, tally, LabMachine.Mode.ROOM, folder, jar);
            return;
        }
        if (!Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            tally.skipped(Trial.NO_ROOM, "root has no limits, and there is no setpriv(1)");
            return;
        }
        Path open = Files.createDirectories(folder.resolve("nobody"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        run(collector, tally, LabMachine.Mode.ROOM, open, jar);
    }

    /** Runs one machine until its end, and counts what it tells. */
    private void run(
            Plan.Collector collector, Tally tally, LabMachine.Mode mode, Path folder, Path jar)
            throws IOException, InterruptedException {
        boolean small = mode != LabMachine.Mode.MATRIX;
        Plan told = small ? plan.withLive(SMALL_BYTES) : plan;
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of(mode.name(), folder.toString(), jar.toString()));
        arguments.addAll(told.told());
        List<String> before = List.of();
        if (folder.endsWith("nobody")) {
            before =
                    List.of(
                            "/usr/bin/setpriv",
                            "--reuid=" + NOBODY,
                            "--regid=" + NOBODY,
                            "--clear-groups",
                            "--");
        }
        try (LabProcess machine =
                LabProcess.start(before, collector, folder, told.liveBytes(), arguments)) {
            new Watch(collector, tally, machine, mode).untilDone();
        }
    }

    /** Listens to one machine. */
    private final class Watch {
        private final Plan.Collector collector;
        private final Tally tally;
        private final LabProcess machine;
        private final long waitMs = 2 * plan.patience().toMillis() + SILENCE_MS;
        private @Nullable Trial current;
        private long begun;
        private long lastTold;
        private boolean killed;
        private boolean heard;
        private final LabMachine.Mode mode;

        Watch(Plan.Collector collector, Tally tally, LabProcess machine, LabMachine.Mode mode) {
            this.collector = collector;
            this.tally = tally;
            this.machine = machine;
            this.mode = mode;
        }

        void untilDone() throws IOException, InterruptedException {
            try {
                Wire.Message message = machine.next(waitMs);
                while (message != null && message.word() != Wire.Word.DONE) {
                    heard = true;
                    hear(message);
                    message = machine.next(waitMs);
                }
                if (killed) {
                    tally.held(Trial.ORPHANS);
                } else if (message == null) {
                    throw machine.lost();
                }
            } catch (LabProcess.Lost e) {
                lost(e);
            }
            tellEnd();
        }

        private void lost(LabProcess.Lost loss) {
            String why = String.valueOf(loss.getMessage());
            if (mode == LabMachine.Mode.ROOM && !heard) {
                tally.skipped(Trial.NO_ROOM, "another user cannot run it: " + why);
                return;
            }
            String cause = killed ? "children of a killed parent live on" : why;
            fail(current == null ? Trial.UNFORKED : current, cause);
        }

        private void hear(Wire.Message message) {
            switch (message.word()) {
                case TRIES -> {
                    tellEnd();
                    current = message.trial();
                    begun = System.nanoTime();
                    lastTold = begun;
                }
                case HELD -> tally.held(message.trial());
                case FAILED -> fail(message.trial(), message.text());
                case SKIPPED -> tally.skipped(message.trial(), message.text());
                case FORKED -> forked(message.text());
                case OBSTACLE -> obstacle(message.text());
                case KILL_ME -> {
                    killed = true;
                    machine.kill();
                }
                case DONE -> throw new AssertionError();
            }
        }

        private void forked(String numbers) {
            // The others have another heap.
            if (mode == LabMachine.Mode.MATRIX) {
                tally.forked(numbers);
            }
            long now = System.nanoTime();
            if (current != null && now - lastTold > TELL_NS) {
                lastTold = now;
                out.printf(
                        "%-9s %-24s %d until now%n",
                        collector.title(), current.title(), tally.done(current));
            }
        }

        /** Another user may not be able to read or write what this one can. */
        private void obstacle(String text) {
            if (mode == LabMachine.Mode.ROOM) {
                tally.skipped(Trial.NO_ROOM, "another user cannot fork: " + text);
            } else {
                obstacles.add(text);
            }
        }

        private void fail(Trial trial, String cause) {
            tally.failed(trial, cause);
            out.printf("%-9s %-24s FAILED: %s%n", collector.title(), trial.title(), cause);
        }

        private void tellEnd() {
            if (current != null) {
                double seconds = (System.nanoTime() - begun) / 1e9;
                out.printf(
                        "%-9s %-24s %s, %.1f s%n",
                        collector.title(), current.title(), tally.result(current), seconds);
                current = null;
            }
        }
    }

    private void print() {
        if (!obstacles.isEmpty()) {
            out.println("This virtual machine cannot be forked:");
            obstacles.forEach(each -> out.println("  " + each));
            return;
        }
        out.println();
        row("", tallies.keySet().stream().map(Plan.Collector::title).toList());
        List<Tally> all = List.copyOf(tallies.values());
        for (Trial trial : Trial.values()) {
            row(trial.title(), all.stream().map(tally -> tally.result(trial)).toList());
        }
        row("fork() ms: median/p99/max", all.stream().map(Tally::forkMs).toList());
        row("pause of the parent, ms", all.stream().map(Tally::pauseMs).toList());
        row("child's threads after, ms", all.stream().map(Tally::restoreMs).toList());
        out.println();
        for (Trial trial : Trial.values()) {
            Set<String> reasons = new LinkedHashSet<>();
            all.forEach(tally -> reasons.add(tally.reason(trial)));
            reasons.remove("");
            reasons.forEach(reason -> out.printf("skipped, %s: %s%n", trial.title(), reason));
        }
        out.println(all.stream().allMatch(Tally::good) ? "all holds" : "something does NOT hold");
    }

    private void row(String name, List<String> cells) {
        String joined = cells.stream().map("%20s"::formatted).collect(Collectors.joining());
        out.printf("%-26s%s%n", name, joined);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Forks;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks for all that is in the way of a warm fork. */
final class Obstacles {
    private static final String ELSE = "use --spawn cold";

    /** A bit of {@code enum rf_fork_reason}, in the order of the bits. */
    private static final List<Obstacle> REASONS =
            List.of(
                    new Obstacle("the C library is not glibc", ELSE),
                    new Obstacle(
                            "the kernel has no PR_GET_TID_ADDRESS",
                            "use one with CONFIG_CHECKPOINT_RESTORE, or --spawn cold"),
                    new Obstacle(
                            "returns are checked against a shadow stack",
                            "start with GLIBC_TUNABLES=glibc.cpu.x86_shstk=off"),
                    new Obstacle(
                            "somebody else handles the signal that stops threads",
                            "name another one"),
                    new Obstacle("/proc cannot be read", "mount it"),
                    new Obstacle("a descriptor can be neither shared nor made anew", "close it"),
                    new Obstacle(
                            "the Java heap is shared memory",
                            "use -XX:+UseG1GC and not -XX:+UseZGC"),
                    new Obstacle(
                            "the virtual machine's counters are shared memory",
                            "start with -XX:+PerfDisableSharedMem"),
                    new Obstacle("there is shared memory of shmget(2)", "detach it"),
                    new Obstacle(
                            "there are timers of timer_create(2) or setitimer(2), a profiler's?",
                            "stop them"),
                    new Obstacle("there are operations of io_setup(2)", "end them"),
                    new Obstacle(
                            "a ring of io_uring is mapped whose descriptor was closed",
                            "unmap it: close whatever has opened it"),
                    new Obstacle(
                            "a thread has other rights than the rest",
                            "have all threads become another user at once"));

    private static final int DESCRIPTOR = 1 << 5;

    private Obstacles() {}

    /** All of them; none is a good sign. */
    static List<Obstacle> find(Syscalls syscalls) {
        String absence = syscalls.absence("rf_fork");
        if (absence != null) {
            return List.of(new Obstacle("there is no rf_fork: " + absence, ELSE));
        }
        List<Obstacle> all = new ArrayList<>(inProcess(syscalls));
        all.addAll(ofTools());
        Obstacle renewal = Renewal.obstacle(syscalls.processes().getpid());
        if (renewal != null) {
            all.add(renewal);
        }
        return all;
    }

    private static List<Obstacle> inProcess(Syscalls syscalls) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment findings = call.allocate(Forks.Findings.BYTES, Long.BYTES);
            int result = syscalls.forks().rf_fork_check(findings.address());
            if (result < 0) {
                return List.of(
                        new Obstacle(
                                "rf_fork_check: " + Errno.name(-result),
                                result == -Errno.ENOSYS
                                        ? "there are warm forks on Linux with glibc only"
                                        : "try again"));
            }
            return named(findings);
        }
    }

    private static List<Obstacle> named(MemorySegment findings) {
        int bits = findings.get(JAVA_INT, Forks.Findings.REASONS);
        List<Obstacle> all = new ArrayList<>();
        for (int i = 0; i < REASONS.size(); i++) {
            int bit = 1 << i;
            if ((bits & bit) != 0) {
                all.add(bit == DESCRIPTOR ? descriptor(findings) : REASONS.get(i));
            }
        }
        if (bits >>> REASONS.size() != 0) {
            all.add(new Obstacle("rf_fork_check has found 0x%x".formatted(bits), ELSE));
        }
        return all;
    }

    private static Obstacle descriptor(MemorySegment findings) {
        return new Obstacle(
                "descriptor %d (%s) can be neither shared nor made anew"
                        .formatted(
                                findings.get(JAVA_INT, Forks.Findings.FD),
                                findings.getString(Forks.Findings.NAME)),
                "close it before");
    }

    /** What watches a virtual machine has threads and sockets that do not go along. */
    static List<Obstacle> ofTools() {
        List<Obstacle> all = new ArrayList<>();
        if (FlightRecordings.running()) {
            all.add(new Obstacle("a flight recording (JFR) runs", "stop it, start it in workers"));
        }
        if (mapped("libjdwp.so")) {
            all.add(
                    new Obstacle(
                            "a debugger's agent (JDWP) is loaded",
                            "start without -agentlib:jdwp, debug with --spawn exec"));
        }
        return all;
    }

    private static boolean mapped(String library) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.anyMatch(line -> line.endsWith("/" + library));
        } catch (IOException e) {
            // rf_fork_check has read it, or has said that it cannot.
            return false;
        }
    }
}

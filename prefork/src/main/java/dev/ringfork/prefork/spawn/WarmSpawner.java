// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Has workers forked by a template: a process of the same command line that has loaded and warmed
 * the program, serves nobody, and is forked with all its threads. Workers share its heap, classes
 * and compiled code until they write to them, and serve after some ten milliseconds.
 *
 * <p>A template that was renewed has read again what the program reads when it starts.
 */
public final class WarmSpawner {
    /** {@code descriptor,pid of the master}: of its socket, and what makes a process a template. */
    private static final String TEMPLATE = "RINGFORK_TEMPLATE";

    /** Without it the counters of a virtual machine would be the counters of all its copies. */
    private static final String COUNTERS_APART = "-XX:+PerfDisableSharedMem";

    private static final Duration FOR_EVER = Duration.ofDays(7);

    private WarmSpawner() {}

    /**
     * Starts a template for workers with a command line of {@code java}, and waits until it is
     * warm.
     *
     * @param environment what they get beside their assignment
     * @param report is told when a template dies
     * @param patience how long a template may take to get warm, or to fork; zero for ever
     * @throws IllegalStateException if there can be none: the message says why
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another process
     */
    public static Spawner open(
            Syscalls syscalls,
            CommandLine commandLine,
            Map<String, String> environment,
            Consumer<String> report,
            Duration patience) {
        if (!Platform.current().linux()) {
            // A template would say so too, after it has got warm.
            throw new IllegalStateException("there are warm forks on Linux with glibc only");
        }
        int master = syscalls.processes().getpid();
        Launcher.Program program = program(commandLine, environment, master);
        return LauncherSpawner.open(
                syscalls,
                new LauncherSpawner.Kind(
                        "warm",
                        "template",
                        () -> Launcher.start(syscalls, program),
                        patience.isZero() ? FOR_EVER : patience,
                        true),
                report);
    }

    private static Launcher.Program program(
            CommandLine commandLine, Map<String, String> environment, int master) {
        List<String> arguments = new ArrayList<>(commandLine.arguments());
        arguments.add(1, COUNTERS_APART);
        Map<String, String> variables = new HashMap<>(environment);
        variables.put(TEMPLATE, "%d,%d".formatted(Launcher.POST_FD, master));
        return new Launcher.Program(commandLine.program(), arguments, variables);
    }

    /** Whether this process was started as a template: it listens nowhere by itself. */
    public static boolean isTemplate(Syscalls syscalls, Map<String, String> environment) {
        return post(syscalls, environment) >= 0;
    }

    /** The descriptor of a template's socket, or -1 in a process that is none. */
    static int post(Syscalls syscalls, Map<String, String> environment) {
        String[] parts = environment.getOrDefault(TEMPLATE, "").split(",", -1);
        if (parts.length != 2) {
            return -1;
        }
        int fd = Integer.parseInt(parts[0]);
        return Channel.isHandedOver(syscalls, fd, Integer.parseInt(parts[1])) ? fd : -1;
    }
}

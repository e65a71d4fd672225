// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.spawn.ColdSpawner;
import dev.ringfork.prefork.spawn.CommandLine;
import dev.ringfork.prefork.spawn.ExecSpawner;
import dev.ringfork.prefork.spawn.Spawner;
import dev.ringfork.prefork.spawn.WarmSpawner;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** How workers come to be. */
public enum Spawn {
    /** As the same command line again, in a fresh virtual machine. */
    EXEC,
    /** Forked from a launcher that has the virtual machine loaded, and creates it then. */
    COLD,
    /**
     * Forked from a template: a virtual machine that runs, and has loaded and warmed the program.
     */
    WARM,
    /** {@link #WARM} where that can be, else {@link #COLD}, else {@link #EXEC}: it is reported. */
    AUTO;

    /**
     * The way itself, for workers like this process. AUTO alone gives way to another.
     *
     * @param report is told what AUTO has come to, and when a process that forks workers dies
     * @param patience how long a template may take to get warm
     * @throws IllegalStateException if it cannot be gone here: the message says why
     */
    Spawner spawner(
            Syscalls syscalls,
            Map<String, String> environment,
            Consumer<String> report,
            Duration patience) {
        CommandLine line = CommandLine.current();
        Function<Spawn, Spawner> ways =
                way ->
                        switch (way) {
                            case EXEC -> new ExecSpawner(syscalls, line, environment);
                            case COLD -> ColdSpawner.open(syscalls, line, environment, report);
                            case WARM ->
                                    WarmSpawner.open(syscalls, line, environment, report, patience);
                            case AUTO -> throw new IllegalArgumentException("which one?");
                        };
        if (this == AUTO) {
            return best(ways, report);
        }
        try {
            return ways.apply(this);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("spawn %s: %s".formatted(word(), e.getMessage()), e);
        }
    }

    private static Spawner best(Function<Spawn, Spawner> ways, Consumer<String> report) {
        String whyNot = "";
        for (Spawn way : List.of(WARM, COLD)) {
            try {
                Spawner spawner = ways.apply(way);
                report.accept("spawn auto: " + way.word() + whyNot);
                return spawner;
            } catch (IllegalStateException | SyscallException e) {
                whyNot += ", not %s: %s".formatted(way.word(), e.getMessage());
            }
        }
        report.accept("spawn auto: exec" + whyNot);
        return ways.apply(EXEC);
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

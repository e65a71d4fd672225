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
import java.util.Map;
import java.util.function.Consumer;

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
    /** {@link #COLD} where there is a launcher, else {@link #EXEC}; which and why is reported. */
    AUTO;

    /**
     * The way itself, for workers like this process. AUTO alone gives way to another.
     *
     * @param patience how long a template may take to get warm
     * @throws IllegalStateException if it cannot be gone here: the message says why
     */
    Spawner spawner(
            Syscalls syscalls,
            Map<String, String> environment,
            Consumer<String> report,
            Duration patience) {
        CommandLine commandLine = CommandLine.current();
        return switch (this) {
            case EXEC -> new ExecSpawner(syscalls, commandLine, environment);
            case COLD -> {
                try {
                    yield ColdSpawner.open(syscalls, commandLine, environment, report);
                } catch (IllegalStateException e) {
                    throw new IllegalStateException("spawn cold: " + e.getMessage(), e);
                }
            }
            case WARM -> {
                try {
                    yield WarmSpawner.open(syscalls, commandLine, environment, report, patience);
                } catch (IllegalStateException e) {
                    throw new IllegalStateException("spawn warm: " + e.getMessage(), e);
                }
            }
            case AUTO -> {
                try {
                    Spawner cold = ColdSpawner.open(syscalls, commandLine, environment, report);
                    report.accept("spawn cold: there is a launcher to fork workers from");
                    yield cold;
                } catch (IllegalStateException | SyscallException e) {
                    report.accept("spawn exec, not cold: " + e.getMessage());
                    yield new ExecSpawner(syscalls, commandLine, environment);
                }
            }
        };
    }
}

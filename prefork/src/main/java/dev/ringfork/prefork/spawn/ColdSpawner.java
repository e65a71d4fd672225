// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.natives.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has workers forked, without exec, from a small program that has loaded the virtual machine and
 * not created it: each worker creates its own, with the options of this one. Confined to the
 * master's thread.
 *
 * <p>What that saves is exec and the linking of the virtual machine, which workers then share. What
 * it does not is the start of the machine itself.
 *
 * <p>A launcher that dies is replaced when the next worker is started; the workers that it has
 * forked go on.
 */
public final class ColdSpawner implements Spawner {
    private final Syscalls syscalls;
    private final Path libjvm;
    private final MachineStart machine;
    private final Map<String, String> environment;
    private final Consumer<String> report;
    private Ends ends = (pid, ended) -> {};
    private @Nullable Launcher launcher;

    private ColdSpawner(
            Syscalls syscalls,
            Path libjvm,
            MachineStart machine,
            Map<String, String> environment,
            Consumer<String> report) {
        this.syscalls = syscalls;
        this.libjvm = libjvm;
        this.machine = machine;
        this.environment = Map.copyOf(environment);
        this.report = report;
    }

    /**
     * Starts a launcher for workers with a command line of {@code java}.
     *
     * @param environment what they get beside their assignment
     * @param report is told when a launcher dies
     * @throws IllegalStateException if there can be none: the message says why
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another process
     */
    public static ColdSpawner open(
            Syscalls syscalls,
            CommandLine commandLine,
            Map<String, String> environment,
            Consumer<String> report) {
        String classPath = System.getProperty("java.class.path", "");
        MachineStart machine = MachineStart.of(commandLine, environment, classPath);
        ColdSpawner spawner = new ColdSpawner(syscalls, libjvm(), machine, environment, report);
        spawner.launcher = spawner.start();
        return spawner;
    }

    private static Path libjvm() {
        String name = Platform.current().macos() ? "libjvm.dylib" : "libjvm.so";
        Path libjvm = Path.of(System.getProperty("java.home"), "lib", "server", name);
        if (!Files.isReadable(libjvm)) {
            throw new IllegalStateException(
                    "there is no %s, which the launcher would load".formatted(libjvm));
        }
        return libjvm;
    }

    private Launcher start() {
        return switch (NativeLibrary.findLauncher(Platform.current().key())) {
            case NativeLibrary.Absent absent -> throw new IllegalStateException(absent.reason());
            case NativeLibrary.Present program -> {
                try (program) {
                    yield start(program.path());
                }
            }
        };
    }

    private Launcher start(Path program) {
        try {
            return Launcher.start(syscalls, program, libjvm, machine, environment);
        } catch (Launcher.Gone e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return "cold";
    }

    @Override
    public void attach(Ends ends) {
        this.ends = ends;
        if (launcher != null) {
            watch(launcher);
        }
    }

    private void watch(Launcher watched) {
        ends.watch(watched.pid(), () -> ended(watched, "has died"));
    }

    @Override
    public int spawn(Assignment assignment) {
        Launcher running = running();
        Assignment there =
                new Assignment(
                        assignment.slot(),
                        assignment.generation(),
                        assignment.masterPid(),
                        assignment.manifest().there());
        try {
            return running.spawn(assignment.manifest().descriptors(), there.variables());
        } catch (Launcher.Gone e) {
            ended(running, "is of no use (%s)".formatted(e.getMessage()));
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public int parent() {
        return launcher == null ? 0 : launcher.pid();
    }

    private Launcher running() {
        if (launcher == null) {
            launcher = start();
            watch(launcher);
        }
        return launcher;
    }

    /** Heard of twice when it dies while it is given an order: the second time it is another. */
    private void ended(Launcher dead, String what) {
        if (launcher == dead) {
            launcher = null;
            int pid = dead.pid();
            WaitStatus how = dead.end();
            dead.close();
            report.accept(
                    "the launcher (pid %d) %s, %s: its workers go on, the next worker is forked by a new launcher"
                            .formatted(pid, what, how));
        }
    }

    @Override
    public WaitStatus reap(Syscalls syscalls, int pid) {
        if (Platform.current().linux()) {
            return Spawner.reapChild(syscalls, pid);
        }
        try {
            return launcher == null ? WaitStatus.of(0) : launcher.reap(pid);
        } catch (Launcher.Gone | SyscallException e) {
            // The launcher that had forked it is gone, and init has reaped it: nobody knows how it
            // ended.
            return WaitStatus.of(0);
        }
    }

    /** Ends the launcher; workers go on. */
    @Override
    public void close() {
        Launcher running = launcher;
        launcher = null;
        if (running != null) {
            running.close();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.natives.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Has workers forked by ringfork-launcher, which has loaded the virtual machine and not created it:
 * each worker creates its own, with the options of this one.
 *
 * <p>What that saves is exec and the linking of the virtual machine, which workers then share. What
 * it does not is the start of the machine itself.
 */
public final class ColdSpawner {
    /** A fork takes a millisecond or two; this is for a machine that is all but stuck. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ColdSpawner() {}

    /**
     * Starts a launcher for workers with a command line of {@code java}, and waits until it is
     * ready.
     *
     * @param environment what they get beside their assignment
     * @param report is told when a launcher dies
     * @throws IllegalStateException if there can be none: the message says why
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another process
     */
    public static Spawner open(
            Syscalls syscalls,
            CommandLine commandLine,
            Map<String, String> environment,
            Consumer<String> report) {
        return open(syscalls, commandLine, environment, report, PATIENCE);
    }

    /** The same with a launcher that is given up when it has not answered for so long. */
    static Spawner open(
            Syscalls syscalls,
            CommandLine commandLine,
            Map<String, String> environment,
            Consumer<String> report,
            Duration patience) {
        String classPath = System.getProperty("java.class.path", "");
        MachineStart machine = MachineStart.of(commandLine, environment, classPath);
        Path libjvm = libjvm();
        return LauncherSpawner.open(
                syscalls,
                new LauncherSpawner.Kind(
                        "cold",
                        "launcher",
                        () -> start(syscalls, libjvm, machine, environment),
                        patience,
                        false),
                report);
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

    private static Launcher start(
            Syscalls syscalls, Path libjvm, MachineStart machine, Map<String, String> environment) {
        return switch (NativeLibrary.findLauncher(Platform.current().key())) {
            case NativeLibrary.Absent absent -> throw new IllegalStateException(absent.reason());
            case NativeLibrary.Present program -> {
                try (program) {
                    List<String> arguments = arguments(program.path(), libjvm, machine);
                    yield Launcher.start(
                            syscalls,
                            new Launcher.Program(
                                    program.path().toString(), arguments, environment));
                }
            }
        };
    }

    private static List<String> arguments(Path program, Path libjvm, MachineStart machine) {
        List<String> arguments = new ArrayList<>();
        arguments.add(String.valueOf(program.getFileName()));
        arguments.add(libjvm.toString());
        arguments.addAll(machine.options());
        arguments.add("--");
        arguments.add(machine.mainClass());
        arguments.addAll(machine.arguments());
        return arguments;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.natives.NativeLibrary;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LauncherTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Syscalls syscalls = Syscalls.get();

    /** A launcher that can fork workers. */
    private Launcher start() {
        String libjvm = System.getProperty("java.home") + "/lib/server/libjvm.so";
        NativeLibrary.Present program =
                assertInstanceOf(
                        NativeLibrary.Present.class,
                        NativeLibrary.findLauncher(Platform.current().key()));
        try (program) {
            List<String> arguments = List.of("ringfork-launcher", libjvm, "--", "Main");
            Launcher launcher =
                    Launcher.start(
                            syscalls,
                            new Launcher.Program(program.path().toString(), arguments, Map.of()));
            launcher.awaitReady(DEADLINE);
            return launcher;
        }
    }

    @Test
    void shouldNotBeGivenUpForAnOrderThatTheSystemDoesNotTake() {
        assumeTrue(Platform.current().linux(), "the library has another name");
        try (Launcher launcher = start()) {
            // Any trouble of the sender's would do: this is to be had everywhere.
            List<Integer> none = List.of(-1);
            SyscallException trouble =
                    assertThrows(SyscallException.class, () -> launcher.spawn(none, Map.of()));
            assertEquals(Errno.EBADF, trouble.errno());
            assertEquals(0, syscalls.processes().kill(launcher.pid(), 0), "it runs");
        }
    }

    @Test
    void shouldBeGoneWhenItHasDied() {
        assumeTrue(Platform.current().linux(), "the library has another name");
        try (Launcher launcher = start()) {
            syscalls.processes().kill(launcher.pid(), ProcessConstants.SIGKILL);
            assertThrows(Launcher.Gone.class, () -> launcher.await(DEADLINE));
            assertThrows(Launcher.Gone.class, () -> launcher.spawn(List.of(), Map.of()));
        }
    }
}

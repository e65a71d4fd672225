// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.EventConstants;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which signal to the master means what.
 *
 * <p>SIGQUIT stays the virtual machine's, for a thread dump, and SIGUSR2, by which it suspends
 * threads.
 */
final class OperatorSignals {
    private static final Map<Integer, Command> COMMANDS =
            Map.of(
                    ProcessConstants.SIGTERM,
                    Command.DRAIN,
                    ProcessConstants.SIGINT,
                    Command.DRAIN,
                    ProcessConstants.SIGHUP,
                    Command.RELOAD,
                    ProcessConstants.SIGUSR1,
                    Command.REOPEN,
                    ProcessConstants.SIGWINCH,
                    Command.VACATE,
                    ProcessConstants.SIGTTIN,
                    Command.MORE,
                    ProcessConstants.SIGTTOU,
                    Command.FEWER,
                    statusSignal(),
                    Command.STATUS);

    private OperatorSignals() {}

    private static int statusSignal() {
        return Platform.current().linux() ? ProcessConstants.SIGPWR : ProcessConstants.SIGINFO;
    }

    /** Those that mean something. */
    static Set<Integer> all() {
        return COMMANDS.keySet();
    }

    /** What a signal asks for, or null for nothing. */
    static @Nullable Command command(Syscalls syscalls, int signo) {
        // A terminal sends it whenever its window changes.
        boolean resized = signo == ProcessConstants.SIGWINCH && onTerminal(syscalls);
        return resized ? null : COMMANDS.get(signo);
    }

    /**
     * Whether a terminal sends signals to this process. Standard input tells: output that is put
     * into a file makes no difference to that, and a service has none.
     */
    private static boolean onTerminal(Syscalls syscalls) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(Long.BYTES);
            long request = EventConstants.TIOCGWINSZ;
            return syscalls.descriptors().ioctl(0, request, size.address()) == 0;
        }
    }
}

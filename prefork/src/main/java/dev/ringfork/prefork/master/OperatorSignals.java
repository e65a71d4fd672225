// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.EventConstants;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.signals.MachineSignal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which signal to the master means what.
 *
 * <p>SIGUSR2 is the virtual machine's, by which it suspends threads, unless it was told before its
 * start to use another signal. SIGQUIT is taken from it, and so is the thread dump; those who
 * attach to it send that as well, and then it means nothing.
 */
final class OperatorSignals {
    private static final Map<Integer, Command> COMMANDS =
            Map.ofEntries(
                    Map.entry(ProcessConstants.SIGTERM, Command.DRAIN),
                    Map.entry(ProcessConstants.SIGQUIT, Command.DRAIN),
                    Map.entry(ProcessConstants.SIGUSR2, Command.UPGRADE),
                    Map.entry(ProcessConstants.SIGINT, Command.DRAIN),
                    Map.entry(ProcessConstants.SIGHUP, Command.RELOAD),
                    Map.entry(ProcessConstants.SIGURG, Command.REFORK),
                    Map.entry(ProcessConstants.SIGUSR1, Command.REOPEN),
                    Map.entry(ProcessConstants.SIGWINCH, Command.VACATE),
                    Map.entry(ProcessConstants.SIGTTIN, Command.MORE),
                    Map.entry(ProcessConstants.SIGTTOU, Command.FEWER),
                    Map.entry(statusSignal(), Command.STATUS));

    private OperatorSignals() {}

    private static int statusSignal() {
        return Platform.current().linux() ? ProcessConstants.SIGPWR : ProcessConstants.SIGINFO;
    }

    /** Those that mean something. */
    static Set<Integer> watched() {
        Set<Integer> watched = new HashSet<>(COMMANDS.keySet());
        if (!MachineSignal.moved(System.getenv())) {
            watched.remove(ProcessConstants.SIGUSR2);
        }
        return watched;
    }

    /** Why SIGUSR2 does not mean anything, or null if it does. */
    static @Nullable String upgradeAbsence(Map<String, String> environment) {
        return MachineSignal.moved(environment)
                ? null
                : "SIGUSR2 does not upgrade, for the virtual machine uses it: start it with the variable %s=%d, or upgrade over the control socket"
                        .formatted(MachineSignal.VARIABLE, MachineSignal.FREE);
    }

    /** What a signal asks for, or null for nothing. */
    static @Nullable Command command(Syscalls syscalls, int signo) {
        // A terminal sends it whenever its window changes.
        boolean resized = signo == ProcessConstants.SIGWINCH && onTerminal(syscalls);
        boolean attached = signo == ProcessConstants.SIGQUIT && MachineSignal.attaching();
        return resized || attached ? null : COMMANDS.get(signo);
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

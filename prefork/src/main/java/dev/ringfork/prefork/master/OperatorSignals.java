// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.io.Console;
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
    static @Nullable Command command(int signo) {
        // A terminal sends it whenever its window changes.
        boolean resized = signo == ProcessConstants.SIGWINCH && onTerminal();
        return resized ? null : COMMANDS.get(signo);
    }

    @SuppressWarnings("SystemConsoleNull") // From Java 25 on it is null again without a terminal.
    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}

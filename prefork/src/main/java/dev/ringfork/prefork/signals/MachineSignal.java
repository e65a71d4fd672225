// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.signals;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The signals that the virtual machine uses itself: SIGUSR2 to suspend threads, unless a variable
 * names another one before it starts, and SIGQUIT, by which those who attach to it wake it.
 */
public final class MachineSignal {
    /** The variable that names the signal to suspend threads by. */
    public static final String VARIABLE = "_JAVA_SR_SIGNUM";

    /**
     * A signal that nobody uses. Of the real-time ones of Linux the C library keeps the first,
     * emulators and the JDK's sockets the last; macOS has none, there it is SIGVTALRM.
     */
    public static final int FREE = Platform.current().linux() ? 50 : 26;

    // Beyond these the virtual machine falls back to SIGUSR2.
    private static final int LOWEST = 12;
    private static final int HIGHEST = Platform.current().linux() ? 64 : 31;

    private MachineSignal() {}

    /** Whether the virtual machine leaves SIGUSR2 to the program. */
    public static boolean moved(Map<String, String> environment) {
        String text = environment.getOrDefault(VARIABLE, "");
        if (!text.matches("\\d{1,4}")) {
            return false;
        }
        int signo = Integer.parseInt(text);
        return signo >= LOWEST && signo <= HIGHEST && signo != ProcessConstants.SIGUSR2;
    }

    /** Whether somebody attaches to this process now, {@code jcmd} for instance. */
    public static boolean attaching() {
        String name = ".attach_pid" + ProcessHandle.current().pid();
        // Where the one who attaches leaves his file: here, or where temporary files are.
        return Files.exists(Path.of(name)) || Files.exists(Path.of("/tmp", name));
    }
}

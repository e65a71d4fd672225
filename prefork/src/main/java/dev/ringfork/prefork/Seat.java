// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.control.ControlSocket;
import dev.ringfork.prefork.control.Display;
import dev.ringfork.prefork.master.MasterLoop;
import java.nio.file.Path;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What shows the others who the master is: its pid file and its control socket. Confined to the
 * master's thread. Owns both; a master that has taken them over keeps them when this is closed.
 */
final class Seat implements AutoCloseable {
    private final Syscalls syscalls;
    private final MasterLoop loop;
    private final Display display;
    private final @Nullable Path pidPath;
    private final @Nullable Path controlPath;
    private @Nullable PidFile pidFile;
    private @Nullable ControlSocket control;

    /** One that is not taken yet; paths that are null are not wanted. */
    Seat(
            Syscalls syscalls,
            MasterLoop loop,
            Display display,
            @Nullable Path pidPath,
            @Nullable Path controlPath) {
        this.syscalls = syscalls;
        this.loop = loop;
        this.display = display;
        this.pidPath = pidPath;
        this.controlPath = controlPath;
    }

    /**
     * Takes it if nobody has it.
     *
     * @throws IllegalStateException if somebody else has it: the message says who
     */
    void take() {
        writePid(_ -> false);
        if (controlPath != null) {
            control = ControlSocket.open(syscalls, loop, controlPath, display);
        }
    }

    /**
     * Takes it from a master that gives it away, or if nobody has it.
     *
     * @param predecessor whether a process is that master
     * @throws IllegalStateException if somebody else has it: the message says who
     */
    void takeFrom(LongPredicate predecessor) {
        writePid(predecessor);
        if (controlPath != null) {
            control = ControlSocket.openInPlace(syscalls, loop, controlPath, display);
        }
    }

    private void writePid(LongPredicate predecessor) {
        if (pidPath != null) {
            pidFile = PidFile.write(pidPath, syscalls.processes().getpid(), predecessor);
        }
    }

    /** Takes back what another master has taken that has gone again. */
    void retake() {
        writePid(_ -> false);
        if (control != null) {
            control.retake();
        }
    }

    @Override
    public void close() {
        if (control != null) {
            control.close();
        }
        if (pidFile != null) {
            pidFile.close();
        }
    }
}

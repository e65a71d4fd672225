// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.control.ControlSocket;
import dev.ringfork.prefork.listeners.Binder;
import dev.ringfork.prefork.master.MasterLoop;
import java.nio.file.Path;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What shows the others who the master is: its pid file and its control socket. Confined to the
 * master's thread. Owns both; a master that has taken them over keeps them when this is closed.
 */
final class Seat implements AutoCloseable {
    private final Syscalls syscalls;
    private final MasterLoop loop;
    private final Binder binder;
    private final @Nullable Path pidPath;
    private final @Nullable Path controlPath;
    private final SequencedMap<String, String> configuration;
    private @Nullable PidFile pidFile;
    private @Nullable ControlSocket control;

    /** One that is not taken yet; paths that are null are not wanted. */
    Seat(
            Syscalls syscalls,
            MasterLoop loop,
            Binder binder,
            @Nullable Path pidPath,
            @Nullable Path controlPath,
            SequencedMap<String, String> configuration) {
        this.syscalls = syscalls;
        this.loop = loop;
        this.binder = binder;
        this.pidPath = pidPath;
        this.controlPath = controlPath;
        this.configuration = configuration;
    }

    /**
     * Takes it if nobody has it, or only a master that gives it away.
     *
     * @param predecessorPid that one's process, or 0 for none
     * @throws IllegalStateException if somebody else has it: the message says who
     */
    void take(int predecessorPid) {
        writePid(predecessorPid);
        if (controlPath != null) {
            control =
                    predecessorPid == 0
                            ? ControlSocket.open(
                                    syscalls, loop, controlPath, binder::descriptors, configuration)
                            : ControlSocket.openInPlace(
                                    syscalls,
                                    loop,
                                    controlPath,
                                    binder::descriptors,
                                    configuration);
        }
    }

    private void writePid(int predecessorPid) {
        if (pidPath != null) {
            pidFile = PidFile.write(pidPath, syscalls.processes().getpid(), predecessorPid);
        }
    }

    /** Takes back what another master has taken that has gone again. */
    void retake() {
        writePid(0);
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

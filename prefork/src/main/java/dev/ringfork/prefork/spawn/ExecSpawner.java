// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SpawnActions;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import java.util.List;
import java.util.Map;

/**
 * Starts a worker as the same command line again, posix_spawn(3): a fresh virtual machine, on every
 * platform. Confined to the master's thread.
 */
public final class ExecSpawner implements Spawner {
    private final Syscalls syscalls;
    private final CommandLine commandLine;
    private final Map<String, String> environment;
    private Placement placement = Placement.NONE;

    /**
     * Starts workers with a command line.
     *
     * @param environment what they get beside their assignment
     */
    public ExecSpawner(
            Syscalls syscalls, CommandLine commandLine, Map<String, String> environment) {
        this.syscalls = syscalls;
        this.commandLine = commandLine;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public void place(Placement placement) {
        this.placement = placement;
    }

    @Override
    public void spawn(Birth birth) {
        Assignment assignment = birth.assignment();
        if (assignment == null) {
            return;
        }
        int pid;
        placement.enter(assignment.slot(), 0);
        try {
            pid = start(assignment);
        } catch (SyscallException e) {
            birth.failed(e);
            return;
        } finally {
            placement.leave(0);
        }
        birth.born(pid);
    }

    private int start(Assignment assignment) {
        try (SpawnActions actions = new SpawnActions()) {
            List<Integer> descriptors = assignment.manifest().descriptors();
            for (int i = 0; i < descriptors.size(); i++) {
                actions.handOver(descriptors.get(i), Manifest.FIRST_FD + i);
            }
            // Ctrl-C reaches the whole group of the terminal, and workers are to finish first.
            actions.processGroup(0);
            int pid =
                    actions.start(
                            syscalls.processes(),
                            commandLine.program(),
                            commandLine.arguments(),
                            assignment.there().in(environment));
            return Errno.check("posix_spawn", pid, commandLine.program());
        }
    }
}

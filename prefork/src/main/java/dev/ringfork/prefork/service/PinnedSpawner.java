// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.service;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.prefork.spawn.Assignment;
import dev.ringfork.prefork.spawn.Spawner;
import java.util.BitSet;
import java.util.List;

/**
 * Starts each worker on a processor of its own. Confined to the master's thread.
 *
 * <p>A new process may run where the thread that started it may. So that thread is moved for the
 * moment of the start, and no thread of the worker has ever run elsewhere: its virtual machine
 * counts one processor, and chooses its collector and its threads for that.
 */
final class PinnedSpawner implements Spawner {
    private final Syscalls syscalls;
    private final Spawner spawner;
    private final List<Integer> processors;

    PinnedSpawner(Syscalls syscalls, Spawner spawner, List<Integer> processors) {
        this.syscalls = syscalls;
        this.spawner = spawner;
        this.processors = processors;
    }

    @Override
    public String name() {
        return spawner.name();
    }

    @Override
    public void attach(Ends ends) {
        spawner.attach(ends);
    }

    @Override
    public int parent() {
        return spawner.parent();
    }

    @Override
    public int spawn(Assignment assignment) {
        BitSet own = Processors.allowed(syscalls, 0);
        BitSet one = new BitSet();
        one.set(processors.get(assignment.slot() % processors.size()));
        // A processor that was taken away since is no reason to go without a worker.
        Processors.allow(syscalls, 0, one);
        Processors.allow(syscalls, spawner.parent(), one);
        try {
            return spawner.spawn(assignment);
        } finally {
            Processors.allow(syscalls, 0, own);
            // Another one, if that has died: it was started on the one processor too.
            Processors.allow(syscalls, spawner.parent(), own);
        }
    }

    @Override
    public WaitStatus reap(Syscalls calls, int pid) {
        return spawner.reap(calls, pid);
    }

    @Override
    public void close() {
        spawner.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.service;

import dev.ringfork.bindings.Syscalls;
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
final class ProcessorPlacement implements Spawner.Placement {
    private final Syscalls syscalls;
    private final List<Integer> processors;
    private BitSet own = new BitSet();

    ProcessorPlacement(Syscalls syscalls, List<Integer> processors) {
        this.syscalls = syscalls;
        this.processors = processors;
    }

    @Override
    public void enter(int slot, int tid) {
        // Another thread was started by this one, and may run where this one may.
        own = Processors.allowed(syscalls, 0);
        BitSet one = new BitSet();
        one.set(processors.get(slot % processors.size()));
        // A processor that was taken away since is no reason to go without a worker.
        Processors.allow(syscalls, tid, one);
    }

    @Override
    public void leave(int tid) {
        Processors.allow(syscalls, tid, own);
    }
}

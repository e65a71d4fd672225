// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.service;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.spawn.Spawner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Starts each worker on a processor of its own. Confined to the master's thread.
 *
 * <p>A new process may run where the thread that started it may. So that thread is moved for the
 * moment of the start, and no thread of the worker has ever run elsewhere: its virtual machine
 * counts one processor, and chooses its collector and its threads for that. The copy of a process
 * that runs moves all of its threads itself.
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
        // A processor that was taken away since is no reason to go without a worker.
        Processors.allow(syscalls, tid, processor(slot));
    }

    private BitSet processor(int slot) {
        BitSet one = new BitSet();
        one.set(processors.get(slot % processors.size()));
        return one;
    }

    @Override
    public void leave(int tid) {
        Processors.allow(syscalls, tid, own);
    }

    /**
     * Moves all threads of this process.
     *
     * @throws UncheckedIOException if they cannot be listed
     */
    void settle(int slot) {
        BitSet one = processor(slot);
        Set<Integer> moved = new HashSet<>();
        List<Integer> all = threads();
        // One that was started meanwhile may come of one that had not been moved yet.
        while (moved.addAll(all)) {
            all.forEach(tid -> Processors.allow(syscalls, tid, one));
            all = threads();
        }
    }

    private static List<Integer> threads() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.map(task -> Integer.valueOf(task.getFileName().toString())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A way to start workers. Confined to the master's thread. */
public interface Spawner extends AutoCloseable {

    /** Tells of ends of processes. */
    @FunctionalInterface
    interface Ends {
        /**
         * Watches a child of this process.
         *
         * @param ended called when it can be reaped, once
         */
        void watch(int pid, Runnable ended);
    }

    /** Its name, as in {@code --spawn}. */
    String name();

    /** Lets it hear of the ends of processes that it works through; by default there are none. */
    default void attach(Ends ends) {}

    /**
     * Starts a worker, which has the descriptors of its manifest under the numbers of {@link
     * Manifest#there}, the standard ones, and no other; no signal is blocked or ignored in it, and
     * it leads a process group of its own. The child is the caller's to reap, by {@link #reap}.
     *
     * @param assignment with descriptors as they are in this process
     * @return the pid
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another process
     * @throws IllegalStateException if it cannot be done now, for another reason
     */
    int spawn(Assignment assignment);

    /**
     * The process whose settings a worker starts with, its processors for instance, if it has one
     * thread; 0 for the thread that calls {@link #spawn}.
     */
    default int parent() {
        return 0;
    }

    /** Reaps a worker that has ended, by default as a child of this process. */
    default WaitStatus reap(Syscalls syscalls, int pid) {
        return reapChild(syscalls, pid);
    }

    /** Reaps a child of this process, waitpid(2). Blocks until it has ended. */
    static WaitStatus reapChild(Syscalls syscalls, int pid) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment status = call.allocate(JAVA_INT);
            int result;
            do {
                result = syscalls.processes().waitpid(pid, status, 0);
            } while (result == -Errno.EINTR);
            return WaitStatus.of(result == pid ? status.get(JAVA_INT, 0) : 0);
        }
    }

    /** Ends what it works through; workers go on. */
    @Override
    default void close() {}
}

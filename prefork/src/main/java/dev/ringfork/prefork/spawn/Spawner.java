// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.reactor.Reactor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

    /** A worker to be: it is told how its start went, by one of two, once. */
    interface Birth {
        /**
         * What the worker is assigned: asked for once, when it is its turn to be started. The
         * descriptors are as in this process, and stay open until it is told how the start went.
         *
         * @return null if nobody wants it any more, or it cannot be had: it is told nothing then
         */
        @Nullable Assignment assignment();

        /** The worker runs. It is a child of this process, to be reaped by {@link #reap}. */
        void born(int pid);

        /**
         * There is none.
         *
         * @param reason a {@link dev.ringfork.bindings.SyscallException} if there is no room for
         *     another process, or an {@link IllegalStateException} that says why
         */
        void failed(RuntimeException reason);
    }

    /** Changes what a worker has from its parent, its processors for instance. */
    interface Placement {
        /**
         * Before a worker of a slot is started.
         *
         * @param tid the thread whose copy it will be, 0 for the caller's
         */
        void enter(int slot, int tid);

        /** After it was started, or could not be. */
        void leave(int tid);

        /** Changes nothing. */
        Placement NONE =
                new Placement() {
                    @Override
                    public void enter(int slot, int tid) {}

                    @Override
                    public void leave(int tid) {}
                };
    }

    /** Its name, as in {@code --spawn}. */
    String name();

    /** Sets what is done around each start, {@link Placement#NONE} by default. */
    void place(Placement placement);

    /**
     * Lets it work in the master's loop, and hear of the ends of processes that it works through;
     * by default it needs neither.
     */
    default void attach(Reactor reactor, Ends ends) {}

    /**
     * Starts a worker, perhaps after others. It has the descriptors of its manifest under the
     * numbers of {@link Manifest#there}, the standard ones, and no other; no signal is blocked or
     * ignored in it, and it leads a process group of its own.
     *
     * @param birth is asked and told on this thread, perhaps before this returns
     */
    void spawn(Birth birth);

    /**
     * Reaps a worker that has ended, by default as a child of this process.
     *
     * @param told how it has ended, on this thread, perhaps before this returns
     */
    default void reap(Syscalls syscalls, int pid, Consumer<WaitStatus> told) {
        told.accept(reapChild(syscalls, pid));
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

    /**
     * Has workers that are started from here on read again what a program reads when it starts; by
     * default each does.
     */
    default void renew() {}

    /** Why workers cannot be forked from one of them, or null if they can. */
    default @Nullable String promotionObstacle() {
        return "workers are not copies of a process that runs: start with --spawn warm";
    }

    /**
     * Has workers that are started from here on forked from one that was one of them and is none
     * any more.
     *
     * @param pid its process, a child of this one, which is not to be reaped by others any more
     * @param fd the socket that it takes orders from, which is taken over, also by a failure
     * @throws dev.ringfork.bindings.SyscallException if it cannot be listened to: it was ended then
     */
    default void promote(int pid, int fd) {
        throw new UnsupportedOperationException(promotionObstacle());
    }

    /** Ends what it works through; workers go on. */
    @Override
    default void close() {}
}

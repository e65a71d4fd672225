// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static dev.ringfork.bindings.calls.MutexFunctions.pthread_mutex_consistent;
import static dev.ringfork.bindings.calls.MutexFunctions.pthread_mutex_destroy;
import static dev.ringfork.bindings.calls.MutexFunctions.pthread_mutex_init;
import static dev.ringfork.bindings.calls.MutexFunctions.pthread_mutex_trylock;
import static dev.ringfork.bindings.calls.MutexFunctions.pthread_mutex_unlock;
import static dev.ringfork.bindings.calls.MutexFunctions.pthread_mutexattr_destroy;
import static dev.ringfork.bindings.calls.MutexFunctions.pthread_mutexattr_init;
import static dev.ringfork.bindings.calls.MutexFunctions.pthread_mutexattr_setpshared;
import static dev.ringfork.bindings.calls.MutexFunctions.pthread_mutexattr_setrobust;

import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A mutex of the C library in memory that processes share, which survives the death of its owner:
 * pthread_mutexattr_setrobust(3). Linux only.
 *
 * <p>Safe for use by many threads, but of platform threads alone: the C library knows the owner by
 * its thread, so who locks unlocks. The memory is the caller's. It is made once, by {@link
 * #initialize}, and found by the other processes with {@link #at}.
 */
public final class RobustMutex {
    private final MemorySegment memory;
    private final long address;

    private RobustMutex(MemorySegment memory) {
        if (memory.byteSize() < bytes()) {
            throw new IllegalArgumentException(
                    "%d bytes are too few for a mutex of %d".formatted(memory.byteSize(), bytes()));
        }
        this.memory = memory;
        this.address = memory.address();
    }

    /** Why there is no such mutex on this platform, or null when there is. */
    public static @Nullable String absence() {
        return Platform.current().macos()
                ? "macOS has no robust mutexes (pthread_mutexattr_setrobust): the next owner would wait for ever for a dead one"
                : null;
    }

    /** How much memory it takes; it lies at a multiple of 8 bytes. */
    public static long bytes() {
        return Layouts.current().size("pthread_mutex_t");
    }

    /**
     * Makes a mutex that nobody has, in memory that is mapped shared.
     *
     * @throws SyscallException if the C library refuses, with {@code ENOSYS} where it has no such
     */
    public static RobustMutex initialize(MemorySegment memory) {
        RobustMutex mutex = new RobustMutex(memory);
        try (Arena arena = Arena.ofConfined()) {
            long size = Layouts.current().size("pthread_mutexattr_t");
            long attributes = arena.allocate(size, Long.BYTES).address();
            check("pthread_mutexattr_init", pthread_mutexattr_init(attributes));
            check(
                    "pthread_mutexattr_setpshared",
                    pthread_mutexattr_setpshared(
                            attributes, ProcessConstants.PTHREAD_PROCESS_SHARED));
            check(
                    "pthread_mutexattr_setrobust",
                    pthread_mutexattr_setrobust(attributes, ProcessConstants.PTHREAD_MUTEX_ROBUST));
            check("pthread_mutex_init", pthread_mutex_init(mutex.address, attributes));
            check("pthread_mutexattr_destroy", pthread_mutexattr_destroy(attributes));
        }
        return mutex;
    }

    private static void check(String call, int result) {
        Errno.check(call, result, "a mutex in shared memory");
    }

    /** The mutex that another process has made in this memory. */
    public static RobustMutex at(MemorySegment memory) {
        return new RobustMutex(memory);
    }

    /**
     * Locks if nobody has it; does not block.
     *
     * @return 0; {@code -EBUSY}; {@code -EOWNERDEAD} if its owner died with it: the caller has it
     *     now and calls {@link #consistent} before it unlocks; {@code -ENOTRECOVERABLE} if somebody
     *     has not
     */
    public int tryLock() {
        return pthread_mutex_trylock(address);
    }

    /**
     * Makes it an ordinary mutex again after {@code -EOWNERDEAD}.
     *
     * @return 0, or {@code -EINVAL} if it is one
     */
    public int consistent() {
        return pthread_mutex_consistent(address);
    }

    /**
     * Unlocks.
     *
     * @return 0, or {@code -EPERM} if this thread does not have it
     */
    public int unlock() {
        return pthread_mutex_unlock(address);
    }

    /**
     * Ends it, when no process uses it any more: nobody asks who has it.
     *
     * @return 0
     */
    public int destroy() {
        return pthread_mutex_destroy(address);
    }

    /** The memory that it lies in. */
    public MemorySegment memory() {
        return memory;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import dev.ringfork.bindings.RobustMutex;
import org.jspecify.annotations.Nullable;

/** What an {@link AcceptMutex} is made of. */
public enum AcceptMutexKind {
    /**
     * A word in shared memory with the pid of who has it: one atomic instruction, no system call.
     * The kernel knows nothing of it, so the master frees it when it has reaped an owner. It is
     * tried only and never waited for, so no futex(2) call is made either.
     */
    FUTEX,
    /** A lock of the process on a file, {@code F_SETLK} of fcntl(2): freed by the kernel. */
    FCNTL,
    /** A lock of an open file, flock(2): freed by the kernel. */
    FLOCK,
    /**
     * A robust mutex of the C library in shared memory, pthread_mutexattr_setrobust(3): no system
     * call, and the kernel tells the next one that the owner died. Linux only.
     */
    PTHREAD;

    /** Why there is none on this system, and what to choose instead; null when there is one. */
    public @Nullable String absence() {
        String missing = this == PTHREAD ? RobustMutex.absence() : null;
        return missing == null ? null : missing + "; choose --accept-mutex futex, flock or fcntl";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A word in shared memory: below the owner's pid, or 0, and above it a number that grows with each
 * owner. So nobody frees it by mistake for an owner that is not the one he has seen.
 */
final class WordMutex extends AcceptMutex {
    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final long PID = 0xffff_ffffL;

    private final MemorySegment content;
    private final int pid;

    // What the word is while this process has it; read and written by who has it only.
    private long mine;

    WordMutex(Syscalls syscalls, SharedFile file) {
        super(syscalls, file, AcceptMutexKind.FUTEX);
        this.content = file.content();
        this.pid = syscalls.processes().getpid();
    }

    @Override
    boolean tryLock() {
        // Looked at first: a failed exchange takes the cache line from the owner for nothing.
        long seen = (long) WORD.getOpaque(content, 0L);
        if ((seen & PID) != 0) {
            return false;
        }
        long next = ((seen & ~PID) + (PID + 1)) | pid;
        // Volatile, both ways: what is done with the lock stays between getting it and giving it
        // back, in this process and in the others.
        if (!WORD.compareAndSet(content, 0L, seen, next)) {
            return false;
        }
        mine = next;
        return true;
    }

    @Override
    void unlock() {
        // Not set: if the master took this process for dead, it is another's by now.
        free(mine);
    }

    @Override
    public boolean forceUnlock(int dead) {
        long seen = (long) WORD.getVolatile(content, 0L);
        if ((seen & PID) != dead || dead == 0 || !free(seen)) {
            return false;
        }
        countForced();
        return true;
    }

    private boolean free(long word) {
        return WORD.compareAndSet(content, 0L, word, word & ~PID);
    }
}

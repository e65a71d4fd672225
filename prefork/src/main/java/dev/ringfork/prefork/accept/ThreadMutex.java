// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.RobustMutex;
import dev.ringfork.bindings.Syscalls;

/** A robust mutex of the C library in shared memory: its owner is a thread. */
final class ThreadMutex extends AcceptMutex {
    private final RobustMutex mutex;

    ThreadMutex(Syscalls syscalls, SharedFile file) {
        super(syscalls, file, AcceptMutexKind.PTHREAD);
        this.mutex = RobustMutex.at(file.content());
    }

    /** Makes the mutex in a file that no other process has yet. */
    static void initialize(SharedFile file) {
        RobustMutex.initialize(file.content());
    }

    @Override
    boolean tryLock() {
        int result = mutex.tryLock();
        if (result == -Errno.EBUSY) {
            return false;
        }
        if (result == -Errno.EOWNERDEAD) {
            // Nothing is guarded that could be half done: the listeners are the kernel's.
            Errno.check("pthread_mutex_consistent", mutex.consistent(), "the accept mutex");
            countRecovered();
            return true;
        }
        Errno.check("pthread_mutex_trylock", result, "the accept mutex");
        return true;
    }

    @Override
    void unlock() {
        Errno.check("pthread_mutex_unlock", mutex.unlock(), "the accept mutex");
    }
}

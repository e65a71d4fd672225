// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;

/**
 * A lock of an open file, flock(2). A descriptor that was inherited shares its open file, and with
 * it the lock, so each process opens the file once more.
 */
final class FileLockMutex extends AcceptMutex {
    private final int own;
    private boolean closed;

    FileLockMutex(Syscalls syscalls, SharedFile file) {
        super(syscalls, file, AcceptMutexKind.FLOCK);
        own = file.reopen();
    }

    @Override
    boolean tryLock() {
        int result = syscalls.descriptors().flock(own, Fcntl.LOCK_EX | Fcntl.LOCK_NB);
        if (result == -Errno.EAGAIN) {
            return false;
        }
        Errno.check("flock", result, own);
        return true;
    }

    @Override
    void unlock() {
        Errno.check("flock", syscalls.descriptors().flock(own, Fcntl.LOCK_UN), own);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            syscalls.descriptors().close(own);
        }
        super.close();
    }
}

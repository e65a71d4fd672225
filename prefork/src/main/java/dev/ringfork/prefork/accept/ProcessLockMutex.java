// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A lock of the process on the file, {@code F_SETLK} of fcntl(2). It is lost when the process
 * closes any descriptor of the file, so there is one only, and one such object a process.
 */
final class ProcessLockMutex extends AcceptMutex {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment lock = whole(Fcntl.F_WRLCK);
    private final MemorySegment unlock = whole(Fcntl.F_UNLCK);

    ProcessLockMutex(Syscalls syscalls, SharedFile file) {
        super(syscalls, file, AcceptMutexKind.FCNTL);
    }

    /** A {@code struct flock} for the whole file: from 0, of length 0. */
    private MemorySegment whole(int type) {
        Layouts layouts = Layouts.current();
        MemorySegment flock = arena.allocate(layouts.size("flock"), Long.BYTES);
        flock.set(JAVA_SHORT, layouts.offset("flock", "l_type"), (short) type);
        flock.set(JAVA_SHORT, layouts.offset("flock", "l_whence"), (short) Fcntl.SEEK_SET);
        return flock;
    }

    @Override
    boolean tryLock() {
        int result = syscalls.descriptors().fcntl(file.fd(), Fcntl.F_SETLK, lock.address());
        // Which of the two is left to the system, fcntl(2).
        if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
            return false;
        }
        Errno.check("fcntl F_SETLK", result, file.fd());
        return true;
    }

    @Override
    void unlock() {
        int result = syscalls.descriptors().fcntl(file.fd(), Fcntl.F_SETLK, unlock.address());
        Errno.check("fcntl F_SETLK", result, file.fd());
    }

    @Override
    public void close() {
        super.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}

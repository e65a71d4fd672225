// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.server.AcceptGate;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A lock that one thread of one worker process has at a time, and that is free again when its owner
 * has died: by the kernel, or by the master's {@link #forceUnlock}. It is tried, never waited for.
 *
 * <p>The master makes it and hands its descriptor to each worker, which adopts it: also one that
 * was forked with the master's object, which names the master as the owner. Safe for use by many
 * threads, platform threads where it is of kind {@link AcceptMutexKind#PTHREAD}; who gets it gives
 * it back. Owns its descriptor; close it when no server uses it any more, since its memory is gone
 * then.
 *
 * <pre>{@code
 * AcceptMutex mutex = AcceptMutex.adopt(AcceptMutexKind.FUTEX, fd);
 * Server.builder(protocol).listen(listener).acceptGate(mutex, Duration.ofMillis(500)).start()
 * }</pre>
 */
public abstract sealed class AcceptMutex implements AcceptGate, AutoCloseable
        permits WordMutex, ProcessLockMutex, FileLockMutex, ThreadMutex {
    final Syscalls syscalls;
    final SharedFile file;
    private final AcceptMutexKind kind;

    // Locks of files do not keep the threads of one process apart, so that is done here, for all.
    private final AtomicBoolean here = new AtomicBoolean();
    private final AtomicLong attempts = new AtomicLong();
    private final AtomicLong acquired = new AtomicLong();
    private final AtomicLong recovered = new AtomicLong();
    private final AtomicLong forced = new AtomicLong();

    AcceptMutex(Syscalls syscalls, SharedFile file, AcceptMutexKind kind) {
        this.syscalls = syscalls;
        this.file = file;
        this.kind = kind;
    }

    /**
     * Makes one that nobody has.
     *
     * @throws IllegalArgumentException if this system has no such kind: the message says why and
     *     what to choose
     * @throws dev.ringfork.bindings.SyscallException if the system refuses a file, or memory
     */
    public static AcceptMutex create(AcceptMutexKind kind) {
        return create(Syscalls.get(), kind);
    }

    /** The same with another way to the kernel. */
    public static AcceptMutex create(Syscalls syscalls, AcceptMutexKind kind) {
        requirePresent(kind);
        SharedFile file = SharedFile.create(syscalls, kind);
        try {
            if (kind == AcceptMutexKind.PTHREAD) {
                ThreadMutex.initialize(file);
            }
            return of(syscalls, kind, file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Takes over the descriptor of one that the master has made: {@link #fd}, inherited.
     *
     * @throws IllegalArgumentException if it is none, or of another kind, or this system has no
     *     such; the descriptor stays the caller's
     */
    public static AcceptMutex adopt(AcceptMutexKind kind, int fd) {
        return adopt(Syscalls.get(), kind, fd);
    }

    /** The same with another way to the kernel. */
    public static AcceptMutex adopt(Syscalls syscalls, AcceptMutexKind kind, int fd) {
        requirePresent(kind);
        SharedFile file = SharedFile.adopt(syscalls, kind, fd);
        try {
            return of(syscalls, kind, file);
        } catch (RuntimeException e) {
            file.giveBack();
            throw e;
        }
    }

    private static void requirePresent(AcceptMutexKind kind) {
        String absence = kind.absence();
        if (absence != null) {
            throw new IllegalArgumentException(absence);
        }
    }

    private static AcceptMutex of(Syscalls syscalls, AcceptMutexKind kind, SharedFile file) {
        return switch (kind) {
            case FUTEX -> new WordMutex(syscalls, file);
            case FCNTL -> new ProcessLockMutex(syscalls, file);
            case FLOCK -> new FileLockMutex(syscalls, file);
            case PTHREAD -> new ThreadMutex(syscalls, file);
        };
    }

    @Override
    public final boolean tryAcquire() {
        attempts.getAndIncrement();
        if (!here.compareAndSet(false, true)) {
            return false;
        }
        boolean got = false;
        try {
            got = tryLock();
        } finally {
            if (!got) {
                here.set(false);
            }
        }
        if (got) {
            acquired.getAndIncrement();
        }
        return got;
    }

    @Override
    public final void release() {
        if (here.get()) {
            unlock();
            here.set(false);
        }
    }

    /** Gets it from the other processes if none has it. */
    abstract boolean tryLock();

    /** Gives it back to the other processes. */
    abstract void unlock();

    /** It was got from an owner that had died. */
    final void countRecovered() {
        recovered.getAndIncrement();
    }

    /** This process has freed it for an owner that had died. */
    final void countForced() {
        forced.getAndIncrement();
    }

    /**
     * Frees it if a process has it that has ended. For the master, when it has reaped that process
     * and before it starts another one, which might get the same pid.
     *
     * @return whether it was that process's; false also where the kernel frees it by itself
     */
    public boolean forceUnlock(int pid) {
        return false;
    }

    /** What it is made of. */
    public final AcceptMutexKind kind() {
        return kind;
    }

    /** The descriptor to hand to workers. */
    public final int fd() {
        return file.fd();
    }

    /** What this process has counted. */
    public final AcceptMutexStatistics statistics() {
        return new AcceptMutexStatistics(
                attempts.get(), acquired.get(), recovered.get(), forced.get());
    }

    /** Gives memory and descriptors back; what this process had of it is free. */
    @Override
    public void close() {
        file.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.scoreboard;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.prefork.shared.MemoryFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * Memory that the master and its workers share: a record a worker, see {@link Score}.
 *
 * <p>Confined to one thread but for the records. Owns its descriptor, which workers are handed, and
 * the mapping; a record is not to be used when it is closed.
 *
 * <p>It is a file without a name: it goes when the last process that maps it ends.
 */
public final class Scoreboard implements AutoCloseable {
    /**
     * Room for twice as many workers as there may be: while all are replaced there are two each.
     */
    public static final int RECORDS = 1024;

    private static final long BYTES = (long) RECORDS * Score.BYTES;

    private final Syscalls syscalls;
    private final int fd;
    private final MemorySegment memory;
    private final BitSet taken = new BitSet(RECORDS);
    private boolean closed;

    private Scoreboard(Syscalls syscalls, int fd) {
        this.syscalls = syscalls;
        this.fd = fd;
        this.memory = MemoryFile.map(syscalls, fd, BYTES, "the scoreboard");
    }

    /**
     * Makes an empty one.
     *
     * @throws dev.ringfork.bindings.SyscallException if there is no room for it
     */
    public static Scoreboard create(Syscalls syscalls) {
        int fd = namelessFile(syscalls);
        try {
            int result = syscalls.descriptors().ftruncate(fd, BYTES);
            Errno.check("ftruncate", result, "the scoreboard");
            return new Scoreboard(syscalls, fd);
        } catch (RuntimeException e) {
            syscalls.descriptors().close(fd);
            throw e;
        }
    }

    private static int namelessFile(Syscalls syscalls) {
        Path file = MemoryFile.unused(syscalls, "ringfork-scoreboard");
        int fd = MemoryFile.create(syscalls, file);
        MemoryFile.unlink(syscalls, file);
        return fd;
    }

    /**
     * Maps the one that a worker was handed, and takes over its descriptor.
     *
     * @throws dev.ringfork.bindings.SyscallException if it is none
     */
    public static Scoreboard adopt(Syscalls syscalls, int fd) {
        int result = syscalls.descriptors().fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        Errno.check("fcntl", result, "the scoreboard");
        return new Scoreboard(syscalls, fd);
    }

    /** The descriptor to hand over. */
    public int fd() {
        return fd;
    }

    /**
     * Takes a record, cleared, for a worker that is to be started.
     *
     * @return its number, or -1 if all are taken
     */
    public int take() {
        int free = taken.nextClearBit(0);
        if (free >= RECORDS) {
            return -1;
        }
        taken.set(free);
        score(free).clear();
        return free;
    }

    /** Gives a record back when its worker was reaped. */
    public void release(int record) {
        score(record).state(Score.State.FREE);
        taken.clear(record);
    }

    /** A record by its number. */
    public Score score(int record) {
        return new Score(memory.asSlice((long) record * Score.BYTES, Score.BYTES));
    }

    /** Unmaps it. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            syscalls.mappings().munmap(memory.address(), BYTES);
            syscalls.descriptors().close(fd);
        }
    }
}

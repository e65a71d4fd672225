// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.scoreboard;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.prefork.shared.MemoryFile;
import dev.ringfork.reactor.server.SharedPlaces;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
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

    /** Where the master says how many of the first records may be somebody's; behind them all. */
    static final long RECORDS_USED = (long) RECORDS * Score.BYTES;

    private static final long BYTES = RECORDS_USED + Score.BYTES;

    private static final VarHandle INT = JAVA_INT.varHandle();

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
        publish();
        return free;
    }

    /** Gives a record back when its worker was reaped. */
    public void release(int record) {
        Score score = score(record);
        score.state(Score.State.FREE);
        score.vacate();
        taken.clear(record);
        publish();
    }

    /** Before a worker begins, and after it has ended: no place of a worker is overlooked. */
    private void publish() {
        INT.setVolatile(memory, RECORDS_USED, taken.length());
    }

    /** The places for connections, for the worker that has a record. */
    public SharedPlaces places(int record) {
        return new Places(memory, record);
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

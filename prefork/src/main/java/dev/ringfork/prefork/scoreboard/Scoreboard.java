// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.scoreboard;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.MappingConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
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

    /** A file system in memory, which Linux has. */
    private static final Path MEMORY = Path.of("/dev/shm");

    private static final int OWNER_ONLY = 0600;

    private final Syscalls syscalls;
    private final int fd;
    private final MemorySegment memory;
    private final BitSet taken = new BitSet(RECORDS);
    private boolean closed;

    private Scoreboard(Syscalls syscalls, int fd) {
        this.syscalls = syscalls;
        this.fd = fd;
        long address =
                syscalls.mappings()
                        .mmap(
                                0,
                                BYTES,
                                MappingConstants.PROT_READ | MappingConstants.PROT_WRITE,
                                MappingConstants.MAP_SHARED,
                                fd,
                                0);
        Errno.check("mmap", address, "the scoreboard");
        this.memory = Memory.at(address, BYTES);
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
        Path folder =
                Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
        String name = "ringfork-%d-%x".formatted(ProcessHandle.current().pid(), System.nanoTime());
        Path file = folder.resolve(name);
        try (Arena call = Arena.ofConfined()) {
            MemorySegment path = call.allocateFrom(file.toString());
            int flags = Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_CLOEXEC;
            int fd = syscalls.descriptors().open(path, flags, OWNER_ONLY);
            Errno.check("open", fd, file);
            syscalls.descriptors().unlink(path);
            return fd;
        }
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

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.prefork.shared.MemoryFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A small file that the processes of one master have mapped: locks are taken on it or lie in it.
 *
 * <p>Immutable but for its end. Owns its descriptor and its mapping; nobody may use the memory
 * after {@link #close}, which would end the JVM.
 */
final class SharedFile implements AutoCloseable {
    private static final long MAGIC = 0x52464d5554455831L;
    private static final long KIND = 8;

    /** Its own cache line, away from what is only read. */
    private static final long CONTENT = 128;

    private static final long BYTES = 4096;

    private final Syscalls syscalls;
    private final int fd;
    private final long address;
    // Kept by who made it, where a file without a name cannot be opened again.
    private @Nullable Path name;
    private boolean closed;

    private SharedFile(Syscalls syscalls, int fd, long address) {
        this.syscalls = syscalls;
        this.fd = fd;
        this.address = address;
    }

    /**
     * Makes one of zeros, which has no name, or loses it when this is closed.
     *
     * @throws SyscallException if the system refuses
     */
    static SharedFile create(Syscalls syscalls, AcceptMutexKind kind) {
        Path path = MemoryFile.unused(syscalls, "ringfork-accept");
        int fd = MemoryFile.create(syscalls, path);
        boolean named = kind == AcceptMutexKind.FLOCK && !Platform.current().linux();
        try {
            if (!named) {
                MemoryFile.unlink(syscalls, path);
            }
            Errno.check("ftruncate", syscalls.descriptors().ftruncate(fd, BYTES), "a lock file");
            SharedFile file = map(syscalls, fd);
            MemorySegment header = Memory.at(file.address, BYTES);
            header.set(JAVA_LONG, 0, MAGIC);
            header.setString(KIND, kind.name());
            file.name = named ? path : null;
            return file;
        } catch (RuntimeException e) {
            MemoryFile.unlink(syscalls, path);
            syscalls.descriptors().close(fd);
            throw e;
        }
    }

    /**
     * Takes over the descriptor of one that another process has made.
     *
     * @throws IllegalArgumentException if it is none, or of another kind; it stays the caller's
     */
    static SharedFile adopt(Syscalls syscalls, AcceptMutexKind kind, int fd) {
        if (!largeEnough(syscalls, fd)) {
            throw new IllegalArgumentException(
                    "descriptor %d is not the file of an accept mutex".formatted(fd));
        }
        int result = syscalls.descriptors().fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        Errno.check("fcntl", result, fd);
        SharedFile file = map(syscalls, fd);
        MemorySegment header = Memory.at(file.address, BYTES);
        if (header.get(JAVA_LONG, 0) != MAGIC || !header.getString(KIND).equals(kind.name())) {
            file.giveBack();
            throw new IllegalArgumentException(
                    "descriptor %d is not the file of an accept mutex of kind %s"
                            .formatted(fd, kind));
        }
        return file;
    }

    /** Asked before mapping: reading beyond the end of a file ends the JVM. */
    private static boolean largeEnough(Syscalls syscalls, int fd) {
        Layouts layouts = Layouts.current();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(layouts.size("stat"), Long.BYTES);
            return syscalls.descriptors().fstat(fd, stat) == 0
                    && stat.get(JAVA_LONG, layouts.offset("stat", "st_size")) >= BYTES;
        }
    }

    private static SharedFile map(Syscalls syscalls, int fd) {
        return new SharedFile(
                syscalls, fd, MemoryFile.map(syscalls, fd, BYTES, "a lock file").address());
    }

    int fd() {
        return fd;
    }

    /** What all processes see; zeros at first. */
    MemorySegment content() {
        return Memory.at(address + CONTENT, BYTES - CONTENT);
    }

    /**
     * Opens it once more: a descriptor of an open file of its own, which is the caller's.
     *
     * @throws SyscallException if the system does not tell where it is
     */
    int reopen() {
        return MemoryFile.open(syscalls, place());
    }

    private Path place() {
        if (Platform.current().linux()) {
            // The file has no name any more, but its descriptor does, where /proc is mounted.
            return Path.of("/proc/self/fd/" + fd);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocate(Fcntl.PATH_MAX);
            int result = syscalls.descriptors().fcntl(fd, Fcntl.F_GETPATH, path.address());
            Errno.check("fcntl F_GETPATH", result, fd);
            return Path.of(path.getString(0));
        }
    }

    /** Unmaps it; the descriptor is the caller's again. */
    void giveBack() {
        closed = true;
        syscalls.mappings().munmap(address, BYTES);
    }

    @Override
    public void close() {
        if (!closed) {
            giveBack();
            syscalls.descriptors().close(fd);
            if (name != null) {
                MemoryFile.unlink(syscalls, name);
            }
        }
    }
}

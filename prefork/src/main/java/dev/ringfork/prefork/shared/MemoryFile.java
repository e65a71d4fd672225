// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.shared;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.MappingConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that are there to be mapped by several processes, and the calls that make them. Safe for
 * use by many threads.
 */
public final class MemoryFile {
    private static final int OWNER_ONLY = 0600;

    /** Memory that looks like files, on Linux: nothing is ever written to a disk. */
    private static final Path MEMORY = Path.of("/dev/shm");

    private MemoryFile() {}

    /** Where there is no file yet: in memory where the system has such files. */
    public static Path unused(Syscalls syscalls, String prefix) {
        Path folder =
                Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
        int pid = syscalls.processes().getpid();
        return folder.resolve("%s-%d-%x".formatted(prefix, pid, System.nanoTime()));
    }

    /**
     * Makes a file that nobody else may open. The descriptor, close-on-exec, is the caller's.
     *
     * @throws dev.ringfork.bindings.SyscallException if the system refuses
     */
    public static int create(Syscalls syscalls, Path file) {
        return open(syscalls, file, Fcntl.O_CREAT | Fcntl.O_EXCL);
    }

    /**
     * Opens one that is there.
     *
     * @throws dev.ringfork.bindings.SyscallException if the system refuses
     */
    public static int open(Syscalls syscalls, Path file) {
        return open(syscalls, file, 0);
    }

    private static int open(Syscalls syscalls, Path file, int flags) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment path = call.allocateFrom(file.toString());
            int all = Fcntl.O_RDWR | Fcntl.O_CLOEXEC | flags;
            return Errno.check("open", syscalls.descriptors().open(path, all, OWNER_ONLY), file);
        }
    }

    /** Takes its name away; one that has gone already is as good. */
    public static void unlink(Syscalls syscalls, Path file) {
        try (Arena call = Arena.ofConfined()) {
            syscalls.descriptors().unlink(call.allocateFrom(file.toString()));
        }
    }

    /**
     * Maps it, shared. The caller unmaps it; nobody may use the memory after that.
     *
     * @param what it is, for an error
     * @throws dev.ringfork.bindings.SyscallException if the system refuses
     */
    public static MemorySegment map(Syscalls syscalls, int fd, long bytes, String what) {
        int access = MappingConstants.PROT_READ | MappingConstants.PROT_WRITE;
        long address =
                syscalls.mappings().mmap(0, bytes, access, MappingConstants.MAP_SHARED, fd, 0);
        return Memory.at(Errno.check("mmap", address, what), bytes);
    }
}

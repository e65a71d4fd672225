// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Mappings;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.MappingConstants;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider's {@link Mappings} have to keep. */
public abstract class MappingsContract extends SyscallsContract {

    private static final long BYTES = 64 << 10;
    private static final int READ_WRITE = MappingConstants.PROT_READ | MappingConstants.PROT_WRITE;
    private static final int ANONYMOUS =
            MappingConstants.MAP_PRIVATE | MappingConstants.MAP_ANONYMOUS;

    @TempDir Path folder;

    private Mappings calls() {
        return syscalls().mappings();
    }

    private static void assertMapped(long address) {
        if (address < 0 && address >= -Errno.MAX) {
            assertOk(address);
        }
        assertNotEquals(0, address);
    }

    @Test
    void shouldMapZeroedMemory() {
        long address = calls().mmap(0, BYTES, READ_WRITE, ANONYMOUS, -1, 0);
        assertMapped(address);
        MemorySegment memory = Memory.at(address, BYTES);
        assertEquals(-1, memory.mismatch(bytes((int) BYTES)));
        memory.set(JAVA_LONG, BYTES - Long.BYTES, 7);
        assertOk(calls().mprotect(address, BYTES, MappingConstants.PROT_READ));
        assertEquals(7, memory.get(JAVA_LONG, BYTES - Long.BYTES));
        assertOk(calls().madvise(address, BYTES, MappingConstants.MADV_WILLNEED));
        assertOk(calls().munmap(address, BYTES));
    }

    @Test
    void shouldShareAFileBetweenMappings() {
        MemorySegment path = arena.allocateFrom(folder.resolve("shared").toString());
        int flags = Fcntl.O_CREAT | Fcntl.O_RDWR | Fcntl.O_CLOEXEC;
        int fd = opened(syscalls().descriptors().open(path, flags, 0600));
        assertOk(syscalls().descriptors().ftruncate(fd, BYTES * 2));

        int shared = MappingConstants.MAP_SHARED;
        long whole = calls().mmap(0, BYTES * 2, READ_WRITE, shared, fd, 0);
        long half = calls().mmap(0, BYTES, MappingConstants.PROT_READ, shared, fd, BYTES);
        assertMapped(whole);
        assertMapped(half);
        Memory.at(whole, BYTES * 2).set(JAVA_LONG, BYTES, 42);
        assertEquals(42, Memory.at(half, BYTES).get(JAVA_LONG, 0));

        assertOk(calls().munmap(whole, BYTES * 2));
        assertOk(calls().munmap(half, BYTES));
    }

    @Test
    void shouldReportWhatCannotBeMapped() {
        assertErrno(Errno.EINVAL, calls().mmap(0, 0, READ_WRITE, ANONYMOUS, -1, 0));
        assertErrno(
                Errno.EBADF,
                calls().mmap(0, BYTES, READ_WRITE, MappingConstants.MAP_SHARED, 1_000_000, 0));
        assertErrno(Errno.ENOMEM, calls().mmap(0, 1L << 62, READ_WRITE, ANONYMOUS, -1, 0));
        int pipe = pipe(0)[0];
        assertErrno(
                Errno.ENODEV,
                calls().mmap(0, BYTES, READ_WRITE, MappingConstants.MAP_PRIVATE, pipe, 0));
    }

    @Test
    void shouldReportWhatIsNotMapped() {
        long address = calls().mmap(0, BYTES, READ_WRITE, ANONYMOUS, -1, 0);
        assertMapped(address);
        assertErrno(Errno.EINVAL, calls().munmap(address + 1, BYTES));
        assertErrno(Errno.EINVAL, calls().mprotect(address + 1, BYTES, READ_WRITE));
        assertErrno(Errno.EINVAL, calls().madvise(address, BYTES, 9999));
        assertOk(calls().munmap(address, BYTES));
        // The zero page is never mapped.
        assertErrno(Errno.ENOMEM, calls().mprotect(0, 4096, MappingConstants.PROT_READ));
        assertErrno(Errno.ENOMEM, calls().madvise(0, 4096, MappingConstants.MADV_WILLNEED));
    }
}

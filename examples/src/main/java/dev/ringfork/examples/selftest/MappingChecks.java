// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.bindings.abi.MappingConstants.MADV_DONTNEED;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_ANONYMOUS;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_PRIVATE;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_SHARED;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_READ;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_WRITE;
import static dev.ringfork.examples.selftest.Bench.done;
import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.fails;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Mappings;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Memory that is mapped. */
final class MappingChecks {
    /** A few pages, whatever their size. */
    private static final long BYTES = 1 << 16;

    private static final int BOTH = PROT_READ | PROT_WRITE;

    private MappingChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("mmap: anonymous memory", MappingChecks::anonymous),
                new Check("mmap: a file that is shared", MappingChecks::file));
    }

    private static void anonymous(Bench bench) {
        Mappings mappings = bench.syscalls().mappings();
        long address =
                done("mmap", mappings.mmap(0, BYTES, BOTH, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        MemorySegment memory = Memory.at(address, BYTES);
        equal("the first word", 0L, memory.get(JAVA_LONG, 0));
        memory.set(JAVA_LONG, BYTES - Long.BYTES, 42);
        done("mprotect", mappings.mprotect(address, BYTES, PROT_READ));
        equal("the last word", 42L, memory.get(JAVA_LONG, BYTES - Long.BYTES));
        done("madvise", mappings.madvise(address, BYTES, MADV_DONTNEED));
        done("munmap", mappings.munmap(address, BYTES));
        long nothing = mappings.mmap(0, 0, BOTH, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        fails("mmap of no bytes", Errno.EINVAL, nothing);
    }

    private static void file(Bench bench) {
        Descriptors descriptors = bench.syscalls().descriptors();
        MemorySegment path = bench.arena().allocateFrom(bench.file("mapped").toString());
        int flags = Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_CLOEXEC;
        int fd = bench.opened("open", descriptors.open(path, flags, 0600));
        done("ftruncate", descriptors.ftruncate(fd, BYTES));
        Mappings mappings = bench.syscalls().mappings();
        long address = done("mmap", mappings.mmap(0, BYTES, BOTH, MAP_SHARED, fd, 0));
        Memory.at(address, BYTES).set(JAVA_LONG, Long.BYTES, 42);
        MemorySegment word = bench.bytes(Long.BYTES);
        long count = descriptors.pread(fd, word.address(), Long.BYTES, Long.BYTES);
        equal("what pread returned", (long) Long.BYTES, done("pread", count));
        equal("what was written by memory", 42L, word.get(JAVA_LONG, 0));
        done("munmap", mappings.munmap(address, BYTES));
    }
}

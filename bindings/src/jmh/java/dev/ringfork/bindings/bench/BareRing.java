// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_GETEVENTS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_OFF_SQES;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_OFF_SQ_RING;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_POPULATE;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_SHARED;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_READ;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_WRITE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.IoUring;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** A ring with nothing but the flags that are asked for, to compare these. Confined to a thread. */
public final class BareRing {
    private static final int SQE_BYTES = 64;
    private static final int USER_DATA = 32;
    private static final int CQE_BYTES = 16;
    private static final int RES = 8;
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final IoUring calls;
    private final Layouts layouts = Layouts.current();
    private final MemorySegment params;
    private final MemorySegment rings;
    private final MemorySegment sqes;
    private final int fd;
    private final int entries;
    private final long sqTail;
    private final long cqHead;
    private final long cqTail;
    private final long cqes;
    private int tail;
    private int head;

    /**
     * Makes and maps it.
     *
     * @param params zeroed memory of an io_uring_params
     */
    public BareRing(Syscalls syscalls, MemorySegment params, int entries, int flags) {
        this.calls = syscalls.ioUring();
        this.params = params;
        this.entries = entries;
        params.set(JAVA_INT, layouts.offset("io_uring_params", "flags"), flags);
        fd = Errno.check("io_uring_setup", calls.io_uring_setup(entries, params.address()), null);
        int completions = params.get(JAVA_INT, layouts.offset("io_uring_params", "cq_entries"));
        sqTail = offset("sq", "tail");
        cqHead = offset("cq", "head");
        cqTail = offset("cq", "tail");
        cqes = offset("cq", "cqes");
        long array = offset("sq", "array");
        long bytes = Math.max(cqes + (long) CQE_BYTES * completions, array + 4L * entries);
        rings = map(syscalls, bytes, IORING_OFF_SQ_RING);
        sqes = map(syscalls, (long) SQE_BYTES * entries, IORING_OFF_SQES);
        for (int i = 0; i < entries; i++) {
            rings.set(JAVA_INT, array + 4L * i, i);
        }
    }

    /** The descriptor, which the caller closes. */
    public int fd() {
        return fd;
    }

    private long offset(String queue, String field) {
        int base = layouts.offset("io_uring_params", queue + "_off");
        return params.get(JAVA_INT, base + layouts.offset("io_" + queue + "ring_offsets", field));
    }

    private MemorySegment map(Syscalls syscalls, long bytes, long offset) {
        long address =
                syscalls.mappings()
                        .mmap(
                                0,
                                bytes,
                                PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_POPULATE,
                                fd,
                                offset);
        Errno.check("mmap", address, null);
        return Memory.at(address, bytes);
    }

    /** Submits so many operations that do nothing, and takes their completions. */
    public int nops(int count) {
        for (int i = 0; i < count; i++) {
            long sqe = (long) SQE_BYTES * (tail++ & entries - 1);
            for (int word = 0; word < SQE_BYTES; word += Long.BYTES) {
                sqes.set(JAVA_LONG, sqe + word, 0);
            }
            sqes.set(JAVA_LONG, sqe + USER_DATA, i);
        }
        // The kernel is to see the entries before the tail.
        INT.setRelease(rings, sqTail, tail);
        int submitted = calls.io_uring_enter(fd, count, count, IORING_ENTER_GETEVENTS, 0, 0);
        return submitted < 0 ? submitted : take();
    }

    /** Takes what is completed: how many, or the error of one. */
    public int take() {
        // What the kernel wrote before it moved the tail is to be seen.
        int count = (int) INT.getAcquire(rings, cqTail) - head;
        for (int i = 0; i < count; i++) {
            int at = head + i & 2 * entries - 1;
            int result = rings.get(JAVA_INT, cqes + (long) CQE_BYTES * at + RES);
            if (result < 0) {
                return result;
            }
        }
        head += count;
        // Read before the kernel may write there again.
        INT.setRelease(rings, cqHead, head);
        return count;
    }

    /** Gives the memory back. */
    public void unmap(Syscalls syscalls) {
        syscalls.mappings().munmap(rings.address(), rings.byteSize());
        syscalls.mappings().munmap(sqes.address(), sqes.byteSize());
    }
}

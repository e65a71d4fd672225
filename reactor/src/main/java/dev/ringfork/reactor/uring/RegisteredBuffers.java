// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.uring.ResourceTable.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that a ring's kernel side knows beforehand, io_uring_registered_buffers(7): its pages are
 * locked once, when it is put in, and not anew by each operation. For {@link
 * UringProactor#readFixed}, {@link UringProactor#writeFixed} and {@link UringProactor#sendZcFixed}.
 *
 * <p>What is in the table, and what was until the operations on it have completed, counts against
 * RLIMIT_MEMLOCK. The kernel keeps the pages, but not what is in them: as with all operations the
 * memory belongs to one in flight until its last completion, whatever becomes of the table.
 *
 * <p>Confined to the ring's thread. Owns the table, not the memory or the ring, which has one such
 * table at most.
 */
public final class RegisteredBuffers implements AutoCloseable {
    /** The kernel's bound. */
    public static final int COUNT_MAX = 1 << 14;

    /** The kernel's bound of one buffer. */
    public static final long BYTES_MAX = 1L << 30;

    private final ResourceTable table;

    private RegisteredBuffers(ResourceTable table) {
        this.table = table;
    }

    /**
     * Registers an empty table, Linux 5.19.
     *
     * @param count how many buffers it can hold, up to {@value #COUNT_MAX}
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses: {@code EBUSY} if the
     *     ring has such a table, {@code EINVAL} where it knows no empty ones, {@code ENOMEM}
     */
    public static RegisteredBuffers register(Ring ring, int count) {
        if (count < 1 || count > COUNT_MAX) {
            throw new IllegalArgumentException(
                    "a table has 1 to %d buffers, not %d".formatted(COUNT_MAX, count));
        }
        ResourceTable table = new ResourceTable(ring, Kind.BUFFERS, count);
        Errno.check("io_uring_register", table.register(), "a table of buffers");
        return new RegisteredBuffers(table);
    }

    /** How many buffers it can hold. */
    public int count() {
        return table.count();
    }

    /**
     * Puts memory in, instead of what was there under the number.
     *
     * @param address writable memory, as what it is used for: a file's that is mapped is refused
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses: {@code ENOMEM} if
     *     RLIMIT_MEMLOCK does not allow so much (raise {@code ulimit -l}), {@code EFAULT} if there
     *     is no such memory; then nothing is there under the number
     */
    public void put(int number, long address, long length) {
        if (length < 1 || length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a buffer has 1 to %d bytes, not %d".formatted(BYTES_MAX, length));
        }
        update(number, address, length);
    }

    /** Takes out what is there under the number. */
    public void clear(int number) {
        update(number, 0, 0);
    }

    private void update(int number, long address, long length) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment iovec = scratch.allocateFrom(JAVA_LONG, address, length);
            int result = table.put(number, iovec);
            String what =
                    result == -Errno.ENOMEM
                            ? "%d bytes to be locked in memory; raise ulimit -l".formatted(length)
                            : "a buffer of %d bytes".formatted(length);
            Errno.check("io_uring_register", result, what);
        }
    }

    /**
     * Gives the table back; operations in flight go on. Does nothing when it was done, or when the
     * ring was closed.
     */
    @Override
    public void close() {
        table.close();
    }
}

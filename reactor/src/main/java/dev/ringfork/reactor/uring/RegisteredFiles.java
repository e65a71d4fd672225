// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_FILE_ALLOC_RANGE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_FILE_INDEX_ALLOC;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.uring.ResourceTable.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A ring's table of direct descriptors, io_uring_registered_files(7): open files that have a slot
 * in it and no number in the process, which spares the kernel a look-up that costs a process of
 * many threads.
 *
 * <p>{@link #slot} makes of a slot's number what every operation of {@link UringProactor} takes in
 * place of a descriptor. Nothing else takes it: to a system call it is no descriptor. The table
 * keeps open what is in its slots; {@link UringProactor#close(int)} of a slot empties it.
 *
 * <p>Confined to the ring's thread. Owns the table, not the ring, which has one table at most:
 *
 * <pre>{@code
 * RegisteredFiles files = RegisteredFiles.register(proactor.ring(), 1024);
 * proactor.acceptMultishotInto(accept, listener, 0); // completes with a number n each time
 * proactor.recv(recv, RegisteredFiles.slot(n), address, length, 0);
 * }</pre>
 */
public final class RegisteredFiles implements AutoCloseable {
    /** The kernel's bound. */
    public static final int COUNT_MAX = 1 << 20;

    /** In place of a slot to fill: one that the kernel finds free. */
    public static final int ANY = -1;

    // Far below -errno and AT_FDCWD: a failed call's result must never be taken for a slot.
    private static final int FIRST = Integer.MIN_VALUE;
    private static final int END = FIRST + COUNT_MAX;

    private final ResourceTable table;

    private RegisteredFiles(ResourceTable table) {
        this.table = table;
    }

    /**
     * Registers an empty table, Linux 5.19.
     *
     * @param count how many slots, up to {@value #COUNT_MAX}
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses: {@code EBUSY} if the
     *     ring has a table, {@code EMFILE} if there are more slots than RLIMIT_NOFILE (raise {@code
     *     ulimit -n}), {@code EINVAL} where it knows no empty tables, {@code ENOMEM}
     */
    public static RegisteredFiles register(Ring ring, int count) {
        if (count < 1 || count > COUNT_MAX) {
            throw new IllegalArgumentException(
                    "a table has 1 to %d slots, not %d".formatted(COUNT_MAX, count));
        }
        ResourceTable table = new ResourceTable(ring, Kind.FILES, count);
        Errno.check("io_uring_register", table.register(), "a table of %d slots".formatted(count));
        return new RegisteredFiles(table);
    }

    // ---- slots in place of descriptors

    /** What operations take in place of a descriptor to work on the slot of this number. */
    public static int slot(int number) {
        return FIRST + Objects.checkIndex(number, COUNT_MAX);
    }

    /** Whether it is a slot and not a descriptor. */
    public static boolean isSlot(int fd) {
        return fd < END;
    }

    /**
     * The number of a slot.
     *
     * @throws IllegalArgumentException if it is a descriptor
     */
    public static int number(int slot) {
        if (!isSlot(slot)) {
            throw new IllegalArgumentException(slot + " is no slot of a table");
        }
        return slot - FIRST;
    }

    /** The index that the kernel looks up; for what is no slot, one that no table has. */
    static int index(int slot) {
        return isSlot(slot) ? slot - FIRST : COUNT_MAX;
    }

    /** What a submission says of a slot to fill: its index plus one, or that any will do. */
    static int fileIndex(int slot) {
        return slot == ANY ? IORING_FILE_INDEX_ALLOC : index(slot) + 1;
    }

    // ---- the table

    /** How many slots there are. */
    public int count() {
        return table.count();
    }

    /**
     * Has {@link #ANY} mean one of these slots from now on, so that the others are filled by name
     * only. Those that are filled already stay so. Linux 6.0.
     *
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses
     */
    public void allocate(int first, int length) {
        Objects.checkFromIndexSize(first, length, table.count());
        Layouts layouts = Layouts.current();
        String type = "io_uring_file_index_range";
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment range = scratch.allocate(layouts.size(type), Long.BYTES);
            range.set(JAVA_INT, layouts.offset(type, "off"), first);
            range.set(JAVA_INT, layouts.offset(type, "len"), length);
            int result =
                    table.ring().register(IORING_REGISTER_FILE_ALLOC_RANGE, range.address(), 0);
            Errno.check("io_uring_register", result, "a range of slots");
        }
    }

    /**
     * Puts an open file into a slot; what was there is closed when its operations have completed.
     * The descriptor stays the caller's, who may close it at once.
     *
     * @param number the slot's
     * @param fd a descriptor, or -1 to leave the slot empty
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses: {@code EBADF} if there
     *     is no such descriptor or if it is a ring's; then the slot is empty
     */
    public void put(int number, int fd) {
        try (Arena scratch = Arena.ofConfined()) {
            int result = table.put(number, scratch.allocateFrom(JAVA_INT, fd));
            Errno.check("io_uring_register", result, fd);
        }
    }

    /**
     * Gives the table back: what is in it is closed, with operations in flight when they have
     * completed. Does nothing when it was done, or when the ring was closed.
     */
    @Override
    public void close() {
        table.close();
    }
}

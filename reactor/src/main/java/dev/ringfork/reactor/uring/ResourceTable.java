// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_BUFFERS2;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_BUFFERS_UPDATE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_FILES2;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_FILES_UPDATE2;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_RSRC_REGISTER_SPARSE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_UNREGISTER_BUFFERS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_UNREGISTER_FILES;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A table of a ring's that is registered empty and filled place by place: what files and buffers
 * have in common.
 *
 * <p>Confined to the ring's thread.
 */
final class ResourceTable implements AutoCloseable {
    /** What is in a table: how it is registered, filled and given back. */
    record Kind(int register, int update, int unregister) {
        static final Kind FILES =
                new Kind(
                        IORING_REGISTER_FILES2,
                        IORING_REGISTER_FILES_UPDATE2,
                        IORING_UNREGISTER_FILES);
        static final Kind BUFFERS =
                new Kind(
                        IORING_REGISTER_BUFFERS2,
                        IORING_REGISTER_BUFFERS_UPDATE,
                        IORING_UNREGISTER_BUFFERS);
    }

    private static final String TABLE = "io_uring_rsrc_register";
    private static final String UPDATE = "io_uring_rsrc_update2";

    private final Ring ring;
    private final Kind kind;
    private final int count;
    private boolean closed;

    /** Names a table, which {@link #register} makes. */
    ResourceTable(Ring ring, Kind kind, int count) {
        this.ring = ring;
        this.kind = kind;
        this.count = count;
    }

    /** Registers it with nothing in it. Returns 0, or {@code -errno}. */
    int register() {
        Layouts layouts = Layouts.current();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment table = scratch.allocate(layouts.size(TABLE), Long.BYTES);
            table.set(JAVA_INT, layouts.offset(TABLE, "nr"), count);
            table.set(JAVA_INT, layouts.offset(TABLE, "flags"), IORING_RSRC_REGISTER_SPARSE);
            return ring.register(kind.register, table.address(), (int) table.byteSize());
        }
    }

    Ring ring() {
        return ring;
    }

    int count() {
        return count;
    }

    /** Fills a place with what a piece of memory describes. Returns 1, or {@code -errno}. */
    int put(int number, MemorySegment described) {
        Objects.checkIndex(number, count);
        Layouts layouts = Layouts.current();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment update = scratch.allocate(layouts.size(UPDATE), Long.BYTES);
            update.set(JAVA_INT, layouts.offset(UPDATE, "offset"), number);
            update.set(JAVA_LONG, layouts.offset(UPDATE, "data"), described.address());
            update.set(JAVA_INT, layouts.offset(UPDATE, "nr"), 1);
            return ring.register(kind.update, update.address(), (int) update.byteSize());
        }
    }

    @Override
    public void close() {
        if (!closed && !ring.closed()) {
            ring.register(kind.unregister, 0, 0);
        }
        closed = true;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_BUFFER_SHIFT;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_PBUF_RING;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_UNREGISTER_PBUF_RING;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_ANONYMOUS;
import static dev.ringfork.bindings.abi.MappingConstants.MAP_PRIVATE;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_READ;
import static dev.ringfork.bindings.abi.MappingConstants.PROT_WRITE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A group of provided buffers: memory of ours that the kernel picks from when something arrives,
 * io_uring_register(2) at IORING_REGISTER_PBUF_RING.
 *
 * <p>A buffer is the kernel's from {@link #add} until a completion names it; it is never added
 * twice. Confined to the ring's thread. Owns the ring of entries, not the buffers.
 *
 * <p>With {@code IOU_PBUF_RING_INC} (Linux 6.12) a buffer is filled piece by piece: it is named by
 * one completion after another, and is the kernel's until one does so without {@code
 * IORING_CQE_F_BUF_MORE}. The kernel does not say where a piece begins. Keep an offset for each
 * buffer: a piece lies there, as long as the result says, and the next one behind it; with the last
 * one the offset is 0 again.
 *
 * <p>With the system property {@code ringfork.uring.poison} set to true, a buffer is overwritten
 * when it is added: who reads what was given back sees that, and not what was there. For tests.
 */
public final class BufferRing implements AutoCloseable {
    /** The kernel's bound. */
    public static final int ENTRIES_MAX = 32_768;

    /** What the kernel's buffers are filled with if that is asked for. */
    static final byte POISON = (byte) 0xdb;

    private static final boolean POISONED = Boolean.getBoolean("ringfork.uring.poison");

    // struct io_uring_buf { __u64 addr; __u32 len; __u16 bid; __u16 resv; }, and the tail lies in
    // the first one's resv.
    private static final VarHandle SHORT = JAVA_SHORT.varHandle().withInvokeExactBehavior();
    private static final int ENTRY_SHIFT = 4;
    private static final int LEN = 8;
    private static final int BID = 12;
    private static final long TAIL = 14;

    private final Ring ring;
    private final int group;
    private final int mask;
    private final MemorySegment entries;
    // By number: where a buffer was added, for who asks what lies behind it.
    private int[] places;
    private int tail;
    private int shown;
    private boolean closed;

    private BufferRing(Ring ring, int group, MemorySegment entries, int count) {
        this.ring = ring;
        this.group = group;
        this.entries = entries;
        this.mask = count - 1;
        this.places = new int[count];
    }

    /**
     * Registers an empty group.
     *
     * @param group its number, 0 to 65535, not used by another
     * @param count how many entries, a power of two up to {@value #ENTRIES_MAX}
     * @param flags {@code IOU_PBUF_RING_INC} to have buffers filled piece by piece, or 0
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses: {@code EINVAL} where it
     *     knows no such groups or flags, {@code EEXIST}
     */
    public static BufferRing register(Ring ring, int group, int count, int flags) {
        if (Integer.bitCount(count) != 1 || count < 1 || count > ENTRIES_MAX) {
            throw new IllegalArgumentException(
                    "a group has a power of two of entries up to %d, not %d"
                            .formatted(ENTRIES_MAX, count));
        }
        long bytes = (long) count << ENTRY_SHIFT;
        long address =
                ring.syscalls()
                        .mappings()
                        .mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        Errno.check("mmap", address, "a buffer ring");
        int result = register(ring, group, count, flags, address);
        if (result < 0) {
            ring.syscalls().mappings().munmap(address, bytes);
            Errno.check("io_uring_register", result, "a buffer ring");
        }
        return new BufferRing(ring, group, Memory.at(address, bytes), count);
    }

    private static int register(Ring ring, int group, int count, int flags, long address) {
        Layouts layouts = Layouts.current();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment what = scratch.allocate(layouts.size("io_uring_buf_reg"), Long.BYTES);
            what.set(JAVA_LONG, layouts.offset("io_uring_buf_reg", "ring_addr"), address);
            what.set(JAVA_INT, layouts.offset("io_uring_buf_reg", "ring_entries"), count);
            what.set(JAVA_SHORT, layouts.offset("io_uring_buf_reg", "bgid"), (short) group);
            what.set(JAVA_SHORT, layouts.offset("io_uring_buf_reg", "flags"), (short) flags);
            return ring.register(IORING_REGISTER_PBUF_RING, what.address(), 1);
        }
    }

    /** Which buffer a completion with {@code IORING_CQE_F_BUFFER} in its flags names. */
    public static int id(int flags) {
        return flags >>> IORING_CQE_BUFFER_SHIFT;
    }

    /** The number of the group. */
    public int group() {
        return group;
    }

    /** How many buffers it can hold. */
    public int entries() {
        return mask + 1;
    }

    /**
     * Puts a buffer in, behind the others; the kernel sees it after {@link #publish}.
     *
     * @param id comes back with the completion, 0 to 65535
     */
    public void add(int id, long address, int length) {
        if (id >= places.length) {
            places = Arrays.copyOf(places, Math.max(id + 1, 2 * places.length));
        }
        places[id] = tail;
        long entry = (long) (tail++ & mask) << ENTRY_SHIFT;
        entries.set(JAVA_LONG, entry, address);
        entries.set(JAVA_INT, entry + LEN, length);
        entries.set(JAVA_SHORT, entry + BID, (short) id);
        poison(address, length);
    }

    /**
     * Overwrites memory that nobody is to read any more, if that is asked for: pieces of a buffer
     * that is the kernel's still.
     */
    public static void poison(long address, int length) {
        if (POISONED) {
            // Without a segment of its own, which would be garbage where the JIT is not kind.
            for (long at = address; at < address + length; at++) {
                Submitter.ALL.set(JAVA_BYTE, at, POISON);
            }
        }
    }

    /**
     * The buffer that was added behind another. A completion of a bundle names the first of its
     * buffers, which are those that lie behind each other; what has arrived fills one after the
     * other. The answer is right as long as no more buffers are out than there are entries.
     *
     * <pre>{@code
     * int id = BufferRing.id(flags);
     * for (int left = result; left > 0; left -= BYTES, id = group.after(id)) {
     *     take(id, Math.min(left, BYTES));
     * }
     * }</pre>
     *
     * <p>Ask before the buffers are added again. There may be none behind the last: then the answer
     * means nothing.
     */
    public int after(int id) {
        long entry = (long) (places[id] + 1 & mask) << ENTRY_SHIFT;
        return Short.toUnsignedInt(entries.get(JAVA_SHORT, entry + BID));
    }

    /** Shows the kernel what was added. */
    public void publish() {
        if (shown != tail) {
            shown = tail;
            // Release: the entries must be whole before the kernel may read them.
            SHORT.setRelease(entries, TAIL, (short) tail);
        }
    }

    /** Gives the entries back. Not while an operation may still pick from the group. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!ring.closed()) {
            unregister();
        }
        ring.syscalls().mappings().munmap(entries.address(), entries.byteSize());
    }

    private void unregister() {
        Layouts layouts = Layouts.current();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment what = scratch.allocate(layouts.size("io_uring_buf_reg"), Long.BYTES);
            what.set(JAVA_SHORT, layouts.offset("io_uring_buf_reg", "bgid"), (short) group);
            ring.register(IORING_UNREGISTER_PBUF_RING, what.address(), 1);
        }
    }
}

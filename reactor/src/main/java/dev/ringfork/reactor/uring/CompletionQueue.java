// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.reactor.uring.SharedWords.getAcquire;
import static dev.ringfork.reactor.uring.SharedWords.getOpaque;
import static dev.ringfork.reactor.uring.SharedWords.setRelease;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The CQ: what has become of operations.
 *
 * <p>Memory shared with the kernel. It writes entries and then the tail; we read entries and then
 * move the head. Confined to the ring's thread.
 */
public final class CompletionQueue {
    // struct io_uring_cqe { __u64 user_data; __s32 res; __u32 flags; }
    private static final int CQE_SHIFT = 4;
    private static final int RES = 8;
    private static final int FLAGS = 12;

    // Addresses.
    private final long cqHead;
    private final long cqTail;
    private final long cqOverflow;

    // A segment, other than for single words: in a loop over entries its checks are made once.
    private final MemorySegment cqes;
    private final int entries;
    private final int mask;
    private int head;

    CompletionQueue(MemorySegment ring, RingLayout layout) {
        this.cqHead = ring.address() + layout.cqHead();
        this.cqTail = ring.address() + layout.cqTail();
        this.cqOverflow = ring.address() + layout.cqOverflow();
        this.entries = layout.cqEntries();
        this.mask = entries - 1;
        this.cqes = ring.asSlice(layout.cqes(), (long) entries << CQE_SHIFT);
        this.head = getAcquire(cqHead);
    }

    /** How many entries there are in all. */
    public int entries() {
        return entries;
    }

    /** How many completions can be read now, by index from 0. */
    public int ready() {
        // Acquire: the entries up to this tail are whole.
        return getAcquire(cqTail) - head;
    }

    private int place(int index) {
        return ((head + index) & mask) << CQE_SHIFT;
    }

    /** What the operation was submitted with. */
    public long userData(int index) {
        return cqes.get(ValueLayout.JAVA_LONG, place(index));
    }

    /** The operation's result, or {@code -errno}. */
    public int res(int index) {
        return cqes.get(ValueLayout.JAVA_INT, place(index) + RES);
    }

    /** {@code IORING_CQE_F_…} bits; the buffer's number in the upper half if one was picked. */
    public int flags(int index) {
        return cqes.get(ValueLayout.JAVA_INT, place(index) + FLAGS);
    }

    /** Gives the first entries back to the kernel: they were read. */
    public void advance(int count) {
        head += count;
        // Release: our reads are over before the kernel writes there again.
        setRelease(cqHead, head);
    }

    /** How many completions were lost; 0 with a kernel that keeps what does not fit (NODROP). */
    public int overflow() {
        return getOpaque(cqOverflow);
    }
}

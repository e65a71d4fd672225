// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SQ_CQ_OVERFLOW;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SQ_NEED_WAKEUP;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SQ_TASKRUN;
import static dev.ringfork.reactor.uring.SharedWords.getAcquire;
import static dev.ringfork.reactor.uring.SharedWords.getOpaque;
import static dev.ringfork.reactor.uring.SharedWords.setRelease;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The SQ: operations that the kernel is to begin, in order.
 *
 * <p>Memory shared with the kernel. We write entries and then the tail; it reads entries and then
 * moves the head. Confined to the ring's thread.
 */
public final class SubmissionQueue {
    // Addresses.
    private final long sqHead;
    private final long sqTail;
    private final long sqFlags;
    private final long sqDropped;
    private final Sqe sqe;
    private final int entries;
    private final int mask;
    // What we have written, and how much of it the kernel has been shown.
    private int tail;
    private int shown;
    // Up to where entries were free when the head was last looked at.
    private int free;

    SubmissionQueue(MemorySegment ring, MemorySegment sqes, RingLayout layout) {
        this.sqHead = ring.address() + layout.sqHead();
        this.sqTail = ring.address() + layout.sqTail();
        this.sqFlags = ring.address() + layout.sqFlags();
        this.sqDropped = ring.address() + layout.sqDropped();
        this.sqe = new Sqe(sqes);
        this.entries = layout.sqEntries();
        this.mask = entries - 1;
        this.tail = getAcquire(sqTail);
        this.shown = tail;
        this.free = tail;
        if (layout.sqArray() != 0) {
            // The kernel looks entries up through an array: let each place name its own entry.
            for (int i = 0; i < entries; i++) {
                ring.set(ValueLayout.JAVA_INT, layout.sqArray() + 4L * i, i);
            }
        }
    }

    /** How many entries there are in all. */
    public int entries() {
        return entries;
    }

    /** How many entries are free. */
    public int room() {
        return entries - pending();
    }

    /**
     * The next free entry, to be prepared at once: it goes with the next submit, and the same
     * object names the next entry after the next call.
     *
     * @return null if all are taken: submit first
     */
    public @Nullable Sqe next() {
        if (tail == free) {
            free = tail + room();
            if (tail == free) {
                return null;
            }
        }
        sqe.index(tail++ & mask);
        return sqe;
    }

    /** How many entries the kernel has not begun. */
    public int pending() {
        // Acquire: the kernel has finished reading an entry when the head has passed it.
        return tail - getAcquire(sqHead);
    }

    /** Shows the kernel what was written. */
    void publish() {
        if (shown != tail) {
            // Release: the entries must be whole before the kernel may read them.
            setRelease(sqTail, tail);
            shown = tail;
        }
    }

    /** Whether the kernel's polling thread sleeps; asked after {@link #publish}. */
    boolean needsWakeup() {
        // A full fence: the tail must be visible before the flag is read, or we could see the
        // thread awake while it, not seeing our entries, goes to sleep.
        VarHandle.fullFence();
        return (getOpaque(sqFlags) & IORING_SQ_NEED_WAKEUP) != 0;
    }

    /** Whether completions wait for an enter: the kernel's work for us, or an overflow. */
    boolean needsEnter() {
        // Acquire: what the flag speaks of was done before it was set.
        int flags = getAcquire(sqFlags);
        return (flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
    }

    /** Whether completions did not fit into the CQ and wait in the kernel. */
    boolean overflown() {
        // Acquire: as in needsEnter().
        return (getAcquire(sqFlags) & IORING_SQ_CQ_OVERFLOW) != 0;
    }

    /** How many entries the kernel has thrown away as nonsense; always 0 unless memory was hurt. */
    public int dropped() {
        return getOpaque(sqDropped);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.reactor.protocol.Buffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A loop's buffers: slots of equal size, cut from slabs that are taken from the system as needed.
 *
 * <p>Confined to the loop's thread. The slot released last is leased first, while the cache still
 * holds it. Slabs are kept until the pool is closed.
 */
public final class BufferPool implements BufferSource {
    /** Small steps: memory that was never needed is never touched. */
    private static final int SLAB_SLOTS = 8;

    private static final long PAGE_BYTES = 4096;

    private final int slotBytes;
    private final int slotsMax;
    private final Arena arena;
    private @Nullable Buffer[] free = new @Nullable Buffer[SLAB_SLOTS];
    private int freeCount;
    private int slots;

    /**
     * Makes an empty pool.
     *
     * @param slotBytes size of a slot
     * @param poolBytes bound of all slots together; at least one slot is granted
     */
    public BufferPool(int slotBytes, long poolBytes) {
        this(slotBytes, poolBytes, Arena.ofShared());
    }

    private BufferPool(int slotBytes, long poolBytes, Arena arena) {
        this.arena = arena;
        this.slotBytes = slotBytes;
        this.slotsMax = Math.clamp(poolBytes / slotBytes, 1, Integer.MAX_VALUE);
    }

    /**
     * Makes an empty pool of which nobody knows when it is used last: it is never closed, the
     * garbage collector gives its memory back.
     */
    public static BufferPool collected(int slotBytes, long poolBytes) {
        return new BufferPool(slotBytes, poolBytes, Arena.ofAuto());
    }

    @Override
    public int slotBytes() {
        return slotBytes;
    }

    @Override
    public int slotsMax() {
        return slotsMax;
    }

    @Override
    public int available() {
        return slotsMax - slots + freeCount;
    }

    @Override
    public @Nullable Buffer lease() {
        if (freeCount == 0 && !grow()) {
            return null;
        }
        return free[--freeCount];
    }

    @Override
    public boolean reserve(long count) {
        return count <= available();
    }

    @Override
    public void wakeOnRelease() {}

    @Override
    public void release(Buffer buffer) {
        buffer.clear();
        free[freeCount++] = buffer;
    }

    private boolean grow() {
        int added = Math.min(SLAB_SLOTS, slotsMax - slots);
        if (added == 0) {
            return false;
        }
        if (slots + added > free.length) {
            free = Arrays.copyOf(free, 2 * free.length + added);
        }
        MemorySegment slab = arena.allocate((long) added * slotBytes, PAGE_BYTES);
        slots += added;
        for (int i = added - 1; i >= 0; i--) {
            release(new Buffer(slab.asSlice((long) i * slotBytes, slotBytes)));
        }
        return true;
    }

    /**
     * Gives all memory back to the system. No buffer may be leased.
     *
     * @throws UnsupportedOperationException if the pool is {@link #collected}
     */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}

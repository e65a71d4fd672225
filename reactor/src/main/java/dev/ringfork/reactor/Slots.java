// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a kernel's object is asked for, by token: a slot in the low 32 bits, and above it a
 * generation, by which the event of one entry is told from that of the next in the same slot.
 *
 * <p>Not by descriptor: a process with many small loops has large numbers, and each loop few.
 * Confined to one thread, or guarded by a lock.
 */
public final class Slots<E extends Slots.Entry> {
    /** Whatever has a token. */
    public abstract static class Entry {
        /** Names it as long as it is in its slot. */
        long token;

        /** Makes one that has none. */
        protected Entry() {}

        /** What names it as long as it is there; never below 2 to the 32nd. */
        public final long token() {
            return token;
        }
    }

    private static final int FIRST_SLOTS = 4;

    private @Nullable Entry[] bySlot = new @Nullable Entry[FIRST_SLOTS];
    private int[] free = new int[FIRST_SLOTS];
    private int freeCount;
    private int slots;
    private int generations;

    /** Makes one with no entries. */
    public Slots() {
        this(0);
    }

    /** Makes one that has had so many. */
    Slots(int generations) {
        this.generations = generations;
    }

    /** Gives an entry a token. */
    public long add(E entry) {
        int slot = freeCount > 0 ? free[--freeCount] : newSlot();
        bySlot[slot] = entry;
        if (++generations == 0) {
            // After four thousand million: a token without a generation would be too small.
            generations = 1;
        }
        entry.token = (long) generations << 32 | slot;
        return entry.token;
    }

    private int newSlot() {
        if (slots == bySlot.length) {
            bySlot = Arrays.copyOf(bySlot, 2 * slots);
            free = Arrays.copyOf(free, 2 * slots);
        }
        return slots++;
    }

    /** Takes the token back: nothing is found by it any more. */
    public void remove(E entry) {
        int slot = (int) entry.token;
        bySlot[slot] = null;
        free[freeCount++] = slot;
    }

    /** How many entries there are. */
    public int count() {
        return slots - freeCount;
    }

    /** The entry that has a token, or null when it has gone. */
    @SuppressWarnings("unchecked") // Only add() fills the slots.
    public @Nullable E find(long token) {
        Entry entry = bySlot[(int) token];
        return entry != null && entry.token == token ? (E) entry : null;
    }

    /** Calls a consumer with each that is there now and still there at its turn. */
    public void forEach(Consumer<E> action) {
        for (Entry there : bySlot.clone()) {
            E entry = there == null ? null : find(there.token);
            if (entry != null) {
                action.accept(entry);
            }
        }
    }
}

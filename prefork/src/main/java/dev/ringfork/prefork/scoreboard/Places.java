// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.scoreboard;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.reactor.server.SharedPlaces;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The places for connections that the workers of a master have together.
 *
 * <p>Each worker counts its own, in its record, and whoever takes one adds all of them up after it
 * has counted it: of two that take the last one at a time, the later sees both, so there are never
 * more than there may be. Nothing is to be put right when a worker is killed: its places are free
 * when the master has reaped it and clears the record. Safe for use by many threads; not to be used
 * when the {@link Scoreboard} is closed.
 */
final class Places implements SharedPlaces {
    /** How often to try again when others have given up what was in the way. */
    private static final int TRIES = 4;

    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final VarHandle LONG = JAVA_LONG.varHandle();

    private final MemorySegment memory;
    private final long own;

    /** Those of the worker that has a record. */
    Places(MemorySegment memory, int record) {
        this.memory = memory;
        this.own = offset(record);
    }

    private static long offset(int record) {
        return (long) record * Score.BYTES + Score.PLACES;
    }

    @Override
    public boolean take(int most) {
        for (int i = 0; i < TRIES; i++) {
            add(1);
            if (taken() <= most) {
                return true;
            }
            add(-1);
            if (taken() >= most) {
                return false;
            }
            // It was one that others took and gave back, as this has just done.
            Thread.onSpinWait();
        }
        return false;
    }

    @Override
    public void give() {
        add(-1);
    }

    private void add(long places) {
        long ignored = (long) LONG.getAndAdd(memory, own, places);
    }

    @Override
    public long taken() {
        long sum = 0;
        int records = records();
        for (int i = 0; i < records; i++) {
            sum += (long) LONG.getVolatile(memory, offset(i));
        }
        return sum;
    }

    @Override
    public int sharers() {
        int sharers = 0;
        int records = records();
        for (int i = 0; i < records; i++) {
            long state = (long) i * Score.BYTES + Score.STATE;
            sharers += (int) INT.getAcquire(memory, state) == Score.State.SERVING.code ? 1 : 0;
        }
        return Math.max(1, sharers);
    }

    private int records() {
        return (int) INT.getVolatile(memory, Scoreboard.RECORDS_USED);
    }
}

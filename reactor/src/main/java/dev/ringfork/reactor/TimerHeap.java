// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Timers by deadline: a binary heap whose timers know their place, so that one can be moved or
 * taken out in logarithmic time and the next deadline is exact.
 *
 * <p>Confined to the loop's thread.
 */
final class TimerHeap {
    /** Stands for no deadline. */
    static final long NONE = Long.MAX_VALUE;

    private static final int FIRST_TIMERS = 8;

    private @Nullable Timer[] heap = new @Nullable Timer[FIRST_TIMERS];
    private int size;

    long nextNs() {
        return size == 0 ? NONE : at(0).deadlineNs;
    }

    int size() {
        return size;
    }

    void schedule(Timer timer, long deadlineNs) {
        if (timer.place < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            timer.deadlineNs = deadlineNs;
            up(timer, size++);
            return;
        }
        boolean sooner = deadlineNs < timer.deadlineNs;
        timer.deadlineNs = deadlineNs;
        if (sooner) {
            up(timer, timer.place);
        } else {
            down(timer, timer.place);
        }
    }

    void cancel(Timer timer) {
        int hole = timer.place;
        if (hole < 0) {
            return;
        }
        timer.place = -1;
        Timer last = at(--size);
        heap[size] = null;
        if (last == timer) {
            return;
        }
        if (hole > 0 && last.deadlineNs < at((hole - 1) / 2).deadlineNs) {
            up(last, hole);
        } else {
            down(last, hole);
        }
    }

    /** Runs what is due, at most as many timers as were set when this began. */
    void expire(long nowNs) {
        for (int budget = size; budget > 0 && nextNs() <= nowNs; budget--) {
            Timer due = at(0);
            cancel(due);
            due.action.run();
        }
    }

    private void up(Timer timer, int from) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) / 2;
            Timer above = at(parent);
            if (above.deadlineNs <= timer.deadlineNs) {
                break;
            }
            put(above, place);
            place = parent;
        }
        put(timer, place);
    }

    private void down(Timer timer, int from) {
        int place = from;
        for (int child; (child = 2 * place + 1) < size; ) {
            if (child + 1 < size && at(child + 1).deadlineNs < at(child).deadlineNs) {
                child++;
            }
            Timer below = at(child);
            if (timer.deadlineNs <= below.deadlineNs) {
                break;
            }
            put(below, place);
            place = child;
        }
        put(timer, place);
    }

    private void put(Timer timer, int place) {
        heap[place] = timer;
        timer.place = place;
    }

    @SuppressWarnings("NullAway") // Places below size are never null.
    private Timer at(int place) {
        return heap[place];
    }
}

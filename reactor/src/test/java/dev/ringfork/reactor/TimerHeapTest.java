// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimerHeapTest {
    private final TimerHeap heap = new TimerHeap();

    @Test
    void shouldHaveNoDeadlineWhenEmpty() {
        assertEquals(TimerHeap.NONE, heap.nextNs());
        heap.expire(Long.MAX_VALUE);
        assertEquals(0, heap.size());
    }

    @Test
    void shouldExpireInTheOrderOfDeadlines() {
        List<Integer> fired = new ArrayList<>();
        for (int deadline : new int[] {50, 10, 40, 20, 30}) {
            heap.schedule(new Timer(() -> fired.add(deadline)), deadline);
        }

        heap.expire(30);
        assertEquals(List.of(10, 20, 30), fired);
        assertEquals(40, heap.nextNs());

        heap.expire(100);
        assertEquals(List.of(10, 20, 30, 40, 50), fired);
    }

    @Test
    void shouldTakeATimerThatIsNotSetForCancelled() {
        Timer timer = new Timer(() -> {});

        heap.cancel(timer);
        heap.schedule(timer, 5);
        heap.cancel(timer);
        heap.cancel(timer);

        assertFalse(timer.scheduled());
        assertEquals(TimerHeap.NONE, heap.nextNs());
    }

    @Test
    void shouldLetATimerCancelAnotherThatIsDue() {
        List<String> fired = new ArrayList<>();
        Timer second = new Timer(() -> fired.add("second"));
        heap.schedule(
                new Timer(() -> {
                    fired.add("first");
                    heap.cancel(second);
                }),
                1);
        heap.schedule(second, 2);

        heap.expire(10);

        assertEquals(List.of("first"), fired);
    }

    @Test
    void shouldNotBeHeldByATimerThatSetsItselfAgain() {
        List<Integer> fired = new ArrayList<>();
        Timer[] self = new Timer[1];
        self[0] =
                new Timer(() -> {
                    fired.add(1);
                    heap.schedule(self[0], 0);
                });
        heap.schedule(self[0], 0);

        heap.expire(10);
        assertEquals(1, fired.size());
        assertTrue(self[0].scheduled());

        heap.expire(10);
        assertEquals(2, fired.size());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldAgreeWithAModel(long seed) {
        Random random = new Random(seed);
        Model model = new Model();
        Timer[] timers = new Timer[200];
        for (int i = 0; i < timers.length; i++) {
            int number = i;
            timers[i] = new Timer(() -> model.fired.add(number));
        }
        long nowNs = 0;
        for (int step = 0; step < 20_000; step++) {
            int number = random.nextInt(timers.length);
            int choice = random.nextInt(10);
            if (choice < 6) {
                // Few values, so that equal deadlines are common.
                long deadline = nowNs + random.nextInt(50);
                heap.schedule(timers[number], deadline);
                model.schedule(number, deadline);
            } else if (choice < 9) {
                heap.cancel(timers[number]);
                model.cancel(number);
            } else {
                nowNs += random.nextInt(20);
                heap.expire(nowNs);
                model.expire(nowNs);
            }
            assertEquals(model.nextNs(), heap.nextNs(), () -> "seed " + seed);
            assertEquals(model.deadlines.size(), heap.size());
            assertEquals(model.deadlines.containsKey(number), timers[number].scheduled());
        }
    }

    /** The same with sorted maps: obviously right, and slow. */
    private static final class Model {
        private final Map<Integer, Long> deadlines = new TreeMap<>();
        private final TreeMap<Long, Set<Integer>> byDeadline = new TreeMap<>();
        private final List<Integer> fired = new ArrayList<>();

        void schedule(int number, long deadline) {
            cancel(number);
            deadlines.put(number, deadline);
            byDeadline.computeIfAbsent(deadline, any -> new TreeSet<>()).add(number);
        }

        void cancel(int number) {
            Long deadline = deadlines.remove(number);
            if (deadline != null) {
                Set<Integer> same = byDeadline.get(deadline);
                if (same != null) {
                    same.remove(number);
                    if (same.isEmpty()) {
                        byDeadline.remove(deadline);
                    }
                }
            }
        }

        long nextNs() {
            return byDeadline.isEmpty() ? TimerHeap.NONE : byDeadline.firstKey();
        }

        /** Holds what the heap fired against what was due, deadline by deadline. */
        void expire(long nowNs) {
            int checked = 0;
            while (nextNs() <= nowNs) {
                List<Integer> due = new ArrayList<>(byDeadline.firstEntry().getValue());
                List<Integer> got = fired.subList(checked, checked + due.size());
                assertEquals(due, got.stream().sorted().toList());
                checked += due.size();
                due.forEach(this::cancel);
            }
            assertEquals(checked, fired.size(), "fired too early");
            fired.clear();
        }
    }
}

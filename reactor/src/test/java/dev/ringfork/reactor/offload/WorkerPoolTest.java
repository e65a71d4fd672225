// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.reactor.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WorkerPoolTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Queue<String> reports = new ConcurrentLinkedQueue<>();
    private final List<WorkerPool> pools = new ArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);

    private WorkerPool pool(int min, int max, Duration idle) {
        pools.add(new WorkerPool(min, max, idle, 100, reports::add));
        return pools.getLast();
    }

    @AfterEach
    void endAll() {
        release.countDown();
        for (WorkerPool pool : pools) {
            pool.shutdown();
            assertTrue(pool.awaitEnd(Waiting.DEADLINE));
        }
    }

    /** Keeps a thread until the end of the test; returns when it has begun. */
    private void block(WorkerPool pool) {
        CountDownLatch begun = new CountDownLatch(1);
        assertTrue(
                pool.execute(() -> {
                    begun.countDown();
                    Waiting.of(release, "the release");
                }));
        Waiting.of(begun, "a task to begin");
    }

    private static String run(WorkerPool pool) {
        String[] name = new String[1];
        CountDownLatch done = new CountDownLatch(1);
        assertTrue(
                pool.execute(() -> {
                    name[0] = Thread.currentThread().getName();
                    done.countDown();
                }));
        Waiting.of(done, "a task");
        return name[0];
    }

    @Test
    void shouldBeginWithItsMinimum() {
        assertEquals(3, pool(3, 9, LONG).threads());
    }

    @Test
    void shouldNameItsThreads() {
        assertEquals("worker-1", run(pool(1, 1, LONG)));
    }

    @Test
    void shouldStartAThreadForATaskThatFindsNoneIdle() {
        WorkerPool pool = pool(1, 50, LONG);
        for (int i = 1; i <= 50; i++) {
            block(pool);
            assertEquals(i, pool.threads());
        }
    }

    @Test
    void shouldStartNoThreadWhileOneIsIdle() {
        WorkerPool pool = pool(2, 8, LONG);
        for (int i = 0; i < 100; i++) {
            run(pool);
            // The count of a task that is done falls a moment after it.
            Waiting.until(pool::idle, "an idle pool");
        }
        assertEquals(2, pool.threads());
    }

    @Test
    void shouldQueueBeyondItsMaximumAndRunInOrder() {
        WorkerPool pool = pool(1, 2, LONG);
        block(pool);
        CountDownLatch second = new CountDownLatch(1);
        pool.execute(() -> Waiting.of(second, "the second release"));
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(20);
        for (int i = 0; i < 20; i++) {
            int number = i;
            assertTrue(
                    pool.execute(() -> {
                        order.add(number);
                        all.countDown();
                    }));
        }
        assertEquals(2, pool.threads());
        assertEquals(List.of(), order);

        second.countDown();

        Waiting.of(all, "all tasks");
        assertEquals(IntStream.range(0, 20).boxed().toList(), order);
    }

    @Test
    void shouldRefuseMoreThanItsQueueHolds() {
        WorkerPool pool = pool(1, 1, LONG);
        block(pool);
        for (int i = 0; i < 100; i++) {
            assertTrue(pool.execute(() -> {}), "task " + i);
        }

        assertFalse(pool.execute(() -> {}));

        release.countDown();
        Waiting.until(pool::idle, "the queued tasks");
        run(pool);
    }

    @Test
    void shouldNeverHaveMoreThanItsMaximumWhoeverAsks() {
        WorkerPool pool = pool(1, 4, LONG);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(4 * 20);
        List<Thread> askers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            askers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int j = 0; j < 20; j++) {
                                    assertTrue(
                                            pool.execute(() -> {
                                                int now = running.incrementAndGet();
                                                most.accumulateAndGet(now, Math::max);
                                                Thread.onSpinWait();
                                                running.decrementAndGet();
                                                done.countDown();
                                            }));
                                }
                            }));
        }
        askers.forEach(Waiting::of);
        Waiting.of(done, "all tasks");
        assertTrue(most.get() <= 4 && pool.threads() <= 4, () -> most + " at once");
    }

    @Test
    void shouldShrinkToItsMinimumWhenItIsIdle() {
        WorkerPool pool = pool(2, 8, SHORT);
        for (int i = 0; i < 8; i++) {
            block(pool);
        }
        assertEquals(8, pool.threads());

        release.countDown();

        // Who has not said yet that its task is done is not idle, and another one would be started.
        Waiting.until(() -> pool.threads() == 2 && pool.idle(), "the end of six threads");
        run(pool);
        assertEquals(2, pool.threads());
    }

    @Test
    void shouldLeaveNoTaskBehindOneThatBlocksWhenAThreadGivesUpWaiting() {
        WorkerPool pool = pool(1, 2, Duration.ofNanos(1));
        block(pool);

        for (int i = 0; i < 20_000; i++) {
            run(pool);
        }
    }

    @Test
    void shouldGoOnAfterATaskThatThrows() {
        WorkerPool pool = pool(1, 1, LONG);

        pool.execute(() -> {
            throw new IllegalStateException("of the task");
        });

        run(pool);
        Waiting.until(() -> !reports.isEmpty(), "the report");
        assertTrue(reports.element().contains("of the task"), reports::toString);
    }

    @Test
    void shouldDoWithFewerThreadsWhenTheSystemGivesNoMore() {
        AtomicBoolean out = new AtomicBoolean();
        ThreadFactory scarce =
                work -> {
                    if (out.get()) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return new Thread(work);
                };
        WorkerPool pool = new WorkerPool(1, 8, LONG, 100, reports::add, scarce);
        pools.add(pool);
        block(pool);
        out.set(true);
        CountDownLatch late = new CountDownLatch(2);

        assertTrue(pool.execute(late::countDown));
        assertTrue(pool.execute(late::countDown));

        assertEquals(1, reports.size(), "it does not try again and again");
        assertTrue(reports.element().contains("--max-threads"), reports::toString);
        assertEquals(1, pool.threads());
        release.countDown();
        Waiting.of(late, "the tasks that waited");
    }

    @Test
    void shouldNotStartWithoutItsMinimum() {
        ThreadFactory none =
                work -> {
                    throw new OutOfMemoryError("unable to create native thread");
                };

        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class,
                        () -> new WorkerPool(1, 8, LONG, 100, reports::add, none));

        assertTrue(String.valueOf(e.getMessage()).contains("ulimit"), e::toString);
    }

    @Test
    void shouldKnowItsOwnThreads() {
        WorkerPool pool = pool(1, 1, LONG);
        AtomicBoolean own = new AtomicBoolean();
        CountDownLatch asked = new CountDownLatch(1);
        pool.execute(() -> {
            own.set(pool.current());
            asked.countDown();
        });
        Waiting.of(asked, "the answer");

        assertTrue(own.get());
        assertFalse(pool.current());
    }

    @Test
    void shouldRunWhatWaitsWhenItIsShutDown() {
        WorkerPool pool = pool(1, 1, LONG);
        block(pool);
        AtomicInteger ran = new AtomicInteger();
        pool.execute(ran::incrementAndGet);
        pool.execute(ran::incrementAndGet);

        pool.shutdown();

        assertFalse(pool.execute(ran::incrementAndGet));
        release.countDown();
        assertTrue(pool.awaitEnd(Waiting.DEADLINE));
        assertEquals(2, ran.get());
        Waiting.until(() -> pool.threads() == 0, "the end of the thread");
    }

    @Test
    void shouldSayWhoIsStuckAndInterruptNobody() {
        WorkerPool pool = pool(1, 1, LONG);
        block(pool);

        pool.shutdown();

        assertFalse(pool.awaitEnd(SHORT));
        String said = reports.element();
        assertTrue(said.contains("worker-1") && said.contains("Waiting.of"), said);
        release.countDown();
        assertTrue(pool.awaitEnd(Waiting.DEADLINE));
        assertEquals(1, reports.size(), "it was not interrupted");
    }

    @Test
    void shouldKeepAnInterruptThatComesWhileItWaits() {
        WorkerPool pool = pool(1, 1, LONG);
        block(pool);
        pool.shutdown();
        Thread.currentThread().interrupt();

        boolean ended = pool.awaitEnd(SHORT);

        assertTrue(Thread.interrupted());
        assertFalse(ended);
    }
}

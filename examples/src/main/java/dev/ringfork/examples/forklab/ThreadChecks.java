// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Threads that have come along, and new ones. */
final class ThreadChecks {
    private static final int TASKS = 50;
    private static final int VIRTUAL = 200;
    private static final int NUMBERS = 10_000;
    private static final long WAIT_S = 20;

    private ThreadChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("threads that were there", lab -> Inhabitants.ask(lab.inhabitants)),
                new Check("a pool that was there", ThreadChecks::pool),
                new Check("a clock that was there", ThreadChecks::clock),
                new Check("the common pool", lab -> commonPool()),
                new Check("new threads", lab -> platform()),
                new Check("virtual threads", lab -> virtual()));
    }

    private static void pool(Lab lab) throws Exception {
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            int number = i;
            all.add(lab.pool.submit(() -> number * number));
        }
        int sum = 0;
        for (Future<Integer> each : all) {
            sum += each.get(WAIT_S, TimeUnit.SECONDS);
        }
        int expected = IntStream.range(0, TASKS).map(n -> n * n).sum();
        Broken.unlessEqual("what a pool adds up to", expected, sum);
    }

    private static void clock(Lab lab) throws Exception {
        Future<Integer> later = lab.clock.schedule(() -> 1, 5, TimeUnit.MILLISECONDS);
        Broken.unlessEqual("a scheduled result", 1, later.get(WAIT_S, TimeUnit.SECONDS));
    }

    private static void commonPool() throws Exception {
        int expected = NUMBERS * (NUMBERS - 1) / 2;
        int sum = IntStream.range(0, NUMBERS).parallel().sum();
        Broken.unlessEqual("a parallel sum", expected, sum);
        int again =
                ForkJoinPool.commonPool()
                        .submit(() -> IntStream.range(0, NUMBERS).parallel().sum())
                        .get(WAIT_S, TimeUnit.SECONDS);
        Broken.unlessEqual("a parallel sum", expected, again);
        int third =
                CompletableFuture.supplyAsync(() -> 1)
                        .thenCombineAsync(CompletableFuture.supplyAsync(() -> 2), Integer::sum)
                        .get(WAIT_S, TimeUnit.SECONDS);
        Broken.unlessEqual("a combined result", 3, third);
    }

    private static void platform() throws Exception {
        CompletableFuture<@Nullable Void> interrupted = new CompletableFuture<>();
        Thread sleeper =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try {
                                TimeUnit.SECONDS.sleep(2 * WAIT_S);
                            } catch (InterruptedException e) {
                                interrupted.complete(null);
                            }
                        });
        sleeper.interrupt();
        interrupted.get(WAIT_S, TimeUnit.SECONDS);
        Broken.unless(sleeper.join(Duration.ofSeconds(WAIT_S)), "a thread does not end");
    }

    private static void virtual() throws Exception {
        AtomicInteger sum = new AtomicInteger();
        Object monitor = new Object();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < VIRTUAL; i++) {
            all.add(
                    Thread.startVirtualThread(() -> {
                        try {
                            Thread.sleep(2);
                            synchronized (monitor) {
                                sum.incrementAndGet();
                            }
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }));
        }
        for (Thread each : all) {
            Broken.unless(each.join(Duration.ofSeconds(WAIT_S)), "a virtual thread does not end");
        }
        Broken.unlessEqual("how many virtual threads have run", VIRTUAL, sum.get());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeakedDescriptors.class)
final class TaskQueueTest {
    private static final int ROUNDS = 500;
    private static final int THREADS = 2;
    private static final int TASKS = 20;

    @Test
    void shouldRunExactlyWhatItAcceptedWhileItCloses() {
        for (int round = 0; round < ROUNDS; round++) {
            TaskQueue queue = new TaskQueue(DescriptorWakeup.open(Syscalls.get()), report -> {});
            CountDownLatch start = new CountDownLatch(1);
            AtomicInteger accepted = new AtomicInteger();
            AtomicInteger ran = new AtomicInteger();
            List<Thread> offering = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                offering.add(
                        Thread.startVirtualThread(() -> {
                            Waiting.of(start, "the start");
                            for (int i = 0; i < TASKS; i++) {
                                accepted.addAndGet(queue.offer(ran::incrementAndGet) ? 1 : 0);
                            }
                        }));
            }

            start.countDown();
            queue.run();
            if (round % 2 == 0) {
                // Closed in the middle of the offers rather than before them.
                Waiting.until(() -> accepted.get() > 0, "the first task");
            }
            queue.close();
            offering.forEach(Waiting::of);

            assertEquals(accepted.get(), ran.get(), "accepted and run, round " + round);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a loop does apart from registrations: timers, tasks, wake-ups, its own end. */
@ParameterizedClass
// A ring belongs to the thread that turns its loop first, and here several do.
@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IO_URING")
@ExtendWith(NoLeakedDescriptors.class)
final class ReactorTest {
    private static final long MS = 1_000_000;

    private final Calls calls = new Calls(Syscalls.get());
    private final List<String> reports = new ArrayList<>();
    private final Reactor reactor;

    ReactorTest(EngineUnderTest engine) {
        Syscalls syscalls = engine.over(calls.syscalls());
        reactor = new Reactor(syscalls, engine.open(syscalls), 20 * MS, reports::add);
        // An edge reports the loop's own descriptor once at the beginning.
        reactor.runOnce(0);
    }

    @AfterEach
    void closeReactor() {
        reactor.close();
    }

    // ---- timers

    @Test
    void shouldRunTimersInTheOrderOfTheirDeadlines() {
        List<Integer> fired = new ArrayList<>();
        long nowNs = reactor.nowNs();
        for (int i : new int[] {3, 1, 2}) {
            reactor.schedule(new Timer(() -> fired.add(i)), nowNs + i * MS);
        }

        while (fired.size() < 3) {
            reactor.runOnce(-1);
        }

        assertEquals(List.of(1, 2, 3), fired);
    }

    @Test
    void shouldWaitForATimerWithoutTurningIdly() {
        List<Long> firedNs = new ArrayList<>();
        long deadlineNs = reactor.nowNs() + 15 * MS;
        reactor.schedule(new Timer(() -> firedNs.add(reactor.nowNs())), deadlineNs);
        int before = calls.polls();

        while (firedNs.isEmpty()) {
            reactor.runOnce(-1);
        }

        assertTrue(firedNs.getFirst() >= deadlineNs, "it fired too early");
        // One to wait; another if the kernel's clock is a moment ahead of ours.
        assertTrue(calls.polls() - before <= 2, () -> "polls: " + (calls.polls() - before));
    }

    @Test
    void shouldNotWaitLongerThanAskedForATimerThatIsFarAway() {
        reactor.schedule(new Timer(() -> {}), reactor.nowNs() + 3_600_000 * MS);

        // Were the timer waited for, the test would reach its deadline.
        assertEquals(0, reactor.runOnce(MS));
    }

    @Test
    void shouldNotRunACancelledTimer() {
        List<String> fired = new ArrayList<>();
        Timer cancelled = new Timer(() -> fired.add("cancelled"));
        Timer later = new Timer(() -> fired.add("later"));
        reactor.schedule(cancelled, reactor.nowNs() + MS);
        reactor.schedule(later, reactor.nowNs() + 2 * MS);

        reactor.cancel(cancelled);
        while (later.scheduled()) {
            reactor.runOnce(-1);
        }

        assertEquals(List.of("later"), fired);
    }

    @Test
    void shouldMoveATimerThatIsSetAgain() {
        List<String> fired = new ArrayList<>();
        Timer moved = new Timer(() -> fired.add("moved"));
        Timer fixed = new Timer(() -> fired.add("fixed"));
        long nowNs = reactor.nowNs();
        reactor.schedule(moved, nowNs + MS);
        reactor.schedule(fixed, nowNs + 2 * MS);

        reactor.schedule(moved, nowNs + 3 * MS);
        while (fired.size() < 2) {
            reactor.runOnce(-1);
        }

        assertEquals(List.of("fixed", "moved"), fired);
    }

    @Test
    void shouldRunATimerThatATimerSetAtTheNextTurn() {
        List<String> fired = new ArrayList<>();
        Timer inner = new Timer(() -> fired.add("inner"));
        Timer outer =
                new Timer(() -> {
                    fired.add("outer");
                    reactor.schedule(inner, reactor.nowNs());
                });
        reactor.schedule(outer, reactor.nowNs());

        reactor.runOnce(-1);
        assertEquals(List.of("outer"), fired);
        reactor.runOnce(-1);
        assertEquals(List.of("outer", "inner"), fired);
    }

    // ---- tasks

    @Test
    void shouldRunEveryTaskOfManyThreadsExactlyOnce() {
        int threads = 4;
        int each = 5_000;
        AtomicIntegerArray runs = new AtomicIntegerArray(threads * each);
        AtomicInteger done = new AtomicInteger();
        List<Thread> offering = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            offering.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = first; i < first + each; i++) {
                                    int number = i;
                                    assertTrue(
                                            reactor.execute(() -> {
                                                runs.incrementAndGet(number);
                                                done.incrementAndGet();
                                            }));
                                }
                            }));
        }

        // A wake-up that got lost would leave this waiting for ever.
        while (done.get() < threads * each) {
            reactor.runOnce(-1);
        }

        offering.forEach(Waiting::of);
        reactor.runOnce(0);
        for (int i = 0; i < threads * each; i++) {
            assertEquals(1, runs.get(i));
        }
    }

    @Test
    void shouldKeepTheOrderOfOneThreadsTasks() {
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            reactor.execute(() -> ran.add(number));
        }

        reactor.runOnce(-1);

        assertEquals(100, ran.size());
        assertEquals(ran.stream().sorted().toList(), ran);
    }

    @Test
    void shouldRunATaskOfATaskAtTheNextTurn() {
        List<String> ran = new ArrayList<>();
        reactor.execute(() -> {
            ran.add("outer");
            reactor.execute(() -> ran.add("inner"));
        });

        reactor.runOnce(-1);
        assertEquals(List.of("outer"), ran);
        reactor.runOnce(-1);
        assertEquals(List.of("outer", "inner"), ran);
    }

    @Test
    void shouldRefuseTasksBeyondItsBound() {
        int accepted = 0;
        AtomicInteger ran = new AtomicInteger();
        while (accepted < 1_000_000 && reactor.execute(ran::incrementAndGet)) {
            accepted++;
        }
        assertEquals(65_536, accepted);

        reactor.runOnce(-1);

        assertEquals(accepted, ran.get());
        assertTrue(reactor.execute(() -> {}), "there is room again");
    }

    @Test
    void shouldGoOnAfterATaskThatThrows() {
        AtomicInteger ran = new AtomicInteger();
        reactor.execute(() -> {
            throw new IllegalStateException("of a task");
        });
        reactor.execute(ran::incrementAndGet);

        reactor.runOnce(-1);

        assertEquals(1, ran.get());
        assertTrue(reports.getFirst().contains("of a task"), reports.getFirst());
    }

    @Test
    void shouldRunWhatWasAcceptedWhenItCloses() {
        AtomicInteger ran = new AtomicInteger();
        assertTrue(reactor.execute(ran::incrementAndGet));

        reactor.close();

        assertEquals(1, ran.get());
    }

    @Test
    void shouldRefuseTasksAfterItsEnd() {
        AtomicInteger ran = new AtomicInteger();
        reactor.close();
        reactor.close();

        assertFalse(reactor.execute(ran::incrementAndGet));
        reactor.wakeup();

        assertEquals(0, ran.get());
    }

    @Test
    void shouldRefuseTheTasksThatItsLastTasksOffer() {
        AtomicInteger ran = new AtomicInteger();
        List<Boolean> accepted = new ArrayList<>();
        reactor.execute(() -> accepted.add(reactor.execute(ran::incrementAndGet)));

        reactor.close();

        assertEquals(List.of(false), accepted);
        assertEquals(0, ran.get());
    }

    // ---- wake-ups

    @Test
    void shouldWakeAPollThatWaits() {
        Thread waker =
                Thread.ofPlatform()
                        .start(() -> {
                            Waiting.until(() -> calls.polls() > 1, "the loop to wait");
                            reactor.wakeup();
                        });

        assertEquals(1, reactor.runOnce(-1));

        Waiting.of(waker);
    }

    @Test
    void shouldWakeOnceForManyCallers() {
        int before = calls.count("write");

        for (int i = 0; i < 1_000; i++) {
            reactor.wakeup();
        }
        assertEquals(before + 1, calls.count("write"));
        assertEquals(1, reactor.runOnce(-1));
        rest();

        reactor.wakeup();
        assertEquals(before + 2, calls.count("write"));
        assertEquals(1, reactor.runOnce(-1));
    }

    @Test
    void shouldWakeInSpiteOfInterruptions() {
        calls.refuse("write", Errno.EINTR, Errno.EINTR);
        calls.refuse("read", Errno.EINTR, Errno.EINTR);

        reactor.wakeup();

        assertEquals(1, reactor.runOnce(-1));
        rest();
    }

    private void rest() {
        // Clearing the counter is an edge too: it can be written again.
        reactor.runOnce(0);
        assertEquals(0, reactor.runOnce(0), "one wake-up must not turn the loop for ever");
    }

    // ---- the turn

    @Test
    void shouldDoWhatComesBeforeThePollAtEveryTurn() {
        List<Integer> pollsThen = new ArrayList<>();
        int before = calls.polls();
        reactor.beforePoll(() -> pollsThen.add(calls.polls() - before));

        reactor.runOnce(0);
        reactor.runOnce(0);

        assertEquals(List.of(0, 1), pollsThen);
    }

    @Test
    void shouldNotWaitForWhatIsDoneBeforeThePoll() {
        AtomicInteger ran = new AtomicInteger();
        reactor.beforePoll(() -> {
            if (ran.get() == 0) {
                reactor.execute(ran::incrementAndGet);
            }
        });

        reactor.runOnce(-1);

        assertEquals(1, ran.get());
    }

    @Test
    void shouldCountAndReportATurnThatTookTooLong() {
        reactor.execute(ReactorTest::stall);
        reactor.runOnce(-1);
        assertEquals(1, reactor.stalls());
        assertEquals(1, reports.size());
        assertTrue(reports.getFirst().contains("stalled"), reports.getFirst());

        reactor.execute(ReactorTest::stall);
        reactor.runOnce(-1);
        assertEquals(2, reactor.stalls(), "every one is counted");
        assertEquals(1, reports.size(), "not every one is reported");
    }

    private static void stall() {
        long began = System.nanoTime();
        while (System.nanoTime() - began < 21 * MS) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldReadItsClockOnceATurn() {
        reactor.runOnce(0);
        long first = reactor.nowNs();
        stall();
        assertEquals(first, reactor.nowNs());

        reactor.runOnce(0);
        assertTrue(reactor.nowNs() - first >= 21 * MS);
    }

    @Test
    void shouldRunUntilItIsStopped() {
        CountDownLatch running = new CountDownLatch(1);
        Thread loop = Thread.ofPlatform().start(reactor::run);
        reactor.execute(running::countDown);
        Waiting.of(running, "the loop");

        reactor.stop();

        Waiting.of(loop);
    }

    @Test
    void shouldNotRunWhenItWasStoppedBefore() {
        reactor.stop();

        Waiting.of(Thread.ofPlatform().start(reactor::run));
    }
}

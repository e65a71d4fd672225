// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.examples.selftest.Bench.done;
import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.holds;
import static dev.ringfork.reactor.demux.Interest.READ;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.demux.CompletingDemultiplexer;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Each engine with each trigger: what it reports, how often, and that another thread wakes it. */
final class DemultiplexerChecks {
    /** Any bits: a token has to come back as it was given. */
    private static final long TOKEN = 0x1234_5678_9abc_def0L;

    /** More than one: a wake-up that is not taken back makes the first work only. */
    private static final int TASKS = 3;

    private static final long STALL_NS = TimeUnit.SECONDS.toNanos(60);

    private DemultiplexerChecks() {}

    static List<Check> all() {
        List<Check> all = new ArrayList<>();
        for (Engines one : Engines.all()) {
            all.add(new Check("engines: " + one, bench -> report(bench, one)));
        }
        for (Engines one : Engines.all()) {
            if (one.trigger() == Trigger.LEVEL) {
                String engine = one.toString().replace(", level", "");
                all.add(new Check("wake-up: reactor on " + engine, bench -> wakeUp(bench, one)));
            }
        }
        return all;
    }

    private static void report(Bench bench, Engines one) {
        Unavailable.because(one.absence(bench.syscalls()));
        int[] pair = bench.socketpair(SocketConstants.SOCK_STREAM | SocketConstants.SOCK_NONBLOCK);
        try (Demultiplexer demultiplexer = one.open(bench.syscalls())) {
            int fd = pair[0];
            done("add", demultiplexer.add(fd, READ, TOKEN));
            // With edges all directions are told at first.
            equal("reports of reading while idle", 0, reports(demultiplexer, 0));
            bench.write(pair[1], "x");
            awaitReport(demultiplexer);
            boolean level = one.trigger() == Trigger.LEVEL;
            equal("reports of an old byte", level ? 1 : 0, reports(demultiplexer, 0));
            bench.write(pair[1], "y");
            switch (one.trigger()) {
                case LEVEL, EDGE -> awaitReport(demultiplexer);
                case ONESHOT -> {
                    equal("reports after the one shot", 0, reports(demultiplexer, 0));
                    done("modify", demultiplexer.modify(fd, READ, TOKEN));
                    awaitReport(demultiplexer);
                    done("modify", demultiplexer.modify(fd, READ, TOKEN));
                }
            }
            equal("what came", "xy", bench.read(fd));
            equal("reports when all is read", 0, reports(demultiplexer, 0));
            bench.close(pair[1]);
            awaitReport(demultiplexer);
            done("remove", demultiplexer.remove(fd));
            equal("reports when it is removed", 0, reports(demultiplexer, 0));
        }
    }

    private static void awaitReport(Demultiplexer demultiplexer) {
        long deadlineNs = Bench.deadlineNs();
        long leftNs = deadlineNs - System.nanoTime();
        while (leftNs > 0 && reports(demultiplexer, leftNs) == 0) {
            leftNs = deadlineNs - System.nanoTime();
        }
        holds(leftNs > 0, "no report in %d ms".formatted(Bench.WAIT_MS), "one of reading");
    }

    /** Polls once and counts the reports of reading, which must have the token. */
    private static int reports(Demultiplexer demultiplexer, long timeoutNs) {
        int events = demultiplexer.poll(timeoutNs);
        if (events == -Errno.EINTR) {
            return 0;
        }
        if (demultiplexer instanceof CompletingDemultiplexer completing) {
            events = completing.complete();
        }
        int reading = 0;
        for (int i = 0; i < done("poll", events); i++) {
            equal("the token", TOKEN, demultiplexer.token(i));
            reading += (demultiplexer.ready(i) & READ) != 0 ? 1 : 0;
        }
        return reading;
    }

    /** A reactor that waits for ever has to run what another thread gives it. */
    private static void wakeUp(Bench bench, Engines one) throws InterruptedException {
        Unavailable.because(one.absence(bench.syscalls()));
        Reactor reactor =
                new Reactor(bench.syscalls(), one.open(bench.syscalls()), STALL_NS, report -> {});
        Thread loop = Thread.ofPlatform().daemon().name("selftest loop").start(reactor::run);
        for (int i = 0; i < TASKS; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            holds(reactor.execute(ran::countDown), "execute refused a task", "it to be taken");
            holds(
                    ran.await(Bench.WAIT_MS, TimeUnit.MILLISECONDS),
                    "a task for the loop did not run in %d ms".formatted(Bench.WAIT_MS),
                    "it to wake the loop");
        }
        reactor.stop();
        boolean ended = loop.join(Duration.ofMillis(Bench.WAIT_MS));
        holds(ended, "the loop still runs after stop", "its end");
        // Not if it still runs: it would go on in memory that is freed.
        reactor.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.ERROR;
import static dev.ringfork.reactor.demux.Interest.READ;
import static dev.ringfork.reactor.demux.Interest.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.OwnThread;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.uring.RingSettings;
import dev.ringfork.reactor.uring.RingSupport;
import dev.ringfork.reactor.uring.UringDemultiplexer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class UringDemultiplexerTest extends DemultiplexerContract implements LevelTriggered {
    private static final long SHORT_NS = 3_000_000;
    private static final List<OwnThread> THREADS = new ArrayList<>();

    @BeforeAll
    static void requireRings() {
        String absence = RingSupport.absence(Syscalls.get());
        assumeTrue(absence == null, absence);
    }

    @AfterAll
    static void endThreads() {
        THREADS.forEach(OwnThread::close);
    }

    @Override
    Demultiplexer open(Syscalls syscalls) {
        OwnThread thread = new OwnThread();
        THREADS.add(thread);
        return thread.make(
                CompletingDemultiplexer.class,
                () -> UringDemultiplexer.open(syscalls, RingSettings.DEFAULT));
    }

    @Override
    public DemultiplexerContract contract() {
        return this;
    }

    @Test
    void shouldSayWhatItIs() {
        assertEquals("io_uring", demultiplexer.name());
        assertEquals(Trigger.LEVEL, demultiplexer.trigger());
    }

    @Test
    void shouldReportADescriptorThatWasClosedWithoutRemoval() {
        Pair pipe = watchedPipe(1);

        plumbing.close(pipe.near());

        assertEquals(ERROR, poll().getOrDefault(1L, 0) & ERROR);
    }

    @Test
    void shouldNotReportWhatIsNoLongerAskedForThoughItHasCompleted() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), READ, 1);
        assertEquals(Map.of(), poll());
        plumbing.write(pair.far(), "x");
        // Its completion is there from here on, and is not read yet.
        assertEquals(0, demultiplexer.poll(-1));

        demultiplexer.modify(pair.near(), 0, 1);

        assertEquals(0, ((CompletingDemultiplexer) demultiplexer).complete());
        assertEquals(Map.of(), poll());
    }

    @Test
    void shouldReportWhatIsAskedForWhileItWaitsForSomethingElse() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), READ, 1);
        assertEquals(Map.of(), poll());

        demultiplexer.modify(pair.near(), READ | WRITE, 2);

        assertEquals(1, awaitEvents());
        assertEquals(2, demultiplexer.token(0));
        assertEquals(WRITE, demultiplexer.ready(0));
    }

    @Test
    void shouldWaitForRoomThoughTheInputHasEnded() {
        Pair pair = plumbing.socketpair();
        plumbing.fill(pair.near());
        demultiplexer.add(pair.near(), WRITE, 1);
        plumbing.shutdownOutput(pair.far());
        // The kernel tells the end once; from then on only time passes.
        assertEquals(Map.of(), poll());
        long began = System.nanoTime();

        assertEquals(0, await(SHORT_NS));

        assertTrue(System.nanoTime() - began >= SHORT_NS, "it is told again and again");
        while (!plumbing.read(pair.far(), 4096).isEmpty()) {}
        assertEquals(1, await(-1));
        assertEquals(WRITE, demultiplexer.ready(0));
        assertEquals(Map.of(1L, WRITE), poll());
    }

    @Test
    void shouldWatchAnotherDescriptorOfTheSameNumber() {
        Pair first = plumbing.pipe();
        demultiplexer.add(first.near(), READ, 1);
        assertEquals(Map.of(), poll());
        demultiplexer.remove(first.near());
        plumbing.close(first.near());
        Pair second = plumbing.pipe();
        assertEquals(first.near(), second.near(), "the lowest free number");
        demultiplexer.add(second.near(), READ, 2);

        plumbing.write(second.far(), "x");

        assertEquals(Map.of(2L, READ), poll());
    }

    /** A change takes the turn in which what was waited for before is cancelled. */
    private int awaitEvents() {
        int count = 0;
        while (count == 0) {
            count = await(-1);
        }
        return count;
    }
}

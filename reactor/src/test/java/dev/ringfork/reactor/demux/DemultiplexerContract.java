// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.bindings.Errno.EEXIST;
import static dev.ringfork.bindings.Errno.EINTR;
import static dev.ringfork.bindings.Errno.ENOENT;
import static dev.ringfork.reactor.demux.Interest.ERROR;
import static dev.ringfork.reactor.demux.Interest.HANGUP;
import static dev.ringfork.reactor.demux.Interest.READ;
import static dev.ringfork.reactor.demux.Interest.READ_CLOSED;
import static dev.ringfork.reactor.demux.Interest.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Plumbing;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.testing.Waiting;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every demultiplexer does; each subclass runs it over one back end and trigger. */
@ExtendWith(NoLeakedDescriptors.class)
abstract class DemultiplexerContract {
    /** Enough to grow every table several times, and more than one poll of epoll takes. */
    private static final int MANY = 700;

    private static final long MS = 1_000_000;

    final Plumbing plumbing = new Plumbing();
    final Calls calls = new Calls(Syscalls.get());
    Demultiplexer demultiplexer;

    @BeforeEach
    void openDemultiplexer() {
        demultiplexer = open(calls.syscalls());
    }

    @AfterEach
    void closeAll() {
        demultiplexer.close();
        plumbing.close();
    }

    abstract Demultiplexer open(Syscalls syscalls);

    /** The events of one poll that does not wait: ready bits by token. */
    final Map<Long, Integer> poll() {
        Map<Long, Integer> events = new TreeMap<>();
        int count = await(0);
        for (int i = 0; i < count; i++) {
            assertEquals(null, events.put(demultiplexer.token(i), demultiplexer.ready(i)));
        }
        return events;
    }

    /** Polls once and returns how many events there are. */
    final int await(long timeoutNs) {
        int result = demultiplexer.poll(timeoutNs);
        return demultiplexer instanceof CompletingDemultiplexer completing && result >= 0
                ? completing.complete()
                : result;
    }

    final Pair watchedPipe(long token) {
        Pair pipe = plumbing.pipe();
        assertEquals(0, demultiplexer.add(pipe.near(), READ, token));
        return pipe;
    }

    @Test
    void shouldReportNothingBeforeAnythingIsReady() {
        watchedPipe(1);

        assertEquals(0, await(0));
        assertEquals(0, await(1));
    }

    @Test
    void shouldReportThatBytesCanBeRead() {
        Pair pipe = watchedPipe(7);
        plumbing.write(pipe.far(), "x");

        assertEquals(Map.of(7L, READ), poll());
    }

    @Test
    void shouldReportThatBytesCanBeWritten() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), WRITE, 8);

        assertEquals(Map.of(8L, WRITE), poll());
    }

    @Test
    void shouldReportBothDirectionsInOneEvent() {
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "x");
        demultiplexer.add(pair.near(), READ | WRITE, 9);

        assertEquals(Map.of(9L, READ | WRITE), poll());
    }

    @Test
    void shouldReportThatAFullSocketHasRoomAgain() {
        Pair pair = plumbing.socketpair();
        plumbing.fill(pair.near());
        demultiplexer.add(pair.near(), WRITE, 9);
        assertEquals(Map.of(), poll());

        while (!plumbing.read(pair.far(), 4096).isEmpty()) {}

        assertEquals(Map.of(9L, WRITE), poll());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 0x0123456789abcdefL})
    void shouldBringTheTokenBackUnchanged(long token) {
        plumbing.write(watchedPipe(token).far(), "x");

        assertEquals(Set.of(token), poll().keySet());
    }

    @Test
    void shouldReplaceTheToken() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");

        assertEquals(0, demultiplexer.modify(pipe.near(), READ, 2));

        assertEquals(Map.of(2L, READ), poll());
    }

    @Test
    void shouldReportNothingAfterRemoval() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");

        assertEquals(0, demultiplexer.remove(pipe.near()));

        assertEquals(Map.of(), poll());
    }

    @Test
    void shouldWatchAgainAfterRemoval() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        demultiplexer.remove(pipe.near());

        assertEquals(0, demultiplexer.add(pipe.near(), READ, 2));

        assertEquals(Map.of(2L, READ), poll());
    }

    @Test
    void shouldKeepTheEventsOfAPollWhileRegistrationsChange() {
        Pair first = watchedPipe(1);
        Pair second = watchedPipe(2);
        plumbing.write(first.far(), "x");
        plumbing.write(second.far(), "x");
        assertEquals(2, await(0));

        demultiplexer.remove(first.near());
        demultiplexer.modify(second.near(), READ, 3);
        for (int i = 0; i < MANY; i++) {
            demultiplexer.add(plumbing.duplicate(second.far(), 0), WRITE, 100 + i);
        }

        assertEquals(
                Set.of(1L, 2L),
                new TreeSet<>(Set.of(demultiplexer.token(0), demultiplexer.token(1))));
        assertEquals(READ, demultiplexer.ready(0));
        assertEquals(READ, demultiplexer.ready(1));
    }

    @Test
    void shouldReportNoEventOfTheRemovedAtTheNextPoll() {
        Pair first = watchedPipe(1);
        Pair second = watchedPipe(2);
        plumbing.write(first.far(), "x");
        plumbing.write(second.far(), "x");

        demultiplexer.remove(first.near());

        assertEquals(Map.of(2L, READ), poll());
    }

    @Test
    void shouldReportAHangUpAsReadable() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), READ, 1);

        plumbing.close(pair.far());

        int ready = poll().getOrDefault(1L, 0);
        int expected = told(READ | HANGUP | READ_CLOSED);
        assertEquals(expected, ready & (READ | HANGUP | READ_CLOSED | ERROR));
    }

    @Test
    void shouldReportAHangUpThatNobodyAskedFor() {
        assumeHangUps();
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), 0, 1);
        poll();

        plumbing.close(pair.far());

        assertEquals(HANGUP, poll().getOrDefault(1L, 0) & HANGUP);
    }

    @Test
    void shouldReportAPendingErrorThatNobodyAskedFor() {
        assumeHangUps();
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), 0, 1);
        poll();
        // A unix socket closed with bytes unread resets its peer.
        plumbing.write(pair.near(), "unread");

        plumbing.close(pair.far());

        assertEquals(ERROR, poll().getOrDefault(1L, 0) & ERROR);
    }

    @Test
    void shouldReportTheEndOfAPipe() {
        Pair pipe = watchedPipe(1);

        plumbing.close(pipe.far());

        assertEquals(told(READ | HANGUP), poll().getOrDefault(1L, 0) & (READ | HANGUP));
    }

    @Test
    void shouldReportAPipeThatNobodyReadsAsBroken() {
        Pair pipe = plumbing.pipe();
        demultiplexer.add(pipe.far(), WRITE, 1);

        plumbing.close(pipe.near());

        int wanted = told(WRITE | brokenPipe());
        assertEquals(wanted, poll().getOrDefault(1L, 0) & (WRITE | brokenPipe()));
    }

    /** What a broken pipe is told as. */
    int brokenPipe() {
        return ERROR;
    }

    @Test
    void shouldReportThatThePeerHasClosedItsDirection() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), READ, 1);

        plumbing.shutdownOutput(pair.far());

        // poll(2) as POSIX has it, and select(2), do not tell this end from bytes.
        int expected = reportsReadClosed() ? READ | READ_CLOSED : READ;
        assertEquals(expected, poll().getOrDefault(1L, 0) & (READ | READ_CLOSED | HANGUP | ERROR));
    }

    boolean reportsReadClosed() {
        return true;
    }

    /** Whether hang-ups and errors are told by name, and also to who asks for nothing. */
    boolean reportsHangUps() {
        return true;
    }

    private int told(int bits) {
        return reportsHangUps() ? bits : bits & (READ | WRITE);
    }

    private void assumeHangUps() {
        assumeTrue(reportsHangUps(), "this one tells nothing to who asks for nothing");
    }

    @Test
    void shouldRefuseToAddTwice() {
        Pair pipe = watchedPipe(1);

        assertEquals(-EEXIST, demultiplexer.add(pipe.near(), READ, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5000})
    void shouldRefuseToChangeWhatItDoesNotWatch(int atLeast) {
        int fd = plumbing.duplicate(plumbing.pipe().near(), atLeast);

        assertEquals(-ENOENT, demultiplexer.modify(fd, READ, 1));
        assertEquals(-ENOENT, demultiplexer.remove(fd));
    }

    @Test
    void shouldNotWaitWithATimeoutOfZero() {
        watchedPipe(1);
        // Were it taken for ever, the test would reach its deadline.
        assertEquals(0, await(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100_000, 3 * MS, 3 * MS + 1})
    void shouldWaitNoShorterThanAsked(long timeoutNs) {
        watchedPipe(1);
        long began = System.nanoTime();

        assertEquals(0, await(timeoutNs));

        long took = System.nanoTime() - began;
        assertTrue(took >= timeoutNs, () -> "waited %d of %d ns".formatted(took, timeoutNs));
        assertEquals(1, calls.polls(), "one call, not a busy loop");
    }

    @Test
    void shouldWaitForEverWithANegativeTimeout() {
        Pair pipe = watchedPipe(1);
        int pollsBefore = calls.polls();
        Thread writer =
                Thread.ofPlatform()
                        .start(() -> {
                            Waiting.until(() -> calls.polls() > pollsBefore, "the poll");
                            plumbingWrite(pipe);
                        });

        assertEquals(1, await(-1));

        Waiting.of(writer);
    }

    private static void plumbingWrite(Pair pipe) {
        // Its own memory: plumbing is confined to the test's thread.
        try (Plumbing other = new Plumbing()) {
            other.write(pipe.far(), "x");
        }
    }

    @Test
    void shouldReturnAnInterruptionAsAResult() {
        calls.refusePoll(EINTR);
        plumbing.write(watchedPipe(1).far(), "x");

        assertEquals(-EINTR, await(-1));
        assertEquals(Map.of(1L, READ), poll());
    }

    @Test
    void shouldFindTheReadyOnesAmongMany() {
        Set<Long> expected = new TreeSet<>();
        for (long token = 0; token < MANY / 2; token++) {
            Pair pipe = watchedPipe(token);
            if (token % 77 == 0) {
                plumbing.write(pipe.far(), "x");
                expected.add(token);
            }
        }

        assertEquals(expected, poll().keySet());
    }

    @Test
    void shouldReportMoreThanOnePollCanHold() {
        Pair pipe = plumbing.pipe();
        plumbing.write(pipe.far(), "x");
        for (long token = 0; token < MANY; token++) {
            demultiplexer.add(plumbing.duplicate(pipe.near(), 0), READ, token);
        }

        Set<Long> seen = new TreeSet<>();
        for (int i = 0; i < 3; i++) {
            seen.addAll(poll().keySet());
        }

        assertEquals(MANY, seen.size());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeWithAModelAfterManyChanges(long seed) {
        Random random = new Random(seed);
        Pair pipe = plumbing.pipe();
        plumbing.write(pipe.far(), "x");
        int[] fds = new int[100];
        for (int i = 0; i < fds.length; i++) {
            fds[i] = plumbing.duplicate(pipe.near(), 0);
        }
        Map<Integer, Long> model = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            change(fds[random.nextInt(fds.length)], random, model);
        }
        // Told once more, so that those whose event was taken are armed whatever the trigger.
        model.forEach((fd, token) -> demultiplexer.modify(fd, READ, token));

        assertEquals(new TreeSet<>(model.values()), poll().keySet(), () -> "seed " + seed);
    }

    private void change(int fd, Random random, Map<Integer, Long> model) {
        long token = random.nextLong();
        if (!model.containsKey(fd)) {
            assertEquals(0, demultiplexer.add(fd, READ, token));
            model.put(fd, token);
        } else if (random.nextBoolean()) {
            assertEquals(0, demultiplexer.modify(fd, READ, token));
            model.put(fd, token);
        } else {
            assertEquals(0, demultiplexer.remove(fd));
            model.remove(fd);
        }
    }

    @Test
    void shouldLeaveTheWatchedOpenWhenClosed() {
        Pair pipe = watchedPipe(1);

        demultiplexer.close();
        demultiplexer.close();

        plumbing.write(pipe.far(), "x");
        assertEquals("x", plumbing.read(pipe.near(), 1));
    }
}

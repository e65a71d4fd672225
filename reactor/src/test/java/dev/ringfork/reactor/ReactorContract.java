// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import static dev.ringfork.reactor.demux.Interest.ERROR;
import static dev.ringfork.reactor.demux.Interest.HANGUP;
import static dev.ringfork.reactor.demux.Interest.READ;
import static dev.ringfork.reactor.demux.Interest.READ_CLOSED;
import static dev.ringfork.reactor.demux.Interest.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Plumbing;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How registrations are dispatched, the same under every engine and trigger. */
@ExtendWith(NoLeakedDescriptors.class)
abstract class ReactorContract {
    private final Plumbing plumbing = new Plumbing();
    private final Calls calls = new Calls(Syscalls.get());
    private Reactor reactor;

    abstract EngineUnderTest engine();

    @BeforeEach
    void openReactor() {
        Syscalls syscalls = engine().over(calls.syscalls());
        reactor = new Reactor(syscalls, engine().open(syscalls), Long.MAX_VALUE, report -> {});
        // The first edges of the loop's own descriptor are no test's business.
        settle();
    }

    @AfterEach
    void closeAll() {
        reactor.close();
        plumbing.close();
    }

    /** Reads one byte, and says so when there was none. */
    private void readOne(Registration registration) {
        if (plumbing.read(registration.fd(), 1).isEmpty()) {
            registration.exhausted(READ);
        }
    }

    private Recorder watch(Pair pair, int interest) {
        Recorder recorder = new Recorder(this::readOne);
        assertEquals(0, reactor.add(recorder.registration, pair.near(), interest));
        return recorder;
    }

    /** Turns until nothing happens any more; fails if something happens all the time. */
    private void settle() {
        for (int i = 0, quiet = 0; quiet < 3; i++) {
            assertTrue(i < 20, "the loop does not come to rest");
            quiet = reactor.runOnce(0) == 0 ? quiet + 1 : 0;
        }
    }

    @Test
    void shouldTellTheHandlerWhatIsReady() {
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "x");
        Recorder recorder = watch(pair, READ);

        assertEquals(1, reactor.runOnce(-1));

        assertEquals(1, recorder.calls());
        assertEquals(READ, recorder.ready.getFirst() & ~WRITE);
    }

    @Test
    void shouldCallAHandlerAgainThatDidNotExhaust() {
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "abc");
        Recorder recorder = watch(pair, READ);

        reactor.runOnce(0);
        reactor.runOnce(0);
        reactor.runOnce(0);

        assertEquals("", plumbing.read(pair.near(), 1), "all was read");
        assertTrue(recorder.calls() >= 3, "calls: " + recorder.calls());
    }

    @Test
    void shouldNotCallAHandlerAgainThatExhausted() {
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "abc");
        Recorder recorder = watch(pair, READ);
        settle();
        int calls = recorder.calls();

        reactor.runOnce(0);

        assertEquals(calls, recorder.calls());
    }

    @Test
    void shouldServeTheOthersWhileOneHandlerNeverExhausts() {
        Pair greedy = plumbing.socketpair();
        Pair modest = plumbing.socketpair();
        Recorder endless = new Recorder(registration -> {});
        plumbing.write(greedy.far(), "x");
        reactor.add(endless.registration, greedy.near(), READ);
        reactor.runOnce(0);
        Recorder recorder = watch(modest, READ);
        plumbing.write(modest.far(), "y");

        reactor.runOnce(0);

        assertEquals(1, recorder.calls());
    }

    @Test
    void shouldNotGiveAStaleEventToTheNextOwnerOfTheNumber() {
        Pair first = plumbing.socketpair();
        Pair second = plumbing.socketpair();
        Pair fresh = plumbing.socketpair();
        plumbing.write(first.far(), "x");
        plumbing.write(second.far(), "x");
        Recorder newcomer = new Recorder(this::readOne);
        // Whichever runs first closes the other, whose event is in the same batch.
        List<Recorder> rivals = new ArrayList<>();
        for (Pair pair : List.of(first, second)) {
            Recorder rival =
                    new Recorder(running ->
                            rivals.stream()
                                    .filter(each -> each.registration != running)
                                    .filter(each -> each.registration.registered())
                                    .forEach(each -> replace(each, fresh, newcomer)));
            rivals.add(rival);
            reactor.add(rival.registration, pair.near(), READ);
        }

        assertEquals(2, reactor.runOnce(0));

        assertEquals(1, rivals.getFirst().calls() + rivals.getLast().calls());
        assertEquals(0, newcomer.calls(), "the newcomer got the event of its predecessor");
        plumbing.write(fresh.far(), "y");
        reactor.runOnce(0);
        assertEquals(1, newcomer.calls(), "the newcomer's own event");
    }

    private void replace(Recorder old, Pair fresh, Recorder newcomer) {
        int fd = old.registration.fd();
        old.registration.remove();
        plumbing.close(fd);
        assertEquals(fd, plumbing.duplicate(fresh.near(), fd), "the number is used again");
        assertEquals(0, reactor.add(newcomer.registration, fd, READ));
    }

    @Test
    void shouldNotCallAHandlerThatWasRemovedInTheSameTurn() {
        Pair first = plumbing.socketpair();
        Pair second = plumbing.socketpair();
        plumbing.write(first.far(), "x");
        plumbing.write(second.far(), "x");
        List<Recorder> both = new ArrayList<>();
        for (Pair pair : List.of(first, second)) {
            Recorder recorder =
                    new Recorder(registration -> both.forEach(each -> each.registration.remove()));
            both.add(recorder);
            reactor.add(recorder.registration, pair.near(), READ);
        }

        assertEquals(2, reactor.runOnce(0));

        assertEquals(1, both.getFirst().calls() + both.getLast().calls());
    }

    @Test
    void shouldForgetWhatWasReadyWhenARegistrationIsUsedAgain() {
        Pair first = plumbing.socketpair();
        Pair second = plumbing.socketpair();
        plumbing.write(first.far(), "abc");
        Recorder recorder = watch(first, READ);
        reactor.runOnce(0);

        recorder.registration.remove();
        recorder.registration.remove();
        assertFalse(recorder.registration.registered());
        reactor.add(recorder.registration, second.near(), READ);
        int calls = recorder.calls();
        reactor.runOnce(0);

        assertEquals(second.near(), recorder.registration.fd());
        assertEquals(calls, recorder.calls());
    }

    @Test
    void shouldNotCallWhoIsInterestedInNothing() {
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "x");
        Recorder recorder = watch(pair, 0);

        settle();

        assertEquals(0, recorder.calls());
    }

    @Test
    void shouldDeliverWhatWasQueuedBeforeTheInterest() {
        Pair pair = plumbing.socketpair();
        Recorder recorder = watch(pair, 0);
        plumbing.write(pair.far(), "x");
        settle();

        recorder.registration.interest(READ);
        reactor.runOnce(0);
        reactor.runOnce(0);

        assertTrue(recorder.calls() > 0, "the byte that was there is never reported");
    }

    @Test
    void shouldStopAtOnceWhenTheHandlerDropsItsInterest() {
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "abc");
        Recorder recorder = new Recorder(registration -> registration.interest(0));
        reactor.add(recorder.registration, pair.near(), READ);

        reactor.runOnce(0);
        settle();
        assertEquals(1, recorder.calls());

        recorder.registration.interest(READ);
        reactor.runOnce(0);
        reactor.runOnce(0);
        assertEquals(2, recorder.calls());
    }

    @Test
    void shouldStopAtOnceWhenAnotherHandlerDropsTheInterest() {
        Pair first = plumbing.socketpair();
        Pair second = plumbing.socketpair();
        plumbing.write(first.far(), "x");
        plumbing.write(second.far(), "x");
        List<Recorder> both = new ArrayList<>();
        for (Pair pair : List.of(first, second)) {
            Recorder recorder =
                    new Recorder(
                            registration -> both.forEach(each -> each.registration.interest(0)));
            both.add(recorder);
            reactor.add(recorder.registration, pair.near(), READ);
        }

        reactor.runOnce(0);
        settle();

        assertEquals(1, both.getFirst().calls() + both.getLast().calls());
    }

    @Test
    void shouldReportRoomToWriteOnceItIsAskedFor() {
        Pair pair = plumbing.socketpair();
        Recorder recorder = new Recorder(registration -> registration.interest(READ));
        reactor.add(recorder.registration, pair.near(), READ);
        settle();
        assertEquals(0, recorder.calls());

        recorder.registration.interest(READ | WRITE);
        reactor.runOnce(0);
        settle();

        assertEquals(1, recorder.calls());
        assertEquals(WRITE, recorder.ready.getFirst() & WRITE);
    }

    @Test
    void shouldCostNoCallWhenTheInterestIsTheSameAfterTheHandler() {
        Pair pair = plumbing.socketpair();
        Recorder recorder =
                new Recorder(registration -> {
                    registration.interest(0);
                    registration.interest(WRITE);
                    readOne(registration);
                    registration.interest(READ);
                });
        reactor.add(recorder.registration, pair.near(), READ);
        plumbing.write(pair.far(), "x");
        int before = calls.count("epoll_ctl");

        reactor.runOnce(0);

        assertEquals(1, recorder.calls());
        // Oneshot has to be armed again after every event; with kqueue the next poll does it.
        int arming = engine() == EngineUnderTest.EPOLL_ONESHOT ? 1 : 0;
        assertEquals(before + arming, calls.count("epoll_ctl"));
    }

    @Test
    void shouldRunAHandlerAgainWithoutAnEvent() {
        Pair pair = plumbing.socketpair();
        Recorder recorder = watch(pair, READ);
        settle();

        recorder.registration.again(READ);
        assertEquals(0, reactor.runOnce(-1), "it must not wait");

        assertEquals(List.of(READ), recorder.ready.stream().map(bits -> bits & READ).toList());
        settle();
        assertEquals(1, recorder.calls());
    }

    @Test
    void shouldNotRunAHandlerAgainForWhatDoesNotInterestIt() {
        Pair pair = plumbing.socketpair();
        Recorder recorder = watch(pair, 0);

        recorder.registration.again(READ);
        settle();

        assertEquals(0, recorder.calls());
    }

    @Test
    void shouldRunWhatAsksToBeRunAgainOnceATurn() {
        Pair pair = plumbing.socketpair();
        Recorder recorder = new Recorder(registration -> registration.again(READ));
        reactor.add(recorder.registration, pair.near(), READ);
        recorder.registration.again(READ);

        reactor.runOnce(-1);
        assertEquals(1, recorder.calls());
        reactor.runOnce(-1);
        assertEquals(2, recorder.calls());
    }

    @Test
    void shouldNotSpinOnAHangUpThatNobodyReads() {
        Pair pair = plumbing.socketpair();
        Recorder recorder = watch(pair, 0);
        plumbing.close(pair.far());

        settle();

        assertEquals(0, recorder.calls());
        assertEquals(
                engine().reportsHangUps() ? List.of(HANGUP) : List.of(),
                recorder.broken.stream().map(bits -> bits & (HANGUP | ERROR)).toList());
    }

    @Test
    void shouldDeliverTheEndOnceSomebodyReadsAfterAHangUp() {
        Pair pair = plumbing.socketpair();
        Recorder recorder = new Recorder(registration -> registration.interest(0));
        reactor.add(recorder.registration, pair.near(), 0);
        plumbing.write(pair.far(), "last words");
        plumbing.close(pair.far());
        settle();

        recorder.registration.interest(READ);
        reactor.runOnce(0);
        settle();

        assertEquals(1, recorder.calls());
        int expected = engine().reportsHangUps() ? READ | READ_CLOSED : READ;
        assertEquals(expected, recorder.ready.getFirst() & (READ | READ_CLOSED));
        assertEquals("last words", plumbing.read(pair.near(), 100));
    }

    @Test
    void shouldReportAHangUpToWhoStoppedReadingBeforeIt() {
        engine().assumeHangUps();
        Pair pair = plumbing.socketpair();
        Recorder recorder = new Recorder(registration -> registration.interest(0));
        reactor.add(recorder.registration, pair.near(), READ);
        plumbing.write(pair.far(), "x");
        settle();
        assertEquals(1, recorder.calls());

        plumbing.close(pair.far());
        settle();

        assertEquals(1, recorder.calls());
        assertEquals(1, recorder.broken.size(), "the hang-up went unnoticed");
    }

    @Test
    void shouldReportAnErrorToWhoIsInterestedInNothing() {
        engine().assumeHangUps();
        Pair pair = plumbing.socketpair();
        Recorder recorder = watch(pair, 0);
        plumbing.write(pair.near(), "unread");
        settle();

        plumbing.close(pair.far());
        settle();

        assertEquals(1, recorder.broken.size());
        assertEquals(ERROR, recorder.broken.getFirst() & ERROR);
    }

    @Test
    void shouldRemoveWhatIsOutOfTheDemultiplexerForAHangUp() {
        Pair pair = plumbing.socketpair();
        Recorder recorder = watch(pair, 0);
        plumbing.close(pair.far());
        settle();

        recorder.registration.remove();

        assertEquals(0, reactor.add(recorder.registration, pair.near(), READ));
        reactor.runOnce(0);
        assertEquals(1, recorder.calls());
    }

    @Test
    void shouldWatchDescriptorsOfAnyNumber() {
        engine().assumeAnyNumber();
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "x");
        Recorder recorder = new Recorder(this::readOne);

        reactor.add(recorder.registration, plumbing.duplicate(pair.near(), 3000), READ);
        reactor.runOnce(0);

        assertEquals(1, recorder.calls());
    }

    @Test
    void shouldRefuseARegistrationThatIsRegistered() {
        Recorder recorder = watch(plumbing.socketpair(), READ);
        Pair other = plumbing.socketpair();

        assertThrows(
                IllegalArgumentException.class,
                () -> reactor.add(recorder.registration, other.near(), READ));
    }

    @Test
    void shouldLeaveARegistrationFreeThatCouldNotBeAdded() {
        Pair pair = plumbing.socketpair();
        watch(pair, READ);
        Recorder second = new Recorder(this::readOne);

        assertEquals(-Errno.EEXIST, reactor.add(second.registration, pair.near(), READ));

        assertFalse(second.registration.registered());
        assertEquals(0, reactor.add(second.registration, plumbing.socketpair().near(), READ));
    }

    @Test
    void shouldListTheHandlersAsTheyAre() {
        Recorder first = watch(plumbing.socketpair(), READ);
        Recorder second = watch(plumbing.socketpair(), READ);
        Recorder third = watch(plumbing.socketpair(), READ);
        List<EventHandler> seen = new ArrayList<>();

        reactor.forEachHandler(handler -> {
            seen.add(handler);
            if (handler == first) {
                second.registration.remove();
            }
        });

        assertTrue(seen.containsAll(List.of(first, third)), "some are missing");
        assertFalse(seen.contains(second), "removed by the first");
    }

    @Test
    void shouldReturnAnInterruptionAndGoOn() {
        Pair pair = plumbing.socketpair();
        plumbing.write(pair.far(), "x");
        Recorder recorder = watch(pair, READ);
        calls.refusePoll(Errno.EINTR);

        assertEquals(-Errno.EINTR, reactor.runOnce(-1));
        reactor.runOnce(-1);

        assertEquals(1, recorder.calls());
    }

    @Test
    void shouldThrowWhenTheDemultiplexerFails() {
        calls.refusePoll(Errno.EBADF);

        SyscallException e = assertThrows(SyscallException.class, () -> reactor.runOnce(-1));

        assertEquals(Errno.EBADF, e.errno());
    }
}

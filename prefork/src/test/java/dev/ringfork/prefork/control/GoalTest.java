// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static dev.ringfork.prefork.control.States.booting;
import static dev.ringfork.prefork.control.States.draining;
import static dev.ringfork.prefork.control.States.failing;
import static dev.ringfork.prefork.control.States.reloading;
import static dev.ringfork.prefork.control.States.scaled;
import static dev.ringfork.prefork.control.States.serving;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.prefork.control.Request.Verb;
import dev.ringfork.prefork.master.Ending;
import dev.ringfork.prefork.master.MasterSettings;
import dev.ringfork.prefork.master.MasterState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class GoalTest {
    private static final MasterState ONE = States.of(1, 1, serving(0, 1));
    private static final MasterState TWO = States.of(2, 1, serving(0, 1), serving(1, 1));

    private static Goal goal(Verb verb, MasterState before) {
        return new Goal(verb, 0, before);
    }

    private static void assertGood(@Nullable Verdict verdict) {
        assertNotNull(verdict, "it goes on");
        assertTrue(verdict.good(), verdict.text());
    }

    private static void assertBad(@Nullable Verdict verdict) {
        assertNotNull(verdict, "it goes on");
        assertFalse(verdict.good(), verdict.text());
    }

    @Test
    void shouldCallAWorkerMoreDoneWhenItServes() {
        Goal goal = goal(Verb.INC, ONE);

        assertNull(goal.refusal());
        assertNull(goal.reached(States.of(2, 1, serving(0, 1), booting(1, 1))));
        assertGood(goal.reached(TWO));
    }

    @Test
    void shouldSayThatAWorkerMoreCannotBeStarted() {
        Goal goal = goal(Verb.INC, ONE);

        assertBad(goal.reached(failing(States.of(2, 1, serving(0, 1)), 1)));
    }

    @Test
    void shouldSayThatAWorkerMoreWasTakenBack() {
        assertBad(goal(Verb.INC, ONE).reached(ONE));
    }

    @Test
    void shouldAskForThreadDumpsAlsoWhileTheMasterEnds() {
        Goal goal = goal(Verb.DUMP, States.ending(Ending.DRAIN, 0, draining(0, 1)));

        assertNull(goal.refusal());
        assertGood(goal.reached(TWO));
    }

    @Test
    void shouldAddNoMoreThanThereMayBe() {
        assertBad(goal(Verb.INC, States.of(MasterSettings.WORKERS_MOST, 1)).refusal());
    }

    @Test
    void shouldCallAWorkerFewerDoneWhenItHasEnded() {
        Goal goal = goal(Verb.DEC, TWO);

        assertNull(goal.refusal());
        assertNull(goal.reached(States.of(1, 1, serving(0, 1), draining(1, 1))));
        assertGood(goal.reached(ONE));
        assertBad(goal.reached(TWO));
    }

    @Test
    void shouldKeepTheLastWorker() {
        assertBad(goal(Verb.DEC, ONE).refusal());
    }

    @Test
    void shouldCallANumberReachedWhenAllServeAndTheOthersHaveEnded() {
        Goal more = new Goal(Verb.SET, 2, ONE);
        assertNull(more.refusal());
        assertNull(more.reached(States.of(2, 1, serving(0, 1), booting(1, 1))));
        assertEquals(Verdict.done("workers: 2"), more.reached(TWO));

        Goal fewer = new Goal(Verb.SET, 1, TWO);
        assertNull(fewer.reached(States.of(1, 1, serving(0, 1), draining(1, 1))));
        assertGood(fewer.reached(ONE));

        assertGood(new Goal(Verb.SET, 1, ONE).reached(ONE));
        assertGood(new Goal(Verb.SET, 1, States.of(0, 1)).reached(ONE));
    }

    @Test
    void shouldSayWhyANumberIsNotReached() {
        Goal goal = new Goal(Verb.SET, 2, ONE);
        assertBad(goal.reached(failing(States.of(2, 1, serving(0, 1)), 1)));
        assertBad(goal.reached(States.of(3, 1, serving(0, 1), serving(1, 1), booting(2, 1))));
        assertBad(goal.reached(States.ending(Ending.DRAIN, 0, draining(0, 1))));
        assertGood(goal.reached(failing(TWO, 1)));
    }

    @Test
    void shouldCallAMostReachedWhenThereAreNoMore() {
        Goal goal = new Goal(Verb.SET, 1, scaled(TWO));
        assertNull(goal.reached(scaled(States.of(1, 1, serving(0, 1), draining(1, 1)))));
        assertEquals(Verdict.done("workers at most: 1"), goal.reached(scaled(ONE)));
        assertGood(goal.reached(scaled(States.of(1, 1))));
    }

    @Test
    void shouldCallAReloadDoneWhenTheOldHaveEndedAndTheNewServe() {
        Goal goal = goal(Verb.RELOAD, ONE);

        assertNull(goal.refusal());
        assertNull(goal.reached(reloading(1, 2, serving(0, 1), booting(0, 2))));
        assertNull(goal.reached(reloading(1, 2, draining(0, 1), serving(0, 2))));
        assertNull(goal.reached(States.of(1, 2, booting(0, 2))));
        assertGood(goal.reached(States.of(1, 2, serving(0, 2))));
    }

    @Test
    void shouldCallAReloadDoneThatIsPartOfALaterOne() {
        Goal goal = goal(Verb.RELOAD, ONE);

        assertGood(goal.reached(reloading(1, 3, serving(0, 2), booting(0, 3))));
    }

    @Test
    void shouldSayThatAReloadHasFailed() {
        Goal goal = goal(Verb.RELOAD, ONE);

        assertBad(goal.reached(failing(States.of(1, 2, serving(0, 1)), 1)));
        assertBad(goal.reached(failing(States.of(1, 2), 1)));
        assertNull(goal.reached(failing(reloading(1, 2, serving(0, 1)), 1)), "it goes on");
    }

    @Test
    void shouldCallAVacationDoneWhenNobodyIsLeft() {
        Goal goal = goal(Verb.VACATE, ONE);

        assertNull(goal.reached(States.of(0, 1, draining(0, 1))));
        assertGood(goal.reached(States.of(0, 1)));
        assertBad(goal.reached(States.of(1, 1)));
    }

    @Test
    void shouldCallADrainDoneWhenAllHaveEnded() {
        Goal goal = goal(Verb.DRAIN, ONE);

        assertTrue(goal.needsAsking());
        assertNull(goal.reached(States.ending(Ending.DRAIN, 0, draining(0, 1))));
        assertGood(goal.reached(States.ending(Ending.ENDED, 0)));
        assertBad(goal.reached(States.ending(Ending.ENDED, 3)));
        assertBad(goal.reached(States.ending(Ending.STOP, 0, draining(0, 1))));
    }

    @Test
    void shouldJoinADrainInPlaceOfHurryingIt() {
        Goal goal = goal(Verb.DRAIN, States.ending(Ending.DRAIN, 0, draining(0, 1)));

        assertNull(goal.refusal());
        assertFalse(goal.needsAsking());
    }

    @Test
    void shouldStopWhateverIsUnderWay() {
        Goal goal = goal(Verb.STOP, States.ending(Ending.DRAIN, 0, draining(0, 1)));

        assertNull(goal.refusal());
        assertTrue(goal.needsAsking());
        assertNull(goal.reached(States.ending(Ending.STOP, 0, draining(0, 1))));
        assertGood(goal.reached(States.ending(Ending.ENDED, 0)));
    }

    @Test
    void shouldResizeNothingThatEnds() {
        MasterState draining = States.ending(Ending.DRAIN, 0, draining(0, 1));

        assertBad(goal(Verb.RELOAD, draining).refusal());
        assertBad(goal(Verb.RELOAD, ONE).reached(draining));
        assertEquals("the master is ending", String.valueOf(reason(goal(Verb.INC, draining))));
    }

    private static @Nullable String reason(Goal goal) {
        Verdict refusal = goal.refusal();
        return refusal == null ? null : refusal.text();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static dev.ringfork.bindings.abi.ProcessConstants.SIGTERM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.spawn.Order;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A worker for each connection; connections are numbers here, and who gets one is said. */
final class PerConnectionTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static MasterSettings.Builder perConnection(int most, int spare) {
        return MasterSettings.builder()
                .workers(most)
                .drainTimeout(Duration.ofSeconds(30))
                .scale(Scale.perConnection(spare));
    }

    /** The master accepts so many, and nobody is there for them. */
    private static void hold(Stage stage, int connections) {
        stage.input(new Input.Held(connections));
    }

    /** One that was held is given to a worker that has become ready, as deliveries do it. */
    private static void give(Stage stage, int id, int stillHeld) {
        stage.input(new Input.Given(id, true, stillHeld));
    }

    /** The worker's connection has closed. */
    private static void serve(Stage stage, int id) {
        stage.exit(id, Stage.CLEAN);
    }

    @Test
    void shouldStartNobodyBeforeAConnectionComesWhereNoneIsToBeSpare() {
        Stage stage = new Stage(perConnection(4, 0));
        assertEquals(0, stage.spawns);
        assertEquals(1, stage.announced);
        assertEquals(4, stage.master.places());
        hold(stage, 1);
        assertEquals(1, stage.spawns);
        stage.pass(SECOND);
        assertEquals(1, stage.spawns, "one for one");
    }

    @Test
    void shouldLeaveAWorkerThatEndsWithItsConnectionUnmentioned() {
        Stage stage = new Stage(perConnection(4, 0));
        hold(stage, 1);
        give(stage, 1, 0);
        stage.ready(1);
        assertEquals(3, stage.master.places());
        serve(stage, 1);
        assertEquals(4, stage.master.places());
        assertEquals(List.of(), stage.reports);
        assertEquals(0, stage.master.deaths(0));
        assertEquals(0, stage.master.failedStarts());
        assertEquals(List.of(), stage.done, "it was not asked to");
    }

    @Test
    void shouldKeepSpareWorkersBesideThoseThatHaveAConnection() {
        Stage stage = Stage.serving(perConnection(4, 2));
        assertEquals(2, stage.spawns);
        assertEquals(1, stage.announced);
        give(stage, 1, 0);
        assertEquals(3, stage.spawns);
        stage.ready(3);
        serve(stage, 1);
        stage.pass(SECOND);
        assertEquals(3, stage.spawns, "two are spare again");
        assertEquals(List.of(), stage.done, "nobody is asked to go");
    }

    @Test
    void shouldBoundProcessesAndAcceptNoMoreThanThereCanBeWorkersFor() {
        Stage stage = Stage.serving(perConnection(2, 1));
        give(stage, 1, 0);
        stage.ready(2);
        assertFalse(stage.reported("may be no more"), "one is free");
        give(stage, 2, 0);
        assertEquals(2, stage.spawns);
        assertEquals(0, stage.master.places(), "further ones wait in the backlog");
        assertTrue(stage.reported("all 2 workers have a connection"));
        serve(stage, 1);
        assertEquals(3, stage.spawns);
        assertEquals(1, stage.master.places());
    }

    @Test
    void shouldBootOnlySoManyAtATime() {
        int most = PerConnection.BOOTING_MOST;
        Stage stage = new Stage(perConnection(2 * most + 1, 0));
        hold(stage, 2 * most);
        assertEquals(most, stage.spawns);
        give(stage, 1, 2 * most - 1);
        stage.ready(1);
        assertEquals(most + 1, stage.spawns);
    }

    @Test
    void shouldStartAnotherOneForAConnectionWhoseWorkerDiedWithoutIt() {
        Stage stage = new Stage(perConnection(2, 0));
        hold(stage, 1);
        give(stage, 1, 0);
        stage.ready(1);
        stage.input(new Input.Given(1, false, 1));
        stage.exit(1, Stage.KILLED);
        assertEquals(1, stage.spawns, "a start has failed");
        assertEquals(1, stage.master.failedStarts());
        stage.pass(SECOND);
        assertEquals(2, stage.spawns);
        assertEquals(-1, stage.exitCode);
    }

    @Test
    void shouldCountADeathWithAConnectionAsNoFailedStart() {
        Stage stage = Stage.serving(perConnection(3, 1));
        give(stage, 1, 0);
        stage.ready(2);
        give(stage, 2, 0);
        stage.exit(2, Stage.KILLED);
        assertTrue(stage.reported("has been killed by"), stage.reports.toString());
        assertEquals(0, stage.master.failedStarts());
        assertEquals(3, stage.spawns, "the next one is not delayed");
        assertEquals(2, stage.master.places());
    }

    @Test
    void shouldAcceptWhileStartsFailOnlyForThoseThatAreReady() {
        Stage stage = Stage.serving(perConnection(4, 2));
        give(stage, 1, 0);
        stage.failSpawn(3);
        assertEquals(1, stage.master.places(), "the one that is spare");
        stage.pass(SECOND);
        stage.ready(4);
        stage.pass(Duration.ofSeconds(2));
        assertEquals(3, stage.master.places());
    }

    @Test
    void shouldGiveUpWhenNobodyEverServedAndGoOnTryingAfterwards() {
        Stage hopeless = new Stage(perConnection(2, 0).maxBootFailures(2));
        hold(hopeless, 1);
        hopeless.failSpawn(1);
        hopeless.pass(SECOND);
        hopeless.exit(2, Stage.FAILED);
        assertEquals(Master.EXIT_CANNOT_BOOT, hopeless.exitCode);

        Stage stage = new Stage(perConnection(2, 0).maxBootFailures(2));
        hold(stage, 1);
        give(stage, 1, 0);
        stage.ready(1);
        serve(stage, 1);
        hold(stage, 1);
        for (int id = 2; id < 8; id++) {
            assertEquals(List.of(id), stage.ids());
            stage.failSpawn(id);
            stage.pass(Duration.ofSeconds(31));
        }
        assertEquals(-1, stage.exitCode);
    }

    @Test
    void shouldReplaceOnlySpareWorkersOnReload() {
        Stage stage = Stage.serving(perConnection(2, 1));
        give(stage, 1, 0);
        stage.ready(2);
        stage.ask(Command.RELOAD);
        assertEquals(List.of(1, 2, 3), stage.ids(), "a successor may exceed the bound");
        assertEquals(List.of(), stage.told(Order.DRAIN), "not before its successor serves");
        stage.ready(3);
        assertEquals(List.of(2), stage.told(Order.DRAIN));
        assertTrue(stage.reported("reloading"));
        stage.exit(2, Stage.CLEAN);
        assertTrue(stage.reported("reloaded"), "who has a connection is not waited for");
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(1, 3), stage.ids());
        assertFalse(stage.master.reloading());
    }

    @Test
    void shouldNeedNoSuccessorOfAWorkerThatGetsAConnectionDuringReload() {
        Stage stage = Stage.serving(perConnection(4, 1));
        stage.ask(Command.RELOAD);
        give(stage, 1, 0);
        stage.ready(2);
        assertEquals(List.of(), stage.told(Order.DRAIN));
        assertTrue(stage.reported("reloaded"));
        assertEquals(2, stage.spawns);
    }

    @Test
    void shouldLeaveWorkersThatBootForAConnectionAloneHoweverOftenItReloads() {
        Stage stage = new Stage(perConnection(3, 0));
        hold(stage, 2);
        for (int i = 0; i < 3; i++) {
            stage.ask(Command.RELOAD);
            stage.pass(SECOND);
        }
        assertEquals(List.of(), stage.signalled(SIGTERM), "the clients would wait for ever");
        assertEquals(List.of(1, 2), stage.ids(), "one for one");
        give(stage, 1, 1);
        stage.ready(1);
        assertFalse(stage.reported("reloaded"));
        give(stage, 2, 0);
        stage.ready(2);
        assertTrue(stage.reported("reloaded"));
    }

    @Test
    void shouldKeepTheSpareWorkersThatAreLeftWhenAReloadFails() {
        Stage stage = Stage.serving(perConnection(4, 1));
        stage.ask(Command.RELOAD);
        stage.exit(2, Stage.FAILED);
        assertTrue(stage.reported("the reload has failed"));
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(1), stage.ids());
        assertEquals(List.of(), stage.told(Order.DRAIN));
    }

    @Test
    void shouldLetNobodyGoThatHasAConnectionWhenThereMayBeFewer() {
        Stage stage = Stage.serving(perConnection(3, 1));
        give(stage, 1, 0);
        stage.ready(2);
        give(stage, 2, 0);
        stage.ready(3);
        stage.ask(Command.FEWER);
        assertEquals(List.of(3), stage.told(Order.DRAIN), "the spare one");
        stage.ask(Command.FEWER);
        assertEquals(List.of(), stage.told(Order.DRAIN));
        stage.exit(3, Stage.CLEAN);
        serve(stage, 1);
        assertEquals(0, stage.master.places());
        serve(stage, 2);
        assertEquals(1, stage.master.places());
        stage.ready(4);
        stage.ask(Command.MORE);
        assertEquals(2, stage.master.places());
    }

    @Test
    void shouldGiveWorkersToWhoWasAcceptedBeforeADrain() {
        Stage stage = new Stage(perConnection(4, 0));
        hold(stage, 2);
        stage.drain();
        assertEquals(List.of(), stage.signalled(SIGTERM), "they boot for somebody");
        give(stage, 1, 1);
        stage.ready(1);
        assertEquals(List.of(1), stage.told(Order.DRAIN), "it finishes what it was given");
        stage.failSpawn(2);
        stage.pass(SECOND);
        assertEquals(List.of(1, 3), stage.ids(), "another one is tried");
        give(stage, 3, 0);
        assertEquals(List.of(), stage.signalled(SIGTERM), "it serves, which is heard of next");
        stage.ready(3);
        serve(stage, 1);
        assertEquals(-1, stage.exitCode);
        serve(stage, 3);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldEndWhoBootsForNobodyAtADrain() {
        Stage stage = new Stage(perConnection(4, 2));
        stage.drain();
        assertEquals(List.of(1, 2), stage.signalled(SIGTERM));
        stage.exit(1, Stage.FAILED);
        stage.exit(2, Stage.FAILED);
        assertEquals(0, stage.exitCode);
        assertEquals(2, stage.spawns);
    }

    @Test
    void shouldWaitForBootsNoLongerThanADrainMayLast() {
        Stage stage = new Stage(perConnection(4, 0).bootTimeout(Duration.ZERO));
        hold(stage, 1);
        stage.ask(Command.DRAIN);
        stage.pass(Duration.ofSeconds(29));
        assertEquals(List.of(), stage.signalled(SIGTERM));
        stage.pass(Duration.ofSeconds(2));
        assertEquals(List.of(1), stage.signalled(SIGTERM));
        stage.exit(1, Stage.KILLED);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldTakeInWhoWaitsInTheQueueBeforeItEnds() {
        Stage stage = new Stage(perConnection(2, 0));
        stage.ask(Command.DRAIN);
        assertEquals(-1, stage.exitCode, "nobody is there, but somebody may wait in the queue");
        hold(stage, 3);
        stage.pass(Duration.ofNanos(Departure.WITHDRAWN_NS));
        assertTrue(stage.reported("3 connections wait for a worker"), stage.reports.toString());
        assertEquals(List.of(1, 2), stage.ids(), "the bound holds");
        give(stage, 1, 2);
        stage.ready(1);
        give(stage, 2, 1);
        stage.ready(2);
        assertEquals(2, stage.spawns);
        serve(stage, 1);
        assertEquals(List.of(2, 3), stage.ids());
        serve(stage, 2);
        assertFalse(stage.reported("backlog"), "there is none any more");
        give(stage, 3, 0);
        stage.ready(3);
        serve(stage, 3);
        assertEquals(0, stage.exitCode);
        assertEquals(3, stage.spawns);
    }

    @Test
    void shouldEndAtOnceWhenNobodyWaits() {
        Stage stage = new Stage(perConnection(2, 0));
        stage.drain();
        assertEquals(0, stage.exitCode);
        assertEquals(0, stage.spawns);
    }

    @Test
    void shouldForsakeWhoHasNoWorkerWhenTheDrainIsOver() {
        Stage stage = Stage.serving(perConnection(1, 0));
        hold(stage, 1);
        give(stage, 1, 1);
        stage.ready(1);
        stage.drain();
        stage.pass(Duration.ofSeconds(29));
        assertFalse(stage.master.forsakes());
        serve(stage, 1);
        assertEquals(List.of(2), stage.ids());
        give(stage, 2, 0);
        stage.ready(2);
        stage.pass(Duration.ofSeconds(1));
        assertTrue(stage.master.forsakes());
        assertEquals(List.of(2), stage.told(Order.STOP), "it has no drain of its own");
        serve(stage, 2);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldGoOnTryingDuringADrainWhenTheOnlyStartFails() {
        Stage stage = new Stage(perConnection(1, 0));
        hold(stage, 1);
        stage.drain();
        stage.failSpawn(1);
        assertEquals(-1, stage.exitCode, "somebody waits");
        stage.pass(SECOND);
        assertEquals(List.of(2), stage.ids());
        stage.ask(Command.STOP);
        assertTrue(stage.master.forsakes());
        stage.exit(2, Stage.KILLED);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldServeOnWhileADrainIsAnnounced() {
        Stage stage = Stage.serving(perConnection(4, 1).drainDelay(Duration.ofSeconds(5)));
        stage.ask(Command.DRAIN);
        give(stage, 1, 0);
        assertEquals(List.of(1, 2), stage.ids(), "the next connection finds somebody, too");
        assertEquals(3, stage.master.places());
        stage.ready(2);
        stage.pass(Duration.ofSeconds(6));
        assertEquals(List.of(1, 2), stage.told(Order.DRAIN));
    }

    @Test
    void shouldLetAllGoWhenItIsVacatedAndComeBackOnReload() {
        Stage stage = Stage.serving(perConnection(4, 1));
        give(stage, 1, 0);
        stage.ready(2);
        stage.ask(Command.VACATE);
        assertEquals(List.of(1, 2), stage.told(Order.DRAIN));
        assertEquals(0, stage.master.places());
        serve(stage, 1);
        serve(stage, 2);
        stage.ask(Command.RELOAD);
        assertEquals(List.of(3), stage.ids());
    }

    @Test
    void shouldGiveWorkersToWhoWasAcceptedBeforeItIsVacated() {
        Stage stage = new Stage(perConnection(2, 0));
        hold(stage, 2);
        stage.ask(Command.VACATE);
        assertEquals(List.of(), stage.signalled(SIGTERM), "they boot for somebody");
        assertEquals(0, stage.master.places(), "nobody else is accepted");
        stage.exit(1, Stage.KILLED);
        stage.pass(SECOND);
        give(stage, 2, 1);
        stage.ready(2);
        assertEquals(List.of(2), stage.told(Order.DRAIN), "it finishes what it was given");
        stage.pass(SECOND);
        assertEquals(List.of(2, 3), stage.ids(), "another one is tried");
        give(stage, 3, 0);
        stage.ready(3);
        serve(stage, 2);
        serve(stage, 3);
        stage.pass(SECOND);
        assertEquals(3, stage.spawns, "nobody is spare");
        assertEquals(-1, stage.exitCode);
    }

    @Test
    void shouldServeWhoWaitsInTheQueueOfAVacatedMasterWhenItEnds() {
        Stage stage = Stage.serving(perConnection(2, 1));
        stage.ask(Command.VACATE);
        stage.exit(1, Stage.CLEAN);
        stage.ask(Command.DRAIN);
        hold(stage, 3);
        stage.pass(Duration.ofNanos(Departure.WITHDRAWN_NS));
        assertEquals(List.of(2, 3), stage.ids(), "the bound holds");
        give(stage, 2, 2);
        stage.ready(2);
        serve(stage, 2);
        assertEquals(List.of(3, 4), stage.ids());
        give(stage, 3, 1);
        stage.ready(3);
        serve(stage, 3);
        give(stage, 4, 0);
        stage.ready(4);
        serve(stage, 4);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldAcceptNothingBeforeTheFirstWorkersServe() {
        Stage stage = new Stage(perConnection(4, 1));
        assertEquals(0, stage.master.places(), "another master may still serve");
        stage.ready(1);
        assertEquals(4, stage.master.places());
        stage.ask(Command.STOP);
        assertEquals(0, stage.master.places());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThrows(IllegalArgumentException.class, () -> Scale.perConnection(-1));
        assertThrows(IllegalArgumentException.class, () -> perConnection(2, 3).build());
        assertThrows(
                IllegalArgumentException.class, () -> perConnection(2, 1).maxRequests(5).build());
        Scale scale = Scale.perConnection(0);
        scale.check(AcceptStrategy.PASS);
        assertThrows(IllegalArgumentException.class, () -> scale.check(AcceptStrategy.SHARED));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static dev.ringfork.bindings.abi.ProcessConstants.SIGKILL;
import static dev.ringfork.bindings.abi.ProcessConstants.SIGQUIT;
import static dev.ringfork.bindings.abi.ProcessConstants.SIGTERM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.prefork.spawn.Order;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MasterTest {
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private static MasterSettings.Builder settings(int workers) {
        return MasterSettings.builder().workers(workers).drainTimeout(DRAIN);
    }

    @Test
    void shouldStartAsManyWorkersAsWanted() {
        Stage stage = new Stage(settings(3));
        assertEquals(
                List.of(0, 1, 2), stage.alive.values().stream().map(Action.Spawn::slot).toList());
        stage.bootAll();
        stage.pass(Duration.ofMinutes(5));
        assertEquals(3, stage.spawns, "who serves is left alone");
        assertEquals(List.of(), stage.done);
    }

    @Test
    void shouldReplaceAWorkerThatDiesAtOnceAndInItsSlot() {
        Stage stage = Stage.serving(settings(3));
        stage.exit(2, Stage.KILLED);
        assertEquals(List.of(1, 3, 4), stage.ids());
        assertEquals(1, stage.slot(4));
        assertTrue(stage.reported("worker 1 has been killed by signal 9; perhaps memory"));
    }

    @Test
    void shouldDrainAllAndEndWithSuccess() {
        Stage stage = Stage.serving(settings(2));
        stage.drain();
        assertEquals(List.of(1, 2), stage.told(Order.DRAIN));
        stage.exit(1, Stage.CLEAN);
        assertEquals(-1, stage.exitCode);
        stage.exit(2, Stage.CLEAN);
        assertEquals(0, stage.exitCode);
        assertEquals(2, stage.spawns, "nobody is replaced at the end");
        assertEquals(List.of(), stage.master.handle(new Input.Tick(), stage.nowNs + 1));
    }

    @Test
    void shouldAskThoseForThreadDumpsThatHaveAVirtualMachine() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.MORE);
        stage.ask(Command.DUMP);
        assertEquals(List.of(1, 2), stage.signalled(SIGQUIT));
        stage.ready(3);
        stage.ask(Command.DUMP);
        assertEquals(List.of(1, 2, 3), stage.signalled(SIGQUIT));
    }

    @Test
    void shouldNotReportThatAWorkerThatBootsHasEndedByTheSignalItWasSent() {
        for (int status : new int[] {SIGTERM, (128 + SIGTERM) << 8}) {
            Stage stage = new Stage(settings(1));
            stage.ask(Command.DRAIN);
            assertEquals(List.of(1), stage.signalled(SIGTERM));
            stage.exit(1, new WaitStatus(Platform.current(), status));
            assertFalse(stage.reported("worker 0"), stage.reports::toString);
            assertEquals(0, stage.exitCode);
        }
        Stage stage = new Stage(settings(1));
        stage.ask(Command.DRAIN);
        stage.exit(1, Stage.FAILED);
        assertTrue(stage.reported("worker 0, told to end, has exited with 1"));
    }

    @Test
    void shouldAnnounceADrainAndServeOnForItsDelay() {
        Stage stage = Stage.serving(settings(2).drainDelay(Duration.ofSeconds(5)));
        stage.ask(Command.DRAIN);
        assertEquals(List.of(1, 2), stage.told(Order.LEAVE));
        stage.pass(Duration.ofSeconds(4));
        assertEquals(List.of(), stage.told(Order.DRAIN), "not yet");
        stage.pass(Duration.ofMillis(1100));
        assertEquals(List.of(1, 2), stage.told(Order.DRAIN));
        assertEquals(List.of(), stage.told(Order.LEAVE), "once");
        stage.exit(1, Stage.CLEAN);
        stage.exit(2, Stage.CLEAN);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldReplaceWorkersThatDieWhileADrainIsAnnounced() {
        Stage stage = Stage.serving(settings(1).drainDelay(Duration.ofSeconds(5)));
        stage.ask(Command.DRAIN);
        assertEquals(List.of(1), stage.told(Order.LEAVE));
        stage.exit(1, Stage.KILLED);
        assertEquals(-1, stage.exitCode, "it promised to serve on");
        assertEquals(List.of(2), stage.ids());
        assertEquals(List.of(2), stage.told(Order.LEAVE), "it is not to be sent more, either");
        stage.ready(2);
        stage.pass(Duration.ofMillis(5100));
        assertEquals(List.of(2), stage.told(Order.DRAIN));
        stage.exit(2, Stage.KILLED);
        assertEquals(0, stage.exitCode);
        assertEquals(2, stage.spawns, "nobody is replaced once they finish");
    }

    @Test
    void shouldTryAgainWhenAStartFailsWhileADrainIsAnnounced() {
        Stage stage = Stage.serving(settings(1).drainDelay(Duration.ofSeconds(5)));
        stage.ask(Command.DRAIN);
        stage.exit(1, Stage.KILLED);
        stage.failSpawn(2);
        assertEquals(-1, stage.exitCode);
        stage.pass(Duration.ofSeconds(1));
        assertEquals(List.of(3), stage.ids());
    }

    @Test
    void shouldNotTakeAStartForAFailureThatItHasCalledOff() {
        Stage stage = Stage.serving(settings(1));
        stage.ask(Command.MORE);
        stage.ask(Command.FEWER);
        assertEquals(List.of(2), stage.signalled(SIGTERM));
        stage.failSpawn(2);
        assertFalse(stage.reported("cannot be started"));
        assertEquals(0, stage.master.failedStarts());
        assertEquals(List.of(1), stage.ids());
    }

    @Test
    void shouldEndAtOnceWhenNoWorkersAreWantedThatCouldServeOn() {
        Stage stage = Stage.serving(settings(1).drainDelay(Duration.ofSeconds(5)));
        stage.ask(Command.VACATE);
        stage.exit(1, Stage.CLEAN);
        stage.ask(Command.DRAIN);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldKeepNewcomersAwayBeforeWorkersFinish() {
        Stage stage = Stage.serving(settings(1));
        stage.ask(Command.DRAIN);
        assertTrue(stage.done.remove(new Action.Withdraw()));
        assertFalse(stage.master.draining());
        assertEquals(List.of(), stage.told(Order.DRAIN));
        stage.pass(Duration.ofNanos(Departure.WITHDRAWN_NS));
        assertTrue(stage.master.draining());
        assertEquals(List.of(1), stage.told(Order.DRAIN));
        assertFalse(stage.done.contains(new Action.Withdraw()), "once");
        assertTrue(stage.done.remove(new Action.Release()));
        stage.ask(Command.STOP);
        assertFalse(stage.done.contains(new Action.Release()), "once");
    }

    @Test
    void shouldKeepNobodyAwayWhereNobodyServes() {
        Stage stage = new Stage(settings(1));
        stage.ask(Command.DRAIN);
        assertEquals(List.of(1), stage.signalled(SIGTERM));
        assertFalse(stage.done.contains(new Action.Withdraw()));
    }

    @Test
    void shouldEndAtOnceWhenItIsAskedAgainBeforeTheDrain() {
        Stage stage = Stage.serving(settings(1).drainDelay(Duration.ofSeconds(5)));
        stage.ask(Command.DRAIN);
        stage.ask(Command.DRAIN);
        assertEquals(List.of(1), stage.told(Order.STOP));
        stage.pass(Duration.ofSeconds(6));
        assertEquals(List.of(), stage.told(Order.DRAIN));
    }

    @Test
    void shouldNotAnnounceTheEndOfOneWorker() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.FEWER);
        assertEquals(List.of(2), stage.told(Order.DRAIN));
        assertEquals(List.of(), stage.told(Order.LEAVE));
    }

    @Test
    void shouldTerminateThoseThatBootWhenItDrains() {
        Stage stage = new Stage(settings(2));
        stage.ready(1);
        stage.drain();
        assertEquals(List.of(1), stage.told(Order.DRAIN));
        assertEquals(List.of(2), stage.signalled(SIGTERM));
        stage.ready(2);
        stage.exit(2, Stage.FAILED);
        stage.exit(1, Stage.CLEAN);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldLetTheOnlyWorkerBootAtADrainForThoseInTheQueue() {
        Stage stage = Stage.serving(settings(1));
        stage.exit(1, Stage.KILLED);
        stage.drain();
        assertTrue(stage.done.contains(new Action.Withdraw()), "somebody will finish");
        stage.pass(Duration.ofSeconds(5));
        assertFalse(stage.master.draining(), "the listeners stay open");
        assertEquals(List.of(), stage.signalled(SIGTERM));
        stage.ready(2);
        assertTrue(stage.master.draining());
        assertEquals(List.of(2), stage.told(Order.DRAIN));
        stage.pass(Duration.ofSeconds(24));
        assertEquals(List.of(), stage.told(Order.STOP));
        stage.pass(Duration.ofSeconds(2));
        assertEquals(List.of(2), stage.told(Order.STOP), "what is left of one drain is its time");
        stage.exit(2, Stage.CLEAN);
        assertEquals(0, stage.exitCode);
        assertEquals(2, stage.spawns);
    }

    @Test
    void shouldWaitForTheOnlyBootNoLongerThanADrainMayLast() {
        Stage stage = Stage.serving(settings(1).bootTimeout(Duration.ZERO));
        stage.exit(1, Stage.KILLED);
        stage.drain();
        stage.pass(DRAIN);
        assertEquals(List.of(2), stage.signalled(SIGTERM));
        stage.exit(2, Stage.FAILED);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldEndWhenTheOnlyBootFailsThatADrainWaitsFor() {
        Stage stage = Stage.serving(settings(2));
        stage.exit(1, Stage.KILLED);
        stage.exit(2, Stage.KILLED);
        stage.drain();
        stage.exit(3, Stage.FAILED);
        assertEquals(-1, stage.exitCode, "another one boots");
        stage.failSpawn(4);
        assertEquals(0, stage.exitCode);
        assertEquals(4, stage.spawns);
    }

    @Test
    void shouldEndAtOnceWhenItIsAskedAgainWhileTheOnlyWorkerBoots() {
        Stage stage = Stage.serving(settings(1));
        stage.exit(1, Stage.KILLED);
        stage.drain();
        stage.ask(Command.DRAIN);
        assertEquals(List.of(2), stage.signalled(SIGTERM));
        stage.ready(2);
        assertEquals(List.of(), stage.told(Order.DRAIN));
        stage.exit(2, Stage.FAILED);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldClimbFromDrainToTermToKill() {
        Stage stage = Stage.serving(settings(1));
        stage.drain();
        stage.pass(DRAIN);
        assertEquals(List.of(), stage.signalled(SIGTERM), "it has its whole time");
        stage.pass(Duration.ofSeconds(1));
        assertEquals(List.of(1), stage.signalled(SIGTERM));
        assertEquals(List.of(), stage.signalled(SIGKILL));
        stage.pass(Duration.ofSeconds(1));
        assertEquals(List.of(1), stage.signalled(SIGKILL));
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(), stage.signalled(SIGKILL), "once is enough");
        stage.exit(1, Stage.KILLED);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldEndAtOnceWhenAskedTwiceAndKillTheThirdTime() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.DRAIN);
        stage.ask(Command.DRAIN);
        assertEquals(List.of(1, 2), stage.told(Order.STOP));
        assertEquals(List.of(), stage.signalled(SIGKILL));
        stage.ask(Command.DRAIN);
        assertEquals(List.of(1, 2), stage.signalled(SIGKILL));
    }

    @Test
    void shouldKillThoseThatDoNotStop() {
        Stage stage = Stage.serving(settings(1));
        stage.ask(Command.STOP);
        stage.pass(Duration.ofSeconds(1));
        assertEquals(List.of(1), stage.signalled(SIGKILL));
    }

    @Test
    void shouldAddAndRemoveWorkers() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.MORE);
        assertEquals(List.of(1, 2, 3), stage.ids());
        stage.ready(3);
        stage.ask(Command.FEWER);
        assertEquals(List.of(3), stage.told(Order.DRAIN));
        stage.ask(Command.FEWER);
        assertEquals(List.of(2), stage.told(Order.DRAIN));
        stage.ask(Command.FEWER);
        assertEquals(List.of(), stage.told(Order.DRAIN), "the last one stays");
    }

    @Test
    void shouldHaveAsManyWorkersAsItIsToldAtOnce() {
        Stage stage = Stage.serving(settings(2));
        stage.resize(4);
        assertEquals(List.of(1, 2, 3, 4), stage.ids());
        stage.bootAll();
        stage.resize(4);
        assertEquals(4, stage.spawns);
        stage.resize(1);
        assertEquals(List.of(2, 3, 4), stage.told(Order.DRAIN));
        List.of(2, 3, 4).forEach(id -> stage.exit(id, Stage.CLEAN));

        stage.ask(Command.VACATE);
        stage.exit(1, Stage.CLEAN);
        stage.resize(2);
        assertEquals(2, stage.alive.size(), "it brings those back that were let go");
        stage.ask(Command.DRAIN);
        stage.resize(3);
        assertEquals(2, stage.alive.size(), "nobody begins when all are to end");
    }

    @Test
    void shouldStartAnewInASlotWhoseWorkerStillDrains() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.FEWER);
        stage.ask(Command.MORE);
        assertEquals(1, stage.slot(3));
        stage.exit(2, Stage.CLEAN);
        assertEquals(List.of(1, 3), stage.ids());
    }

    @Test
    void shouldTerminateASurplusWorkerThatBoots() {
        Stage stage = Stage.serving(settings(1));
        stage.ask(Command.MORE);
        stage.ask(Command.FEWER);
        assertEquals(List.of(2), stage.signalled(SIGTERM));
        stage.exit(2, Stage.FAILED);
        stage.pass(Duration.ofSeconds(5));
        assertEquals(List.of(1), stage.ids());
        assertFalse(stage.reported("failed"), stage.reports::toString);
    }

    @Test
    void shouldKeepTheMasterWithoutWorkersAndBringThemBackByReload() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.VACATE);
        assertEquals(List.of(1, 2), stage.told(Order.DRAIN));
        stage.exit(1, Stage.CLEAN);
        stage.exit(2, Stage.CLEAN);
        stage.pass(Duration.ofMinutes(1));
        assertEquals(-1, stage.exitCode);
        assertEquals(List.of(), stage.ids());
        stage.ask(Command.VACATE);
        stage.ask(Command.RELOAD);
        assertEquals(List.of(3, 4), stage.ids());
    }

    @Test
    void shouldAddOneWorkerAfterVacating() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.VACATE);
        stage.exit(1, Stage.CLEAN);
        stage.exit(2, Stage.CLEAN);
        stage.ask(Command.MORE);
        assertEquals(List.of(3), stage.ids());
    }

    @Test
    void shouldReplaceOneByOneWhenItReloadsAndDrainOnlyWhoHasASuccessor() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.RELOAD);
        assertEquals(List.of(1, 2, 3), stage.ids());
        assertEquals(new Action.Spawn(3, 0, 2), stage.alive.get(3));
        assertEquals(List.of(), stage.told(Order.DRAIN), "its successor does not serve yet");
        stage.ready(3);
        assertEquals(List.of(1), stage.told(Order.DRAIN));
        stage.pass(Duration.ofSeconds(5));
        assertEquals(List.of(1, 2, 3), stage.ids(), "the next waits until this one has ended");
        stage.exit(1, Stage.CLEAN);
        assertEquals(new Action.Spawn(4, 1, 2), stage.alive.get(4));
        stage.ready(4);
        assertEquals(List.of(2), stage.told(Order.DRAIN));
        assertFalse(stage.reported("reloaded"));
        stage.exit(2, Stage.CLEAN);
        assertTrue(stage.reported("reloaded: all workers are of generation 2"));
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(3, 4), stage.ids());
    }

    @Test
    void shouldReplaceAsManyAtATimeAsMayBeUnavailable() {
        Stage stage = Stage.serving(settings(4).maxUnavailable(Share.parse("50%")));
        stage.ask(Command.RELOAD);
        assertEquals(6, stage.alive.size());
    }

    @Test
    void shouldKeepTheOldWorkersWhenAReloadFails() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.RELOAD);
        stage.exit(3, Stage.FAILED);
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(1, 2), stage.ids());
        assertEquals(List.of(), stage.told(Order.DRAIN));
        assertTrue(stage.reported("the reload has failed"));
        stage.ask(Command.RELOAD);
        assertEquals(new Action.Spawn(4, 0, 3), stage.alive.get(4), "it may be tried again");
    }

    @Test
    void shouldReplaceTheYoungestToo() {
        Stage stage = Stage.serving(settings(1));
        stage.ask(Command.RELOAD);
        stage.ask(Command.RELOAD);
        stage.ready(2);
        stage.exit(1, Stage.CLEAN);
        assertEquals(new Action.Spawn(3, 0, 3), stage.alive.get(3), "2 was of the reload before");
    }

    @Test
    void shouldFinishAReloadWhosePredecessorDiesFirst() {
        Stage stage = Stage.serving(settings(1));
        stage.ask(Command.RELOAD);
        stage.exit(1, Stage.KILLED);
        assertEquals(List.of(2), stage.ids(), "its successor is on the way");
        stage.ready(2);
        assertEquals(List.of(), stage.told(Order.DRAIN));
        assertTrue(stage.reported("reloaded"));
    }

    @Test
    void shouldAskALateWorkerForADumpThenTerminateAndReplaceIt() {
        Stage stage = Stage.serving(settings(1).workerTimeout(Duration.ofSeconds(10)));
        stage.passInSilence(Duration.ofSeconds(9));
        assertEquals(List.of(), stage.done);
        stage.passInSilence(Duration.ofSeconds(1));
        assertEquals(List.of(1), stage.signalled(SIGQUIT));
        assertEquals(List.of(), stage.signalled(SIGTERM));
        stage.passInSilence(Duration.ofSeconds(1));
        assertEquals(List.of(1), stage.signalled(SIGTERM));
        assertEquals(List.of(1, 2), stage.ids(), "it is not waited for");
        stage.passInSilence(Duration.ofSeconds(1));
        assertEquals(List.of(1), stage.signalled(SIGKILL));
        stage.exit(1, Stage.KILLED);
        assertEquals(List.of(2), stage.ids());
    }

    @Test
    void shouldSpareALateWorkerThatComesBack() {
        Stage stage = Stage.serving(settings(1).workerTimeout(Duration.ofSeconds(10)));
        stage.passInSilence(Duration.ofSeconds(10));
        assertEquals(List.of(1), stage.signalled(SIGQUIT));
        stage.beat(1, 5);
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(), stage.done);
        assertEquals(List.of(1), stage.ids());
    }

    @Test
    void shouldForgiveLatenessWhenItWasAsleepItself() {
        Stage stage = Stage.serving(settings(1).workerTimeout(Duration.ofSeconds(10)));
        stage.nowNs += Duration.ofHours(8).toNanos();
        stage.input(new Input.Tick());
        assertEquals(List.of(), stage.done);
        stage.passInSilence(Duration.ofSeconds(10));
        assertEquals(List.of(1), stage.signalled(SIGQUIT), "but not for ever");
    }

    @Test
    void shouldEndAWorkerThatDoesNotBootAndTryAgainLater() {
        Stage stage = new Stage(settings(1).bootTimeout(Duration.ofSeconds(20)));
        stage.pass(Duration.ofSeconds(20));
        assertEquals(List.of(1), stage.signalled(SIGQUIT));
        stage.pass(Duration.ofSeconds(1));
        assertEquals(List.of(1), stage.signalled(SIGTERM));
        stage.exit(1, Stage.FAILED);
        stage.pass(Duration.ofMillis(100));
        assertTrue(stage.alive.size() <= 2, "one tries again");
        assertTrue(stage.spawns >= 2);
    }

    @Test
    void shouldTakeALateBootAsABoot() {
        Stage stage = new Stage(settings(1).bootTimeout(Duration.ofSeconds(20)));
        stage.pass(Duration.ofSeconds(20));
        stage.ready(1);
        stage.pass(Duration.ofSeconds(10));
        assertEquals(List.of(1), stage.ids());
        assertEquals(List.of(), stage.signalled(SIGTERM));
    }

    @Test
    void shouldRecycleAfterEnoughRequests() {
        Stage stage = Stage.serving(settings(2).maxRequests(100));
        stage.beat(1, 99);
        assertEquals(List.of(1, 2), stage.ids());
        stage.beat(1, 100);
        stage.beat(2, 100);
        assertEquals(List.of(1, 2, 3), stage.ids(), "never two at a time");
        stage.ready(3);
        assertEquals(List.of(1), stage.told(Order.DRAIN));
        stage.beat(2, 100);
        assertEquals(List.of(1, 2, 3), stage.ids());
        stage.exit(1, Stage.CLEAN);
        assertEquals(List.of(2, 3, 4), stage.ids());
    }

    @Test
    void shouldSpreadRecyclingByChance() {
        Stage stage = Stage.serving(settings(50).maxRequests(100).maxRequestsJitter(100));
        int first = stage.spawns;
        for (int id = 1; id <= 50; id++) {
            stage.beat(id, 99);
        }
        assertEquals(first, stage.spawns, "the limit is the least");
        stage.beat(1, 201);
        assertEquals(first + 1, stage.spawns, "and the jitter the most above it");
    }

    @Test
    void shouldRecycleAfterAnAge() {
        Stage stage = Stage.serving(settings(1).maxAge(Duration.ofMinutes(10)));
        stage.pass(Duration.ofMinutes(9));
        assertEquals(List.of(1), stage.ids());
        stage.pass(Duration.ofMinutes(2));
        assertEquals(List.of(1, 2), stage.ids());
    }

    @Test
    void shouldRecycleOneAtATimeByMemory() {
        assumeTrue(Platform.current().linux(), "only Linux tells");
        Stage stage = Stage.serving(settings(2).maxMemoryBytes(100L << 20));
        stage.input(new Input.Weighed(1, (100L << 20) - 1));
        assertEquals(List.of(1, 2), stage.ids());
        stage.input(new Input.Weighed(1, 100L << 20));
        stage.input(new Input.Weighed(2, 100L << 20));
        assertEquals(List.of(1, 2, 3), stage.ids());
        assertTrue(stage.reported("worker 0 is replaced: it takes 100 MB"));
    }

    @Test
    void shouldGoOnRecyclingAfterASuccessorHasFailed() {
        Stage stage = Stage.serving(settings(1).maxRequests(100));
        stage.beat(1, 100);
        stage.exit(2, Stage.FAILED);
        stage.beat(1, 100);
        assertEquals(List.of(1), stage.ids(), "not at once");
        stage.nowNs += Backoff.FIRST_NS;
        stage.beat(1, 101);
        assertEquals(List.of(1, 3), stage.ids());
    }

    @Test
    void shouldReopenEverywhere() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.REOPEN);
        assertTrue(stage.done.contains(new Action.Reopen()));
        assertEquals(List.of(1, 2), stage.told(Order.REOPEN));
    }

    @Test
    void shouldTellWhoDoesWhat() {
        Stage stage = Stage.serving(settings(2));
        stage.ask(Command.STATUS);
        assertEquals(List.of(new Action.ShowStatus()), stage.done);
    }

    @Test
    void shouldNotReactToWorkersThatItDoesNotKnow() {
        Stage stage = Stage.serving(settings(1));
        stage.input(new Input.Exited(99, Stage.FAILED));
        stage.input(new Input.Ready(99));
        stage.input(new Input.Beat(99, 1));
        stage.input(new Input.SpawnFailed(99, "?"));
        assertEquals(List.of(1), stage.ids());
        assertEquals(List.of(), stage.done);
    }
}

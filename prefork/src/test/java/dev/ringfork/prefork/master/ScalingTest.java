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

final class ScalingTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofSeconds(10);

    private static MasterSettings.Builder dynamic(int most, int minSpare, int maxSpare) {
        return MasterSettings.builder().workers(most).scale(Scale.dynamic(minSpare, maxSpare));
    }

    private static MasterSettings.Builder onDemand(int most) {
        return MasterSettings.builder().workers(most).scale(Scale.onDemand(IDLE));
    }

    private static void allBusy(Stage stage) {
        stage.bootAll();
        stage.ids().forEach(id -> stage.load(id, 1, 1));
    }

    @Test
    void shouldBeginWithAsManyAsAreToBeSpare() {
        Stage stage = new Stage(dynamic(8, 3, 4));
        assertEquals(3, stage.spawns);
        stage.bootAll();
        stage.pass(Duration.ofMinutes(1));
        assertEquals(3, stage.spawns, "who is idle is spare");
        assertEquals(List.of(), stage.done);
    }

    @Test
    void shouldStartOneWhenTheLastSpareOneIsBusy() {
        Stage stage = Stage.serving(dynamic(8, 1, 2));
        stage.load(1, 1, 1);
        assertEquals(List.of(1, 2), stage.ids());
        assertEquals(1, stage.slot(2), "in a slot of its own");
        stage.pass(SECOND);
        assertEquals(2, stage.spawns, "one that boots is spare");
    }

    @Test
    void shouldDoubleHowManyItStartsEachSecondUpTo32() {
        Stage stage = Stage.serving(dynamic(200, 100, 100));
        int before = stage.spawns;
        stage.ids().forEach(id -> stage.load(id, 1, 1));
        // Each that serves is busy at once, so the need never ends.
        for (int expected : List.of(1, 2, 4, 8, 16, 32, 32)) {
            int most = Math.min(expected, 200 - before);
            assertEquals(most, stage.spawns - before);
            before = stage.spawns;
            allBusy(stage);
            assertEquals(before, stage.spawns, "no more within the second");
            stage.pass(SECOND);
        }
    }

    @Test
    void shouldBeginAnewWithOneAfterASecondWithoutNeed() {
        SpawnRate rate = new SpawnRate();
        assertEquals(1, rate.take(5, 0));
        assertEquals(0, rate.take(5, SpawnRate.SECOND_NS - 1));
        assertEquals(2, rate.take(5, SpawnRate.SECOND_NS));
        assertEquals(1, rate.take(5, 3 * SpawnRate.SECOND_NS));
    }

    @Test
    void shouldTellOnceThatThereMayBeNoMoreAndWhatHelps() {
        Stage stage = Stage.serving(dynamic(2, 1, 2));
        stage.load(1, 1, 1);
        allBusy(stage);
        stage.pass(Duration.ofMinutes(1));
        assertEquals(2, stage.alive.size());
        assertEquals(
                1, stage.reports.stream().filter(line -> line.contains("raise --workers")).count());
    }

    @Test
    void shouldLetSurplusSpareOnesGoOneASecondTheLongestIdleFirst() {
        Stage stage = Stage.serving(dynamic(8, 4, 4));
        stage.load(2, 1, 1);
        stage.bootAll();
        assertEquals(5, stage.alive.size());
        stage.load(5, 1, 1);
        stage.pass(SECOND);
        stage.bootAll();
        assertEquals(6, stage.alive.size());
        stage.load(2, 0, 1);
        assertEquals(List.of(1), stage.told(Order.DRAIN), "5 idle, and this one from the start");
        stage.load(5, 0, 1);
        assertEquals(List.of(), stage.told(Order.DRAIN), "a second has not passed");
        stage.pass(SECOND);
        assertEquals(List.of(3), stage.told(Order.DRAIN));
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(), stage.told(Order.DRAIN), "4 are left");
    }

    @Test
    void shouldTakeMoreAndFewerAsTheMost() {
        Stage stage = Stage.serving(dynamic(2, 1, 2));
        stage.load(1, 1, 1);
        stage.bootAll();
        stage.load(2, 1, 1);
        assertEquals(2, stage.alive.size());
        stage.pass(SECOND);
        stage.ask(Command.MORE);
        assertEquals(3, stage.alive.size());
        assertTrue(stage.reported("workers at most: 3"));
        stage.bootAll();
        stage.ask(Command.FEWER);
        assertEquals(List.of(3), stage.told(Order.DRAIN), "the idle one");
        stage.ask(Command.FEWER);
        assertEquals(List.of(2), stage.told(Order.DRAIN), "the newest of those that are busy");
        stage.exit(3, Stage.CLEAN);
        stage.exit(2, Stage.CLEAN);
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(1), stage.ids());
        stage.resize(4);
        assertTrue(stage.reported("workers at most: 4"));
        stage.pass(SECOND);
        assertEquals(2, stage.alive.size(), "one is busy, and one more is to be idle");
    }

    @Test
    void shouldStartNobodyUntilAConnectionWaits() {
        Stage stage = new Stage(onDemand(4));
        stage.pass(Duration.ofMinutes(5));
        assertEquals(0, stage.spawns);
        assertTrue(stage.master.watches());
        stage.waiting(1);
        assertEquals(1, stage.spawns, "nobody else would take it");
        assertEquals(0, stage.slot(1));
    }

    @Test
    void shouldStartAnotherOnlyWhenSeveralLooksHaveFoundOneWaiting() {
        Stage stage = new Stage(onDemand(4));
        stage.waiting(1);
        stage.ready(1);
        stage.load(1, 1, 1);
        stage.pass(Duration.ofSeconds(3));
        stage.waiting(1);
        stage.waiting(2);
        assertEquals(1, stage.spawns, "the one that serves may be about to take it");
        stage.waiting(Scaling.LOOKS);
        assertEquals(2, stage.spawns);
        stage.waiting(Scaling.LOOKS);
        assertEquals(2, stage.spawns, "one in the first second");
        stage.pass(SECOND);
        assertEquals(2, stage.spawns, "what waited need not wait any more");
        stage.waiting(Scaling.LOOKS);
        assertEquals(2, stage.spawns, "the one that boots may be enough");
        allBusy(stage);
        stage.waiting(Scaling.LOOKS);
        assertEquals(4, stage.spawns);
        allBusy(stage);
        stage.waiting(Scaling.LOOKS);
        assertTrue(stage.reported("all 4 workers are busy"));
    }

    @Test
    void shouldLetThoseGoThatWereIdleForTheWholeTime() {
        Stage stage = new Stage(onDemand(2));
        stage.waiting(1);
        stage.ready(1);
        stage.load(1, 1, 1);
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(), stage.told(Order.DRAIN), "it is busy");
        stage.load(1, 0, 1);
        stage.pass(IDLE.minusSeconds(1));
        stage.load(1, 0, 2);
        stage.pass(IDLE.minusSeconds(1));
        assertEquals(List.of(), stage.told(Order.DRAIN), "a connection has come and gone");
        stage.pass(SECOND);
        assertEquals(List.of(1), stage.told(Order.DRAIN));
        stage.exit(1, Stage.CLEAN);
        stage.pass(Duration.ofMinutes(1));
        assertEquals(1, stage.spawns, "nobody follows");
        stage.waiting(1);
        assertEquals(2, stage.spawns);
    }

    @Test
    void shouldCountATimeThatNobodyAskedForAsNeither() {
        Stage stage = new Stage(onDemand(2));
        stage.waiting(1);
        stage.ready(1);
        assertTrue(stage.master.nextNs() > stage.nowNs, "time goes on until it is due");
        stage.pass(Duration.ofSeconds(10));
        assertEquals(List.of(1), stage.told(Order.DRAIN));
    }

    @Test
    void shouldWaitAfterAStartThatFailedAndGiveUpInTheEnd() {
        Stage stage = new Stage(onDemand(2).maxBootFailures(2));
        stage.waiting(1);
        stage.failSpawn(1);
        stage.waiting(1);
        assertEquals(1, stage.spawns, "not at once");
        stage.pass(SECOND);
        stage.waiting(1);
        assertEquals(2, stage.spawns);
        stage.exit(2, Stage.FAILED);
        assertEquals(Master.EXIT_CANNOT_BOOT, stage.exitCode);
    }

    @Test
    void shouldNotReplaceOneThatDiesUnlessItIsNeeded() {
        Stage stage = new Stage(onDemand(2));
        stage.waiting(1);
        stage.ready(1);
        stage.pass(Duration.ofSeconds(2));
        stage.exit(1, Stage.KILLED);
        stage.pass(Duration.ofMinutes(1));
        assertEquals(1, stage.spawns);
        stage.waiting(1);
        assertEquals(2, stage.spawns);
    }

    @Test
    void shouldReplaceAllOnReloadAndThenScaleAsBefore() {
        Stage stage = Stage.serving(dynamic(4, 1, 1));
        stage.ask(Command.RELOAD);
        assertEquals(List.of(1, 2), stage.ids());
        stage.ready(2);
        assertEquals(List.of(1), stage.told(Order.DRAIN));
        stage.exit(1, Stage.CLEAN);
        stage.pass(Duration.ofMinutes(1));
        assertEquals(List.of(2), stage.ids(), "a successor is no spare one too many");
        assertTrue(stage.reported("reloaded"));
    }

    @Test
    void shouldEndReloadAtOnceWhereNobodyServes() {
        Stage stage = new Stage(onDemand(2));
        stage.ask(Command.RELOAD);
        assertTrue(stage.reported("reloaded: all workers are of generation 2"));
    }

    @Test
    void shouldWatchNoMoreWhenItIsVacantOrEnds() {
        Stage stage = new Stage(onDemand(2));
        stage.ask(Command.VACATE);
        assertFalse(stage.master.watches());
        stage.waiting(Scaling.LOOKS);
        assertEquals(0, stage.spawns);
        stage.ask(Command.RELOAD);
        assertTrue(stage.master.watches());
        stage.drain();
        assertFalse(stage.master.watches());
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldServeWhoHasConnectedWhenItEndsWhileTheFirstWorkerBoots() {
        Stage stage = new Stage(onDemand(2));
        stage.ask(Command.DRAIN);
        stage.waiting(1);
        assertEquals(List.of(1), stage.ids(), "they came just before newcomers were kept away");
        stage.pass(Duration.ofSeconds(1));
        assertEquals(List.of(), stage.signalled(SIGTERM));
        stage.ready(1);
        assertEquals(List.of(1), stage.told(Order.DRAIN));
        stage.exit(1, Stage.CLEAN);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThrows(IllegalArgumentException.class, () -> Scale.dynamic(0, 1));
        assertThrows(IllegalArgumentException.class, () -> Scale.dynamic(2, 1));
        assertThrows(IllegalArgumentException.class, () -> Scale.onDemand(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> dynamic(2, 1, 3).build());
        for (AcceptStrategy strategy : AcceptStrategy.values()) {
            Scale.STATIC.check(strategy);
        }
        Scale.dynamic(1, 1).check(AcceptStrategy.MUTEX);
    }
}

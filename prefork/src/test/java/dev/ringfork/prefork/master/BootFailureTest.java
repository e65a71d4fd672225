// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.abi.ProcessConstants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BootFailureTest {

    private static MasterSettings.Builder settings(int workers) {
        return MasterSettings.builder().workers(workers);
    }

    private static long msUntilNextSpawn(Stage stage) {
        int before = stage.spawns;
        long fromNs = stage.nowNs;
        while (stage.spawns == before && stage.nowNs - fromNs < 100_000_000_000L) {
            stage.nowNs = Math.min(stage.master.nextNs(), stage.nowNs + 1_000_000_000L);
            stage.input(new Input.Tick());
        }
        return (stage.nowNs - fromNs) / 1_000_000;
    }

    @Test
    void shouldWaitTwiceAsLongAfterEachFailureUpToAMost() {
        Stage stage = new Stage(settings(1).maxBootFailures(1000));
        List<Long> delays = new ArrayList<>();
        for (int id = 1; id <= 12; id++) {
            stage.nowNs += 1_000_000;
            stage.exit(id, Stage.FAILED);
            delays.add(msUntilNextSpawn(stage));
        }
        assertEquals(
                List.of(
                        100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12_800L, 25_600L, 30_000L,
                        30_000L, 30_000L),
                delays);
    }

    @Test
    void shouldGiveUpAfterConsecutiveFailures() {
        Stage stage = new Stage(settings(1).maxBootFailures(3));
        for (int id = 1; id <= 3; id++) {
            assertEquals(-1, stage.exitCode);
            stage.exit(id, Stage.FAILED);
            if (id < 3) {
                msUntilNextSpawn(stage);
            }
        }
        assertEquals(Master.EXIT_CANNOT_BOOT, stage.exitCode);
        assertTrue(stage.reported("giving up: 3 starts have failed"));
    }

    @Test
    void shouldCountWorkersThatFailTogetherOnce() {
        Stage stage = new Stage(settings(8).maxBootFailures(2));
        stage.nowNs += 1_000_000;
        for (int id = 1; id <= 8; id++) {
            stage.exit(id, Stage.FAILED);
        }
        assertEquals(-1, stage.exitCode);
        msUntilNextSpawn(stage);
        assertEquals(List.of(9), stage.ids(), "one tries for all");
        stage.exit(9, Stage.FAILED);
        assertEquals(Master.EXIT_CANNOT_BOOT, stage.exitCode);
    }

    @Test
    void shouldFillUpOnceOneHasBooted() {
        Stage stage = new Stage(settings(3));
        stage.nowNs += 1_000_000;
        for (int id = 1; id <= 3; id++) {
            stage.exit(id, Stage.FAILED);
        }
        msUntilNextSpawn(stage);
        stage.ready(4);
        stage.pass(Duration.ofSeconds(2));
        stage.bootAll();
        stage.pass(Duration.ofSeconds(2));
        stage.bootAll();
        stage.pass(Duration.ofSeconds(2));
        assertEquals(3, stage.alive.size());
    }

    @Test
    void shouldForgetFailuresWhenAWorkerHasServedForAWhile() {
        Stage stage = new Stage(settings(1).maxBootFailures(2));
        stage.exit(1, Stage.FAILED);
        msUntilNextSpawn(stage);
        stage.ready(2);
        stage.pass(Duration.ofSeconds(2));
        stage.exit(2, Stage.KILLED);
        assertEquals(List.of(3), stage.ids(), "it was started well, and is replaced at once");
        stage.exit(3, Stage.FAILED);
        assertEquals(-1, stage.exitCode);
    }

    @Test
    void shouldWaitForWorkersThatDieAsSoonAsTheyServeButNotGiveUp() {
        Stage stage = new Stage(settings(1).maxBootFailures(2));
        List<Long> delays = new ArrayList<>();
        for (int id = 1; id <= 4; id++) {
            stage.nowNs += 1_000_000;
            stage.ready(id);
            stage.exit(id, Stage.KILLED);
            assertEquals(List.of(), stage.ids());
            delays.add(msUntilNextSpawn(stage));
        }
        assertEquals(List.of(100L, 200L, 400L, 800L), delays);
        stage.exit(5, Stage.FAILED);
        assertEquals(-1, stage.exitCode, "the first that has not booted");
        msUntilNextSpawn(stage);
        stage.exit(6, Stage.FAILED);
        assertEquals(Master.EXIT_CANNOT_BOOT, stage.exitCode);
    }

    @Test
    void shouldNotGiveUpWhileSomebodyServes() {
        Stage stage = Stage.serving(settings(2).maxBootFailures(2));
        stage.exit(2, Stage.KILLED);
        for (int id = 3; id < 10; id++) {
            stage.exit(id, Stage.FAILED);
            msUntilNextSpawn(stage);
        }
        assertEquals(-1, stage.exitCode);
    }

    @Test
    void shouldTakeASpawnThatTheSystemRefusesForAFailure() {
        Stage stage = new Stage(settings(1).maxBootFailures(2));
        stage.failSpawn(1);
        assertTrue(stage.reported("worker 0 cannot be started: no room"));
        assertEquals(100, msUntilNextSpawn(stage));
        stage.failSpawn(2);
        assertEquals(Master.EXIT_CANNOT_BOOT, stage.exitCode);
    }

    @Test
    void shouldGiveUpAtOnceWhenTheConfigurationIsRefused() {
        Stage stage = new Stage(settings(2));
        stage.exit(1, Stage.REFUSED);
        assertEquals(List.of(2), stage.signalled(ProcessConstants.SIGTERM));
        stage.exit(2, Stage.REFUSED);
        assertEquals(Master.EXIT_CONFIGURATION, stage.exitCode);
    }

    @Test
    void shouldKeepWhoServesWhenAReloadedConfigurationIsRefused() {
        Stage stage = Stage.serving(settings(1));
        stage.ask(Command.RELOAD);
        stage.exit(2, Stage.REFUSED);
        assertEquals(List.of(1), stage.ids());
        assertEquals(-1, stage.exitCode);
    }

    @Test
    void shouldEndWithoutWaitingForADelay() {
        Stage stage = new Stage(settings(1).maxBootFailures(100));
        stage.exit(1, Stage.FAILED);
        stage.ask(Command.DRAIN);
        assertEquals(0, stage.exitCode);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.spawn.Order;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Upgrades as a master decides them, without processes. */
final class UpgradeTest {
    private static final int PID = 4711;

    private final Stage stage =
            Stage.serving(
                    MasterSettings.builder()
                            .workers(2)
                            .drainTimeout(Duration.ofSeconds(5))
                            .upgradeTimeout(Duration.ofSeconds(20)));

    private void begin() {
        stage.ask(Command.UPGRADE);
        assertEquals(List.of(new Action.StartMaster()), stage.done);
        stage.done.clear();
        stage.input(new Input.MasterStarted(PID));
    }

    /** What was done, but for what workers were told. */
    private List<Action> about() {
        List<Action> about =
                stage.done.stream().filter(Action.OfNewMaster.class::isInstance).toList();
        stage.done.removeAll(about);
        return about;
    }

    private static Action signal(int signo) {
        return new Action.SignalMaster(signo);
    }

    private void assertAsBefore(int failures) {
        UpgradeState state = stage.master.upgrade();
        assertFalse(state.underWay());
        assertFalse(state.done());
        assertEquals(failures, state.failures());
        assertEquals(Ending.NONE, stage.master.ending());
        assertEquals(List.of(), stage.told(Order.DRAIN));
        assertNull(stage.master.obstacle(Command.UPGRADE));
    }

    @Test
    void shouldAnnounceOnceThatAllServe() {
        Stage booting = new Stage(MasterSettings.builder().workers(2));
        booting.ready(1);
        assertEquals(0, booting.announced);
        booting.ready(2);
        assertEquals(1, booting.announced);
        booting.exit(1, Stage.KILLED);
        booting.pass(Duration.ofSeconds(2));
        booting.bootAll();
        assertEquals(1, booting.announced);
    }

    @Test
    void shouldEndWhenItCannotTakeOver() {
        Stage booting = new Stage(MasterSettings.builder().workers(1));
        booting.ready(1);
        booting.input(new Input.NotAnnounced("the pid file cannot be written"));
        assertEquals(List.of(1), booting.told(Order.DRAIN));
        booting.exit(1, Stage.CLEAN);
        assertEquals(Master.EXIT_CANNOT_BOOT, booting.exitCode);
    }

    @Test
    void shouldHandOverAndDrainWhenTheNewMasterServes() {
        begin();
        stage.pass(Duration.ofSeconds(10));
        assertEquals(List.of(), stage.told(Order.DRAIN), "it serves on");

        stage.input(new Input.MasterReady());
        Action handOver = new Action.HandOver(PID);
        int left = stage.done.indexOf(handOver);
        int released = stage.done.indexOf(new Action.Release());
        assertTrue(left < released, "what waits is the other's, and so are paths");
        assertTrue(released < stage.done.indexOf(new Action.Tell(1, Order.DRAIN)));
        assertEquals(List.of(handOver), about());
        assertEquals(List.of(1, 2), stage.told(Order.DRAIN));
        assertFalse(stage.done.contains(new Action.Withdraw()), "newcomers are the other's");
        assertTrue(stage.master.upgrade().done());
        stage.exit(1, Stage.CLEAN);
        stage.exit(2, Stage.CLEAN);
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldGoOnWhenTheNewMasterCannotBeStarted() {
        stage.ask(Command.UPGRADE);
        stage.input(new Input.MasterFailed("no room"));
        assertEquals(List.of(new Action.StartMaster(), new Action.GoOn()), about());
        assertAsBefore(1);
        assertTrue(stage.reported("no room"));
    }

    @Test
    void shouldGoOnWhenTheNewMasterEnds() {
        begin();
        stage.input(new Input.MasterExited(Stage.FAILED));
        assertEquals(List.of(new Action.GoOn()), about());
        assertAsBefore(1);
        assertTrue(stage.reported("has exited with 1 before it served"));
        begin();
    }

    @Test
    void shouldEndANewMasterThatIsLateHarderAndHarder() {
        begin();
        stage.pass(Duration.ofSeconds(21));
        assertEquals(List.of(signal(ProcessConstants.SIGTERM)), about());
        assertNotNull(stage.master.obstacle(Command.UPGRADE));
        stage.pass(Duration.ofSeconds(9));
        assertEquals(List.of(signal(ProcessConstants.SIGINT)), about());
        stage.pass(Duration.ofSeconds(4));
        assertEquals(List.of(signal(ProcessConstants.SIGKILL)), about());
        stage.input(new Input.MasterExited(Stage.KILLED));
        assertEquals(List.of(new Action.GoOn()), about());
        assertAsBefore(1);
        assertTrue(stage.master.upgrade().reason().contains("did not serve after 20 s"));
    }

    @Test
    void shouldNotBelieveANewMasterThatWasToldToEnd() {
        begin();
        stage.pass(Duration.ofSeconds(21));
        stage.input(new Input.MasterReady());
        assertEquals(List.of(), stage.told(Order.DRAIN));
        stage.input(new Input.MasterExited(Stage.CLEAN));
        assertAsBefore(1);
    }

    @Test
    void shouldForgiveTheTimeThatItWasAsleepItself() {
        begin();
        stage.nowNs += Duration.ofHours(1).toNanos();
        stage.input(new Input.Tick());
        assertEquals(List.of(), about());
    }

    @Test
    void shouldDoOneUpgradeAtATime() {
        begin();
        assertNotNull(stage.master.obstacle(Command.UPGRADE));
        assertNotNull(stage.master.obstacle(Command.RELOAD));
        assertNull(stage.master.obstacle(Command.MORE));
        stage.ask(Command.UPGRADE);
        assertEquals(List.of(), about());
    }

    @Test
    void shouldEndTheNewMasterBeforeItEndsItself() {
        begin();
        stage.drain();
        assertEquals(List.of(signal(ProcessConstants.SIGTERM)), about());
        stage.exit(1, Stage.CLEAN);
        stage.exit(2, Stage.CLEAN);
        assertEquals(-1, stage.exitCode, "the new master would be left behind");
        stage.ask(Command.STOP);
        assertEquals(List.of(signal(ProcessConstants.SIGINT)), about());
        stage.input(new Input.MasterExited(Stage.CLEAN));
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldStartNoneWhenItEnds() {
        stage.ask(Command.DRAIN);
        assertNotNull(stage.master.obstacle(Command.UPGRADE));
        stage.ask(Command.UPGRADE);
        assertEquals(List.of(), about());
    }

    @Test
    void shouldReplaceWorkersThatDieMeanwhile() {
        begin();
        stage.exit(1, Stage.KILLED);
        assertEquals(2, stage.alive.size());
    }

    @Test
    void shouldSayThatTheNewMasterHasEndedSoonAfter() {
        begin();
        stage.input(new Input.MasterReady());
        stage.input(new Input.MasterExited(Stage.KILLED));
        assertTrue(stage.reported("start the server again"));
        stage.exit(1, Stage.CLEAN);
        stage.exit(2, Stage.CLEAN);
        assertEquals(0, stage.exitCode);
    }
}

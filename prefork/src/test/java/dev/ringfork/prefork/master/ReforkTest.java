// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.spawn.Order;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a worker becomes a template, as a master decides it, without processes. */
final class ReforkTest {
    private final Stage stage =
            Stage.serving(MasterSettings.builder().workers(2).drainTimeout(Duration.ofSeconds(5)));

    private void promoted(int id) {
        stage.alive.remove(id);
        stage.input(new Input.Promoted(id));
    }

    @Test
    void shouldPromoteTheWorkerThatHasAnsweredMostAndReplaceAllByItsCopies() {
        stage.beat(1, 10);
        stage.beat(2, 20);
        stage.ask(Command.REFORK);
        assertEquals(List.of(2), stage.told(Order.PROMOTE));
        assertEquals(List.of(1, 2, 3), stage.ids(), "another one takes its place meanwhile");
        assertEquals(1, stage.generation(3));
        stage.ready(3);

        promoted(2);
        assertEquals(2, stage.master.generation());
        assertTrue(stage.master.reloading());
        assertEquals(2, stage.generation(4));
        stage.ready(4);
        assertEquals(List.of(1), stage.told(Order.DRAIN));
        stage.exit(1, Stage.CLEAN);
        stage.ready(5);
        assertEquals(List.of(3), stage.told(Order.DRAIN));
        stage.exit(3, Stage.CLEAN);
        assertEquals(List.of(4, 5), stage.ids());
        assertTrue(stage.reported("all workers are of generation 2"));
        assertEquals(0, stage.master.failedReforks());
        assertNull(stage.master.obstacle(Command.REFORK));
    }

    @Test
    void shouldGoOnAsBeforeWhenTheWorkerEndsInstead() {
        stage.ask(Command.REFORK);
        int chosen = stage.told(Order.PROMOTE).getFirst();
        assertNotNull(stage.master.obstacle(Command.REFORK), "one at a time");
        stage.exit(chosen, Stage.KILLED);
        assertEquals(1, stage.master.failedReforks());
        assertEquals(1, stage.master.generation());
        assertTrue(stage.reported("it has ended and become no template"));
        stage.bootAll();
        stage.ask(Command.REFORK);
        assertEquals(1, stage.told(Order.PROMOTE).size());
    }

    @Test
    void shouldEndAWorkerThatDoesNotFinishInTime() {
        stage.ask(Command.REFORK);
        int chosen = stage.told(Order.PROMOTE).getFirst();
        stage.pass(Duration.ofSeconds(7));
        assertEquals(List.of(chosen), stage.signalled(ProcessConstants.SIGTERM));
    }

    @Test
    void shouldReplaceNobodyWhenTheMasterDrainsMeanwhile() {
        stage.ask(Command.REFORK);
        int chosen = stage.told(Order.PROMOTE).getFirst();
        stage.bootAll();
        stage.drain();
        promoted(chosen);
        assertEquals(1, stage.master.generation());
        List.copyOf(stage.alive.keySet()).forEach(id -> stage.exit(id, Stage.CLEAN));
        assertEquals(0, stage.exitCode);
    }

    @Test
    void shouldSayWhyThereCanBeNone() {
        stage.ask(Command.RELOAD);
        assertEquals("workers are being replaced", stage.master.obstacle(Command.REFORK));
        Stage booting = new Stage(MasterSettings.builder().workers(1));
        assertEquals("no worker serves", booting.master.obstacle(Command.REFORK));
        booting.bootAll();
        booting.ask(Command.DRAIN);
        assertEquals("the master is ending", booting.master.obstacle(Command.REFORK));
    }

    @Test
    void shouldNotPromoteAWorkerOfOneConnection() {
        Stage each =
                Stage.serving(MasterSettings.builder().workers(2).scale(Scale.perConnection(1)));
        assertEquals(
                "a worker of one connection is no warmer than the template: raise --warm-requests",
                each.master.obstacle(Command.REFORK));
        each.ask(Command.REFORK);
        assertEquals(List.of(), each.told(Order.PROMOTE));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.spawn.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events in every order: small sets of them in all permutations, large ones by chance. */
final class EveryOrderTest {

    private static void permutations(int count, List<Integer> head, List<List<Integer>> all) {
        if (head.size() == count) {
            all.add(List.copyOf(head));
            return;
        }
        for (int i = 0; i < count; i++) {
            if (!head.contains(i)) {
                head.add(i);
                permutations(count, head, all);
                head.removeLast();
            }
        }
    }

    /** What may befall two workers that are being reloaded, each once and in any order. */
    private static void befall(Stage stage, int event) {
        switch (event) {
            case 0 -> stage.ready(3);
            case 1 -> stage.exit(1, Stage.KILLED);
            case 2 -> stage.ask(Command.MORE);
            case 3 -> stage.ask(Command.RELOAD);
            case 4 -> stage.ask(Command.FEWER);
            default -> stage.exit(2, Stage.FAILED);
        }
    }

    @Test
    void shouldComeToRestWithTheWorkersWantedWhateverBefallsAReload() {
        List<List<Integer>> orders = new ArrayList<>();
        permutations(6, new ArrayList<>(), orders);
        for (List<Integer> order : orders) {
            Stage stage = Stage.serving(MasterSettings.builder().workers(2));
            stage.ask(Command.RELOAD);
            order.forEach(event -> befall(stage, event));
            new Obedient(stage).settle();
            assertEquals(2, stage.alive.size(), () -> order + ": " + stage.reports);
            Set<Integer> slots = new HashSet<>();
            stage.alive.values().forEach(spawn -> slots.add(spawn.slot()));
            assertEquals(Set.of(0, 1), slots, order::toString);
            stage.alive
                    .values()
                    .forEach(spawn -> assertEquals(3, spawn.generation(), order::toString));
        }
    }

    @Test
    void shouldEndOnceHoweverTheLastEventsFall() {
        List<List<Integer>> orders = new ArrayList<>();
        permutations(5, new ArrayList<>(), orders);
        for (List<Integer> order : orders) {
            Stage stage = Stage.serving(MasterSettings.builder().workers(2));
            stage.ask(Command.MORE);
            for (int event : order) {
                switch (event) {
                    case 0 -> stage.ask(Command.DRAIN);
                    case 1 -> stage.exit(1, Stage.KILLED);
                    case 2 -> stage.ready(3);
                    case 3 -> stage.exit(3, Stage.FAILED);
                    default -> stage.ask(Command.RELOAD);
                }
            }
            new Obedient(stage).settle();
            assertEquals(0, stage.exitCode, order::toString);
        }
    }

    /** Workers that do what they are told, sooner or later. */
    private static final class Obedient {
        private final Stage stage;
        private final Set<Integer> served = new HashSet<>();

        Obedient(Stage stage) {
            this.stage = stage;
        }

        void settle() {
            for (int turn = 0; turn < 200 && stage.exitCode < 0; turn++) {
                obey();
                for (int id : stage.ids()) {
                    if (served.add(id) && stage.alive.containsKey(id)) {
                        stage.ready(id);
                    }
                }
                if (stage.exitCode < 0) {
                    stage.pass(Duration.ofSeconds(1));
                }
            }
        }

        private void obey() {
            List<Integer> leaving = new ArrayList<>(stage.told(Order.DRAIN));
            leaving.addAll(stage.told(Order.STOP));
            leaving.addAll(stage.signalled(ProcessConstants.SIGTERM));
            leaving.addAll(stage.signalled(ProcessConstants.SIGKILL));
            for (int id : leaving) {
                if (stage.alive.containsKey(id)) {
                    stage.exit(id, Stage.CLEAN);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldKeepItsPromisesInAnyOrderOfEvents(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 50; run++) {
            Chaos chaos = new Chaos(random);
            for (int step = 0; step < 200; step++) {
                chaos.step();
            }
            chaos.comeToRest();
        }
    }

    /** A stage on which anything may happen, and what must hold none the less. */
    private static final class Chaos {
        private final Random random;
        private final Stage stage;
        private final Map<Integer, Boolean> ready = new HashMap<>();
        private int wanted = 3;

        Chaos(Random random) {
            this.random = random;
            this.stage =
                    Stage.serving(
                            MasterSettings.builder()
                                    .workers(3)
                                    .maxRequests(50)
                                    .maxBootFailures(1 << 20));
            stage.ids().forEach(id -> ready.put(id, true));
        }

        void step() {
            int before = accepting();
            boolean mayLose = false;
            List<Integer> ids = stage.ids();
            int id = ids.isEmpty() ? 0 : ids.get(random.nextInt(ids.size()));
            switch (random.nextInt(11)) {
                case 0 -> {
                    stage.exit(id, random.nextBoolean() ? Stage.KILLED : Stage.FAILED);
                    ready.remove(id);
                    mayLose = true;
                }
                case 1, 2, 3 -> becomeReady(id);
                case 4 -> stage.ask(Command.RELOAD);
                case 5 -> {
                    stage.ask(Command.MORE);
                    wanted++;
                }
                case 6 -> {
                    stage.ask(Command.FEWER);
                    wanted = Math.max(1, wanted - 1);
                    mayLose = true;
                }
                case 7 -> stage.beat(id, random.nextInt(60));
                case 8 -> obey();
                case 9 -> {
                    int workers = 1 + random.nextInt(6);
                    stage.resize(workers);
                    mayLose = workers < wanted;
                    wanted = workers;
                }
                default -> stage.pass(Duration.ofMillis(random.nextInt(3000)));
            }
            boolean lost = accepting() < before && !mayLose;
            assertTrue(!lost || accepting() >= wanted, () -> "lost capacity: " + stage.reports);
        }

        private void becomeReady(int id) {
            if (stage.alive.containsKey(id) && ready.put(id, true) == null) {
                stage.ready(id);
            }
        }

        /** Those that accept: they are ready, and were told nothing. */
        private int accepting() {
            Set<Integer> leaving = new HashSet<>();
            for (Action action : stage.done) {
                if (action instanceof Action.Tell tell) {
                    leaving.add(tell.id());
                } else if (action instanceof Action.Signal signal) {
                    leaving.add(signal.id());
                }
            }
            return (int)
                    stage.ids().stream()
                            .filter(id -> ready.containsKey(id) && !leaving.contains(id))
                            .count();
        }

        private void obey() {
            new Obedient(stage).obey();
            ready.keySet().retainAll(stage.alive.keySet());
        }

        void comeToRest() {
            for (int turn = 0; turn < 400; turn++) {
                obey();
                stage.ids().forEach(this::becomeReady);
                stage.pass(Duration.ofSeconds(1));
            }
            assertEquals(wanted, stage.alive.size(), stage.reports::toString);
            assertEquals(List.of(), stage.done, "at rest");
            assertEquals(-1, stage.exitCode);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.spawn.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** A master with a clock and workers of paper, for tests. */
final class Stage {
    static final WaitStatus CLEAN = new WaitStatus(Platform.current(), 0);
    static final WaitStatus FAILED = new WaitStatus(Platform.current(), 1 << 8);
    static final WaitStatus REFUSED =
            new WaitStatus(Platform.current(), Master.EXIT_CONFIGURATION << 8);
    static final WaitStatus KILLED = new WaitStatus(Platform.current(), ProcessConstants.SIGKILL);

    final Master master;
    final MasterSettings settings;

    /** Those that were spawned and have not exited, by id. */
    final Map<Integer, Action.Spawn> alive = new LinkedHashMap<>();

    /** What was told and signalled since the last look. */
    final List<Action> done = new ArrayList<>();

    final List<String> reports = new ArrayList<>();
    long nowNs = 1_000_000_000L;
    int exitCode = -1;
    int spawns;
    int announced;
    private boolean emptied;

    Stage(MasterSettings.Builder settings) {
        this.settings = settings.build();
        this.master = new Master(this.settings, new Random(1));
        perform(master.start(nowNs));
    }

    /** So many workers, all of which serve for a while. */
    static Stage serving(MasterSettings.Builder settings) {
        Stage stage = new Stage(settings);
        stage.bootAll();
        stage.pass(Duration.ofSeconds(2));
        stage.done.clear();
        stage.reports.clear();
        return stage;
    }

    private void perform(List<Action> actions) {
        assertEquals(-1, exitCode, () -> "nothing follows an exit: " + actions);
        for (Action action : actions) {
            switch (action) {
                case Action.Spawn spawn -> {
                    alive.put(spawn.id(), spawn);
                    spawns++;
                }
                case Action.Announce() -> announced++;
                case Action.Report(String line) -> reports.add(line);
                case Action.Exit(int code) -> {
                    assertTrue(alive.isEmpty(), "a master leaves no worker behind");
                    exitCode = code;
                }
                default -> done.add(action);
            }
        }
    }

    void input(Input input) {
        perform(master.handle(input, nowNs));
        if (master.draining() && !emptied && exitCode < 0) {
            emptied = true;
            input(new Input.Emptied());
        }
    }

    void ask(Command command) {
        input(new Input.Asked(command, 0));
    }

    void resize(int workers) {
        input(new Input.Asked(Command.RESIZE, workers));
    }

    /** Asks it to drain, and lets it keep newcomers away for as long as it does. */
    void drain() {
        ask(Command.DRAIN);
        pass(Duration.ofNanos(Departure.WITHDRAWN_NS));
    }

    void ready(int id) {
        input(new Input.Ready(id));
    }

    void beat(int id, long requests) {
        input(new Input.Beat(id, requests));
    }

    void load(int id, long connections, long accepted) {
        input(new Input.Load(id, connections, accepted));
    }

    void waiting(int looks) {
        input(new Input.Waiting(looks));
    }

    void exit(int id, WaitStatus status) {
        alive.remove(id);
        input(new Input.Exited(id, status));
    }

    void failSpawn(int id) {
        alive.remove(id);
        input(new Input.SpawnFailed(id, "no room"));
    }

    void bootAll() {
        List.copyOf(alive.keySet()).forEach(this::ready);
    }

    /** Lets time pass, with a heartbeat of everybody each second, or sooner if one is due. */
    void pass(Duration duration) {
        pass(duration, true);
    }

    /** Lets time pass in which no worker shows a sign of life. */
    void passInSilence(Duration duration) {
        pass(duration, false);
    }

    private void pass(Duration duration, boolean beating) {
        long endNs = nowNs + duration.toNanos();
        while (nowNs < endNs) {
            long beatNs = nowNs + settings.heartbeat().toNanos();
            long dueNs = Math.max(master.nextNs(), nowNs + 1);
            nowNs = Math.min(endNs, Math.min(beatNs, dueNs));
            if (beating) {
                List.copyOf(alive.keySet()).forEach(id -> beat(id, 0));
            }
            if (exitCode >= 0) {
                return;
            }
            input(new Input.Tick());
        }
    }

    /** The ids of those that occupy slots now, the newest last. */
    List<Integer> ids() {
        return List.copyOf(alive.keySet());
    }

    /** The slot of one that is alive. */
    int slot(int id) {
        return Objects.requireNonNull(alive.get(id), "it is gone").slot();
    }

    /** The generation of one that is alive. */
    int generation(int id) {
        return Objects.requireNonNull(alive.get(id), "it is gone").generation();
    }

    /** Who was told something since the last call of this for the same order. */
    List<Integer> told(Order order) {
        List<Integer> ids = new ArrayList<>();
        done.removeIf(action -> {
            boolean it = action instanceof Action.Tell tell && tell.order() == order;
            if (it) {
                ids.add(((Action.Tell) action).id());
            }
            return it;
        });
        return ids;
    }

    /** Who was sent a signal since the last call of this for the same signal. */
    List<Integer> signalled(int signo) {
        List<Integer> ids = new ArrayList<>();
        done.removeIf(action -> {
            boolean it = action instanceof Action.Signal signal && signal.signo() == signo;
            if (it) {
                ids.add(((Action.Signal) action).id());
            }
            return it;
        });
        return ids;
    }

    boolean reported(String part) {
        return reports.stream().anyMatch(line -> line.contains(part));
    }
}

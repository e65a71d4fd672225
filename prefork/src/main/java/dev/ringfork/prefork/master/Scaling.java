// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Says when there are too few workers or too many, where their number is not fixed: it looks at who
 * has nothing to do, and is told when connections wait. It knows neither processes nor clocks.
 *
 * <p>A worker has nothing to do when no connection of it is open. One that boots will have nothing
 * to do, and counts so; one that is started to take another one's place counts when that has left.
 *
 * <p>Confined to the master's thread.
 */
final class Scaling implements Sizing {
    /** In so many looks one after the other a connection has to wait before somebody is needed. */
    static final int LOOKS = 3;

    private final Scale scale;
    private final Consumer<String> report;
    private final SpawnRate rate = new SpawnRate();
    private boolean begun;
    private boolean demanded;
    private int toldMost;
    private long retiredNs = Long.MIN_VALUE;
    private long nextNs = WorkerHandle.NEVER;

    Scaling(Scale scale, Consumer<String> report) {
        this.scale = scale;
        this.report = report;
    }

    /** Connections have waited in so many looks one after the other. */
    void waiting(int looks, Roster roster) {
        // Where nobody is, nobody will take them: there is no need to look again.
        demanded = looks >= LOOKS || members(roster).isEmpty();
    }

    @Override
    public long nextNs() {
        return nextNs;
    }

    @Override
    public List<WorkerHandle> surplus(Roster roster, int most, long nowNs) {
        nextNs = WorkerHandle.NEVER;
        List<WorkerHandle> members = members(roster);
        if (members.size() > most) {
            // Those stay that have something to do, and of these the oldest.
            members.sort(
                    Comparator.comparing((WorkerHandle each) -> each.idle() || each.booting())
                            .thenComparingInt(each -> each.id));
            return List.copyOf(members.subList(most, members.size()));
        }
        members.removeIf(worker -> !worker.idle() || roster.hasSuccessor(worker));
        return switch (scale.mode()) {
            case DYNAMIC -> tooMany(members, nowNs);
            case ONDEMAND -> idleTooLong(members, nowNs);
            case STATIC, PER_CONNECTION -> List.of();
        };
    }

    /** One a second: what is not needed now may be in a moment. */
    private List<WorkerHandle> tooMany(List<WorkerHandle> idle, long nowNs) {
        if (idle.size() <= scale.maxSpare()) {
            return List.of();
        }
        if (retiredNs != Long.MIN_VALUE && nowNs - retiredNs < SpawnRate.SECOND_NS) {
            soon(retiredNs + SpawnRate.SECOND_NS);
            return List.of();
        }
        retiredNs = nowNs;
        soon(nowNs + SpawnRate.SECOND_NS);
        idle.sort(Comparator.comparingLong(worker -> worker.activeNs));
        return List.of(idle.getFirst());
    }

    private List<WorkerHandle> idleTooLong(List<WorkerHandle> idle, long nowNs) {
        long timeoutNs = scale.idleTimeout().toNanos();
        List<WorkerHandle> due = new ArrayList<>();
        for (WorkerHandle worker : idle) {
            if (nowNs - worker.activeNs >= timeoutNs) {
                due.add(worker);
            } else {
                soon(worker.activeNs + timeoutNs);
            }
        }
        return due;
    }

    @Override
    public int missing(Roster roster, int most, long nowNs) {
        List<WorkerHandle> members = members(roster);
        int needed = needed(members);
        demanded = false;
        int room = most - members.size();
        if (needed > 0 && room <= 0 && most > 0 && spare(members) == 0) {
            tellOfMost(most);
        }
        int possible = Math.min(needed, room);
        if (possible <= 0) {
            return 0;
        }
        boolean first = !begun;
        begun = true;
        if (first && scale.mode() == Scale.Mode.DYNAMIC) {
            return possible;
        }
        int taken = rate.take(possible, nowNs);
        if (taken < possible) {
            soon(rate.nextNs());
        }
        return taken;
    }

    private int needed(List<WorkerHandle> members) {
        return switch (scale.mode()) {
            case STATIC, PER_CONNECTION -> 0;
            case DYNAMIC -> scale.minSpare() - spare(members);
            // Those that boot may be enough, however long that takes.
            case ONDEMAND ->
                    demanded && members.stream().noneMatch(WorkerHandle::booting)
                            ? SpawnRate.MOST
                            : 0;
        };
    }

    private static int spare(List<WorkerHandle> members) {
        return (int) members.stream().filter(each -> each.idle() || each.booting()).count();
    }

    private void tellOfMost(int most) {
        if (toldMost != most) {
            toldMost = most;
            report.accept(
                    "all %d workers are busy and there may be no more: raise --workers if memory allows it, TTIN adds one now"
                            .formatted(most));
        }
    }

    /** Those that serve or are expected to, each place once. */
    private static List<WorkerHandle> members(Roster roster) {
        List<WorkerHandle> members = new ArrayList<>();
        for (WorkerHandle worker : roster.view()) {
            WorkerHandle predecessor = roster.find(worker.replaces);
            if (worker.occupies() && (predecessor == null || predecessor.leaving)) {
                members.add(worker);
            }
        }
        return members;
    }

    private void soon(long ns) {
        nextNs = Math.min(nextNs, ns);
    }
}

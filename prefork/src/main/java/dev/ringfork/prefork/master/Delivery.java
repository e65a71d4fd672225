// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Errno;
import dev.ringfork.prefork.passing.DescriptorSocket;
import dev.ringfork.prefork.passing.PassedDescriptor;
import dev.ringfork.prefork.passing.PassingException;
import dev.ringfork.prefork.passing.Transfer;
import dev.ringfork.prefork.scoreboard.Score;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Interest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes connections that the master has accepted to workers, each to the one that has fewest.
 *
 * <p>A connection stays open here until a worker has taken it over. What a worker refuses, or had
 * not taken over when it died, goes to another one; what no worker has room for waits here, and
 * meanwhile nothing is accepted.
 *
 * <p>Confined to the master's loop. Owns what waits.
 */
final class Delivery implements AutoCloseable {
    /** How long a worker, or the system, is left alone that cannot take more. */
    private static final long REST_NS = 10_000_000L;

    /** One descriptor needs no words. */
    private static final byte[] NOTHING = {};

    private final Reactor reactor;
    private final boolean once;
    private final Consumer<Input> tell;
    private final Consumer<String> report;
    private final Map<Integer, Lane> lanes = new LinkedHashMap<>();
    private final ArrayDeque<Transfer> waiting = new ArrayDeque<>();
    private final Timer retry = new Timer(this::deliver);
    private Runnable onRoom = () -> {};
    private long restsUntilNs;
    private int lastSlot;
    private boolean lastResort;
    private int places;
    private int held;
    private long shed;

    /**
     * Begins without workers.
     *
     * @param once whether each worker gets one connection and no more; then connections are
     *     accepted before there is a worker for them, as many as {@link #places} allows
     * @param tell is told, if so, who was given a connection and how many have no worker
     */
    Delivery(Reactor reactor, boolean once, Consumer<Input> tell, Consumer<String> report) {
        this.reactor = reactor;
        this.once = once;
        this.tell = tell;
        this.report = report;
    }

    /** Sets what is done when there is room for more again. */
    void onRoom(Runnable action) {
        onRoom = action;
    }

    // ---- workers come and go

    /** A worker was started. Takes over the socket, which it has the other end of. */
    void join(int id, int slot, DescriptorSocket socket, Score score) {
        Lane lane = new Lane(slot, once, socket, score, (_, _) -> answered(id));
        lanes.put(id, lane);
        int result = reactor.add(lane.registration, lane.fd(), Interest.READ);
        Errno.check("add", result, "a worker's way for connections");
    }

    /** It serves. */
    void serving(int id) {
        Lane lane = lanes.get(id);
        if (lane != null && !lane.left) {
            lane.serving = true;
            lane.served = true;
            deliver();
        }
    }

    /** It is about to be told to finish: it gets no more. */
    void leaving(int id) {
        Lane lane = lanes.get(id);
        if (lane != null) {
            lane.serving = false;
            lane.left = true;
            finishLeft();
        }
    }

    /** It has ended: what it did not take over goes to others. */
    void gone(int id) {
        Lane lane = lanes.get(id);
        if (lane != null) {
            settle(lane);
            abandon(id);
            deliver();
        }
    }

    /**
     * From now on those that are to finish get connections too, until none waits: there are no
     * others.
     */
    void lastResort() {
        lastResort = true;
    }

    /** Whether there is a worker that takes connections now or when it has room, or will be. */
    boolean possible() {
        return once || lanes.values().stream().anyMatch(this::takes);
    }

    private boolean takes(Lane lane) {
        return lane.serving || (lastResort && lane.served && !lane.finished());
    }

    /**
     * Says to workers that are to finish that nothing more comes, for which they wait: to each at
     * once, but to the last of all when there is nothing that could still be for one of them.
     */
    private void finishLeft() {
        boolean over = waiting.isEmpty() && lanes.values().stream().allMatch(Lane::settled);
        for (Lane lane : lanes.values()) {
            if (lane.left && (over || !lastResort || lane.spent())) {
                lane.finish();
            }
        }
    }

    /** The places of workers that serve. */
    BitSet served() {
        BitSet slots = new BitSet();
        for (Lane lane : lanes.values()) {
            if (lane.serving) {
                slots.set(lane.slot);
            }
        }
        return slots;
    }

    /** Whether no worker of a place is left, be it one that finishes. */
    boolean vacant(int slot) {
        return lanes.values().stream().noneMatch(lane -> lane.slot == slot);
    }

    private void answered(int id) {
        Lane lane = lanes.get(id);
        if (lane == null) {
            return;
        }
        if (settle(lane)) {
            lane.registration.exhausted(Interest.READ);
        } else {
            abandon(id);
        }
        deliver();
    }

    /** Whether the worker is still there. */
    private boolean settle(Lane lane) {
        List<Transfer> refused = new ArrayList<>();
        boolean there;
        try {
            there = lane.settle(refused::add);
        } catch (PassingException e) {
            report.accept(
                    "worker %d does not answer as a worker does: %s"
                            .formatted(lane.slot, e.getMessage()));
            there = false;
        }
        if (!refused.isEmpty()) {
            // It would refuse again at once.
            lane.restUntil(reactor.nowNs() + REST_NS);
            waiting.addAll(refused);
            retrySoon();
        }
        return there;
    }

    private void abandon(int id) {
        Lane lane = lanes.remove(id);
        if (lane != null) {
            List<Transfer> reclaimed = lane.reclaim();
            waiting.addAll(reclaimed);
            lane.close();
            if (once && !reclaimed.isEmpty()) {
                tellGiven(id, false);
            }
        }
    }

    // ---- connections

    /** Whether a connection may be accepted now. */
    boolean room() {
        return once ? waiting.size() < places : waiting.isEmpty() && best() != null;
    }

    /** Sets how many connections may wait for a worker, where each worker gets one. */
    void places(int most) {
        places = most;
        if (once && room()) {
            onRoom.run();
        }
    }

    /** How many connections have no worker yet. */
    int held() {
        return waiting.size();
    }

    /** How many connections were closed that no worker took. */
    long shed() {
        return shed;
    }

    /** Closes what waits: no worker will take it. */
    void giveUp() {
        if (waiting.isEmpty()) {
            return;
        }
        report.accept("%d connections are closed that no worker took".formatted(waiting.size()));
        shed += waiting.size();
        waiting.forEach(Transfer::close);
        waiting.clear();
        tellHeld();
    }

    /** Passes a connection on. Takes over the descriptor. */
    void pass(int fd) {
        waiting.add(new Transfer(NOTHING, List.of(PassedDescriptor.own(fd))));
        sendWaiting();
        tellHeld();
    }

    private void deliver() {
        sendWaiting();
        tellHeld();
        finishLeft();
        if (room()) {
            onRoom.run();
        }
    }

    private void sendWaiting() {
        while (!waiting.isEmpty()) {
            Map.Entry<Integer, Lane> to = best();
            if (to == null) {
                return;
            }
            switch (to.getValue().offer(waiting.element())) {
                case SENT -> {
                    waiting.remove();
                    lastSlot = to.getValue().slot;
                    if (once) {
                        // Until it is known how many there may be without this one.
                        places--;
                        tellGiven(to.getKey(), true);
                    }
                }
                case FULL -> retrySoon();
                case TOO_MANY_IN_FLIGHT -> {
                    restsUntilNs = reactor.nowNs() + REST_NS;
                    retrySoon();
                }
                case PEER_GONE -> {
                    settle(to.getValue());
                    abandon(to.getKey());
                }
            }
        }
    }

    private void tellGiven(int id, boolean given) {
        held = waiting.size();
        tell.accept(new Input.Given(id, given, held));
    }

    private void tellHeld() {
        if (once && held != waiting.size()) {
            held = waiting.size();
            tell.accept(new Input.Held(held));
        }
    }

    private void retrySoon() {
        if (!retry.scheduled()) {
            reactor.schedule(retry, reactor.nowNs() + REST_NS);
        }
    }

    /** The worker that has fewest connections; of several the next one in turn. */
    private Map.@Nullable Entry<Integer, Lane> best() {
        long nowNs = reactor.nowNs();
        Map.Entry<Integer, Lane> best = null;
        for (Map.Entry<Integer, Lane> entry : lanes.entrySet()) {
            Lane lane = entry.getValue();
            if (takes(lane)
                    && lane.room(nowNs)
                    && (best == null || before(lane, best.getValue()))) {
                best = entry;
            }
        }
        return nowNs < restsUntilNs ? null : best;
    }

    private boolean before(Lane one, Lane other) {
        long more = one.load() - other.load();
        return more == 0 ? turn(one) < turn(other) : more < 0;
    }

    /** Those behind the one that was served last come first. */
    private int turn(Lane lane) {
        return lane.slot > lastSlot ? lane.slot - MasterSettings.WORKERS_MOST : lane.slot;
    }

    @Override
    public void close() {
        reactor.cancel(retry);
        lanes.keySet().stream().toList().forEach(this::abandon);
        giveUp();
    }
}

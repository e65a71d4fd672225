// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.listeners.Binder;
import dev.ringfork.prefork.listeners.PortGroup;
import dev.ringfork.prefork.passing.DescriptorSocket;
import dev.ringfork.prefork.scoreboard.Score;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.server.BoundListener;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The master's part in how connections reach workers. Where workers accept from a listener that
 * they share it has none.
 *
 * <p>Where the master accepts, it does so as long as a worker serves, and when it ends it takes in
 * who waits before the last workers are told to finish; they do when nothing more is to come.
 *
 * <p>Where each place of a worker has a listener of its own, new connections are steered to those
 * whose worker serves. A listener whose place is no longer wanted gets none from the moment before
 * its worker is told to finish; who waits there is accepted by that worker, and whoever comes late
 * by the master, which passes them on. It is closed when that has ended.
 *
 * <p>Confined to the master's loop.
 */
final class Dealing implements AutoCloseable {
    /**
     * A client whose handshake had begun when its listener was left out may come late: by this time
     * the kernel has sent the second packet of it three times.
     */
    private static final long LATE_NS = 4_000_000_000L;

    /** More than any queue holds. */
    private static final int QUEUE_MAX = 1 << 16;

    private final Binder binder;
    private final boolean once;
    private final Consumer<Input> tell;
    private final Delivery delivery;
    private final FrontDoor door;
    private final Consumer<String> report;
    private final Map<BoundListener, Long> surplusSinceNs = new HashMap<>();
    private boolean steerless;

    /**
     * Opens the door where the master accepts.
     *
     * @param once whether each worker gets one connection
     * @param tell is told, if so, who was given one and how many have no worker
     */
    Dealing(
            Syscalls syscalls,
            Reactor reactor,
            Binder binder,
            boolean once,
            Consumer<Input> tell,
            Consumer<String> report) {
        this.binder = binder;
        this.once = once;
        this.tell = tell;
        this.delivery = new Delivery(reactor, once, tell, report);
        this.door = new FrontDoor(syscalls, reactor, delivery, report);
        this.report = report;
        if (binder.strategy() == AcceptStrategy.PASS) {
            binder.listeners().forEach(door::open);
        }
    }

    /** A worker was started. Takes over the socket by which it is passed connections. */
    void join(Action.Spawn worker, @Nullable DescriptorSocket socket, Score score) {
        if (socket != null) {
            delivery.join(worker.id(), worker.slot(), socket, score);
        }
    }

    /** It accepts. */
    void serving(int id) {
        delivery.serving(id);
        steer();
    }

    /** It is about to be told to finish, or to end. */
    void leaving(int id) {
        delivery.leaving(id);
        steer();
    }

    /** It has ended. */
    void gone(int id) {
        delivery.gone(id);
        steer();
    }

    /** Has new connections go to those that serve, where each has a listener of its own. */
    void steer() {
        if (!binder.owner()) {
            // The other master may go on: it has workers at the same listeners that this one does
            // not know.
            return;
        }
        BitSet served = delivery.served();
        for (PortGroup group : binder.groups()) {
            int result = group.steer(served);
            if (result < 0 && !steerless) {
                steerless = true;
                report.accept(
                        "this kernel deals connections out to workers that start or end, too (%s): some wait longer, and fewer workers may lose some"
                                .formatted(Errno.name(-result)));
            }
        }
    }

    /**
     * Looks after listeners whose place is not wanted; called before the actions are performed that
     * the master has just decided on.
     */
    void tend(Master master) {
        if (master.forsakes()) {
            delivery.giveUp();
        }
        if (master.draining()) {
            return;
        }
        delivery.places(master.places());
        if (!binder.owner()) {
            return;
        }
        int wanted = master.wanted();
        for (PortGroup group : binder.groups()) {
            for (int slot = 0; slot < group.size(); slot++) {
                tend(group, slot, wanted > 0 && slot >= wanted);
            }
            close(group, wanted);
        }
    }

    private void tend(PortGroup group, int slot, boolean surplus) {
        BoundListener listener = group.listener(slot);
        if (!surplus) {
            if (surplusSinceNs.remove(listener) != null) {
                door.shut(listener);
            }
        } else if (surplusSinceNs.putIfAbsent(listener, Clock.nowNs()) == null) {
            door.open(listener);
        }
    }

    /** From the end, see {@link PortGroup}. */
    private void close(PortGroup group, int wanted) {
        long nowNs = Clock.nowNs();
        while (wanted > 0 && group.size() > wanted && !group.shared()) {
            int slot = group.size() - 1;
            BoundListener last = group.listener(slot);
            boolean over = nowNs - surplusSinceNs.getOrDefault(last, nowNs) >= LATE_NS;
            // A process that has it too would keep it among those that connections are dealt to.
            if (!over || !delivery.vacant(slot) || !door.empty(last, QUEUE_MAX)) {
                return;
            }
            door.shut(last);
            surplusSinceNs.remove(last);
            group.closeLast();
        }
    }

    /** How many connections were accepted that no worker has yet. */
    int held() {
        return delivery.held();
    }

    /** How many connections were closed that no worker has had. */
    long shed() {
        return door.shed() + delivery.shed();
    }

    /**
     * Takes in who waits, and lets go of the listeners: all workers are about to be told to end.
     */
    void end(Master master) {
        delivery.lastResort();
        if (master.ending() == Ending.DRAIN && binder.owner() && delivery.possible()) {
            openUnserved();
            // Whoever has reached a queue that no worker looks at was promised service.
            door.takeAll(QUEUE_MAX, this::promised);
        }
        door.shutAll();
        if (once) {
            tell.accept(new Input.Emptied());
        }
        surplusSinceNs.clear();
    }

    /**
     * Whether this server is the one that serves who waits at a listener. Where each of them needs
     * a process, and the listener outlives this one, the next server is sooner there.
     */
    private boolean promised(BoundListener listener) {
        return !once || !binder.outlives(listener.fd());
    }

    /** A place whose worker has just died may have no other before the end. */
    private void openUnserved() {
        BitSet served = delivery.served();
        for (PortGroup group : binder.groups()) {
            for (int slot = 0; slot < group.size(); slot++) {
                if (!served.get(slot)) {
                    door.open(group.listener(slot));
                }
            }
        }
    }

    @Override
    public void close() {
        door.close();
        delivery.close();
    }
}

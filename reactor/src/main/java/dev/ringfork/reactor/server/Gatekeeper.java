// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.Timer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Competes for an {@link AcceptGate} on behalf of one loop: its acceptors watch their listeners
 * only while it has the gate, and what they accept is served when it has given that back.
 *
 * <p>A loop that has little room left does not compete for a while, so that those which have more
 * come first.
 *
 * <p>Confined to the loop's thread.
 */
final class Gatekeeper {
    private final Loop loop;
    private final GateChoice choice;
    // Ends a wait; the turn that follows tries again.
    private final Timer retry = new Timer(() -> {});
    private List<Acceptor> acceptors = List.of();
    private long yieldsUntilNs;
    private boolean held;

    // What was accepted while the gate was held, and for whom.
    private int[] fds = new int[Acceptor.BATCH_MAX];
    private @Nullable Intake[] intakes = new @Nullable Intake[Acceptor.BATCH_MAX];
    private int accepted;

    /** For a loop whose acceptors' registrations are urgent. */
    Gatekeeper(Loop loop, GateChoice choice) {
        this.loop = loop;
        this.choice = choice;
        this.yieldsUntilNs = loop.reactor.nowNs();
        if (loop.ring == null) {
            loop.reactor.afterUrgent(this::leave);
        } else {
            loop.reactor.afterPoll(this::retract);
        }
    }

    /** Tries to get the gate, before the loop waits. */
    void compete(List<Acceptor> acceptors) {
        this.acceptors = acceptors;
        boolean wanted = false;
        // By index: this is done in every turn, and an iterator is garbage.
        for (int i = 0; i < acceptors.size(); i++) {
            wanted |= acceptors.get(i).wants();
        }
        held = wanted && !yields() && choice.gate().tryAcquire();
        for (int i = 0; i < acceptors.size(); i++) {
            // Not before it is lost to another: whoever gets it again and again needs no calls.
            acceptors.get(i).gate(held);
        }
        if (wanted && !held && !retry.scheduled()) {
            loop.reactor.schedule(retry, loop.reactor.nowNs() + choice.delayNs());
        }
    }

    /** Whether the loop has the gate. */
    boolean holds() {
        return held;
    }

    private boolean yields() {
        return loop.reactor.nowNs() - yieldsUntilNs < 0;
    }

    /**
     * Keeps an accepted descriptor until the gate is given back.
     *
     * @return false if it is not held
     */
    boolean keep(int fd, Intake intake) {
        if (!held) {
            return false;
        }
        if (accepted == fds.length) {
            fds = Arrays.copyOf(fds, 2 * accepted);
            intakes = Arrays.copyOf(intakes, 2 * accepted);
        }
        fds[accepted] = fd;
        intakes[accepted++] = intake;
        return true;
    }

    /** After the listeners' events and before all others: gives the gate back, then serves. */
    private void leave() {
        if (!held) {
            return;
        }
        release();
        if (accepted > 0) {
            yieldIfCrowded();
        }
        for (int i = 0; i < accepted; i++) {
            Intake intake = intakes[i];
            if (intake != null) {
                intake.take(fds[i]);
            }
        }
        accepted = 0;
    }

    /**
     * On a ring the kernel has accepted by now what it could: what else it was asked for is taken
     * back, before the gate is given back and before anybody is served.
     */
    private void retract() {
        if (!held || loop.ring == null) {
            return;
        }
        for (int i = 0; i < acceptors.size(); i++) {
            acceptors.get(i).gate(false);
        }
        // Cancelled when this returns: until then a connection might come that is not ours to take.
        loop.ring.proactor.submit();
        release();
        yieldIfCrowded();
    }

    private void yieldIfCrowded() {
        if (loop.limit.crowded()) {
            yieldsUntilNs = loop.reactor.nowNs() + choice.delayNs();
        }
    }

    private void release() {
        held = false;
        choice.gate().release();
    }

    /** The loop has ended; it may have failed while it had the gate. */
    void end() {
        if (held) {
            release();
        }
        while (accepted > 0) {
            loop.turnAway(fds[--accepted]);
        }
    }
}

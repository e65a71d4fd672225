// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.proactor.Operation;

/**
 * Accepts by an operation of a ring: one that goes on, or one at a time for an intake that may be
 * full.
 *
 * <p>Confined to the loop's thread.
 */
final class RingAcceptor extends Acceptor {
    private static final int FLAGS = SOCK_NONBLOCK | SOCK_CLOEXEC;

    private final RingLoop ring;
    private final Operation accept = new Operation(this::accepted);
    private boolean wanted;
    private boolean promised;
    private long wokenAtNs;

    RingAcceptor(
            RingLoop ring, Loop loop, Listener listener, ReserveDescriptor reserve, Intake intake) {
        super(loop, listener, reserve, intake);
        this.ring = ring;
        if (loop.gatekeeper != null) {
            // Whatever is asked for before the loop has the gate would be accepted without it.
            gate(false);
        }
    }

    @Override
    int watch() {
        wanted = true;
        begin();
        return 0;
    }

    private void begin() {
        if (accept.inFlight()) {
            // It is being cancelled; its completion begins it anew.
            return;
        }
        acceptedInTurn = 0;
        // Without names: of many connections each would overwrite the one before.
        if (once()) {
            ring.proactor.accept(accept, listener.fd(), FLAGS);
        } else {
            ring.proactor.acceptMultishot(accept, listener.fd(), FLAGS);
        }
    }

    /** Whether an accept is to bring one connection and then end. */
    private boolean once() {
        return intake.bounded() || loop.gatekeeper != null || !ring.use.repeatAccepts();
    }

    @Override
    void unwatch() {
        wanted = false;
        if (accept.inFlight() && !promised) {
            // What comes before the end of it is to be served, also if this loop drains.
            promised = true;
            loop.promise();
        }
        ring.proactor.cancel(accept);
    }

    private void accepted(Operation operation, int result, int flags) {
        if (result >= 0) {
            woken();
            take(result);
        } else if (mattering() && result != -Errno.ECANCELED) {
            failed(-result);
        }
        if (accept.inFlight()) {
            giveWay();
            return;
        }
        if (promised) {
            promised = false;
            loop.promiseKept();
        }
        if (wanted && !full()) {
            begin();
        }
    }

    /**
     * Whether to heed an error; with a gate an operation has been taken back by the time it ends.
     */
    private boolean mattering() {
        return wanted || (loop.gatekeeper != null && !closed);
    }

    /** One wakeup a turn, however many completions it brings. */
    private void woken() {
        if (wokenAtNs != loop.reactor.nowNs()) {
            wokenAtNs = loop.reactor.nowNs();
            loop.counters.wakeups.increment();
        }
    }

    private void take(int fd) {
        if (loop.ending) {
            loop.descriptors.close(fd);
            loop.counters.shed.increment();
        } else {
            accepted(fd);
        }
    }

    /** Goes to the end of the line of those who wait at a shared listener. */
    private void giveWay() {
        if (wanted && listener.turnOver(acceptedInTurn)) {
            acceptedInTurn = 0;
            ring.proactor.cancel(accept);
        }
    }
}

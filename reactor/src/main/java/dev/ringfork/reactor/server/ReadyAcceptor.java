// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.EventHandler;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.demux.Interest;

/**
 * Accepts when the listener is ready, as much as there is.
 *
 * <p>Confined to the loop's thread.
 */
final class ReadyAcceptor extends Acceptor implements EventHandler {
    private final Registration registration = new Registration(this);

    ReadyAcceptor(Loop loop, Listener listener, ReserveDescriptor reserve, Intake intake) {
        super(loop, listener, reserve, intake);
        if (loop.gatekeeper != null) {
            // The gate is to be given back before anybody else is served.
            registration.urgent();
        }
    }

    @Override
    int watch() {
        acceptedInTurn = 0;
        int interest = listener.exclusive() ? Interest.READ | Interest.EXCLUSIVE : Interest.READ;
        return loop.reactor.add(registration, listener.fd(), interest);
    }

    @Override
    void unwatch() {
        registration.remove();
    }

    @Override
    void empty() {
        registration.exhausted(Interest.READ);
    }

    @Override
    public void ready(Registration ignored, int ready) {
        Gatekeeper keeper = loop.gatekeeper;
        if (keeper != null && !keeper.holds()) {
            // What was left over from an earlier turn is for whoever gets the gate next.
            gate(false);
            return;
        }
        int before = acceptedInTurn;
        loop.counters.wakeups.increment();
        // Who is free for one may not be for two, and is asked before the first has arrived.
        int most = keeper != null && intake.bounded() ? 1 : BATCH_MAX;
        for (int i = 0; i < most && !full() && acceptOne(); i++) {}
        if (acceptedInTurn == before) {
            loop.counters.emptyWakeups.increment();
        }
        if (listener.turnOver(acceptedInTurn) && registration.registered()) {
            registration.remove();
            watchOrRest();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

/** A phase that takes the body of a request: each wait for some of it may last so long. */
abstract class BodyPhase implements Phase {
    final Exchange exchange;
    final HttpSession session;

    BodyPhase(Exchange exchange, HttpSession session) {
        this.exchange = exchange;
        this.session = session;
    }

    @Override
    public final boolean takesInput() {
        return true;
    }

    @Override
    public final long timeoutNs() {
        return session.limits().bodyTimeout().toNanos();
    }
}

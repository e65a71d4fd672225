// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.time.Duration;

/**
 * A gate before a server's listeners, and how it is tried.
 *
 * @param gate who has it accepts
 * @param delayNs how long a loop waits at most before it tries again
 */
record GateChoice(AcceptGate gate, long delayNs) {

    /**
     * Decides.
     *
     * @throws IllegalArgumentException if there is no time between two attempts
     */
    static GateChoice of(AcceptGate gate, Duration delay) {
        if (!delay.isPositive()) {
            throw new IllegalArgumentException(
                    "an accept-mutex delay of %s: it must be more than zero".formatted(delay));
        }
        return new GateChoice(gate, delay.toNanos());
    }
}

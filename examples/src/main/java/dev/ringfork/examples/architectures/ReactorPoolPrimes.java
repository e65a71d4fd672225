// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import java.math.BigDecimal;

/**
 * Reactor with a pool (half-sync/half-reactive): finds the prime after a number. One thread waits
 * for whoever says something, a pool computes; who says nothing has no thread.
 *
 * <p>Try {@code echo 1e300 | nc -N 127.0.0.1 7000}.
 */
public final class ReactorPoolPrimes {
    private ReactorPoolPrimes() {}

    /** Starts it. */
    public static Server start(Address address) {
        Protocol primes =
                Lines.answer(line -> {
                    try {
                        BigDecimal number = new BigDecimal(line);
                        return number.precision() - number.scale() > 1000
                                ? "that would take too long"
                                : number.abs().toBigInteger().nextProbablePrime().toString();
                    } catch (NumberFormatException e) {
                        return "not a number";
                    }
                });
        return Server.builder(primes)
                .listen(address)
                .architecture(Architecture.REACTOR_POOL)
                .start();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Simulated proactor: an auction. One loop reads the bids, any thread of a pool holds them against
 * the highest one so far; a thread that waits for the lock holds up nobody who has not bid.
 *
 * <p>Try {@code echo 100 | nc -N 127.0.0.1 7000}.
 */
public final class SimulatedProactorAuction {
    private final ReentrantLock lock = new ReentrantLock();
    private long highest;

    private SimulatedProactorAuction() {}

    /** Starts it. */
    public static Server start(Address address) {
        SimulatedProactorAuction auction = new SimulatedProactorAuction();
        return Server.builder(Lines.answer(auction::answer))
                .listen(address)
                .architecture(Architecture.SIMULATED_PROACTOR)
                .start();
    }

    private String answer(String line) {
        try {
            return bid(Long.parseLong(line));
        } catch (NumberFormatException e) {
            return "not a number";
        }
    }

    private String bid(long amount) {
        lock.lock();
        try {
            if (amount <= highest) {
                return "too low: " + highest + " is bid";
            }
            highest = amount;
            return "you lead with " + amount;
        } finally {
            lock.unlock();
        }
    }
}

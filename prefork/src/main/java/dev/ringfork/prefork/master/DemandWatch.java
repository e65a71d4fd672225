// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Interest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The master's eye on the listeners: it sees whether a connection waits, and never accepts one.
 *
 * <p>Workers that accept empty the queue within microseconds, so a single look proves nothing.
 * After the first it looks again after a while, and tells how many times in succession something
 * waited; until nothing does the listeners do not wake the loop.
 *
 * <p>Confined to the loop's thread. The listeners stay the caller's.
 */
final class DemandWatch implements AutoCloseable {
    /** Between looks. Who accepts at all has done so by then. */
    static final long LOOK_NS = 20_000_000L;

    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS = 4;

    private final Syscalls syscalls;
    private final Reactor reactor;
    private final IntConsumer waiting;
    private final List<Registration> registrations = new ArrayList<>();
    private final Timer again = new Timer(this::look);
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment pollfds;
    private final int count;
    private boolean watching;
    private int looks;

    /**
     * Sees nothing until told to watch.
     *
     * @param waiting is told how many looks in succession have found a connection waiting
     */
    DemandWatch(Syscalls syscalls, Reactor reactor, List<Integer> listeners, IntConsumer waiting) {
        this.syscalls = syscalls;
        this.reactor = reactor;
        this.waiting = waiting;
        this.count = listeners.size();
        this.pollfds = arena.allocate((long) POLLFD_BYTES * count, Integer.BYTES);
        for (int i = 0; i < count; i++) {
            long at = (long) POLLFD_BYTES * i;
            pollfds.set(JAVA_INT, at, listeners.get(i));
            pollfds.set(JAVA_SHORT, at + EVENTS, (short) PollConstants.POLLIN);
            Registration registration = new Registration((_, _) -> seen());
            registrations.add(registration);
            int result = reactor.add(registration, listeners.get(i), 0);
            Errno.check("add", result, "a listener");
        }
    }

    /** Watches from now on, or no more. */
    void watch(boolean watching) {
        if (this.watching != watching && !registrations.isEmpty()) {
            this.watching = watching;
            looks = 0;
            reactor.cancel(again);
            interest(watching ? Interest.READ : 0);
        }
    }

    private void seen() {
        if (watching && looks == 0) {
            interest(0);
            tell();
        }
    }

    private void look() {
        if (syscalls.polling().poll(pollfds.address(), count, 0) == 0) {
            looks = 0;
            interest(Interest.READ);
        } else {
            tell();
        }
    }

    private void tell() {
        looks = Math.min(looks + 1, Scaling.LOOKS);
        reactor.schedule(again, Clock.nowNs() + LOOK_NS);
        waiting.accept(looks);
    }

    private void interest(int bits) {
        registrations.forEach(registration -> registration.interest(bits));
    }

    /**
     * Lets go of the listeners, before they are closed. It may be told to watch, and sees nothing.
     */
    void end() {
        reactor.cancel(again);
        registrations.forEach(Registration::remove);
        registrations.clear();
    }

    @Override
    public void close() {
        end();
        arena.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static dev.ringfork.bindings.Errno.EAGAIN;
import static dev.ringfork.bindings.Errno.EBADF;
import static dev.ringfork.bindings.Errno.ECONNABORTED;
import static dev.ringfork.bindings.Errno.EINTR;
import static dev.ringfork.bindings.Errno.EINVAL;
import static dev.ringfork.bindings.Errno.EMFILE;
import static dev.ringfork.bindings.Errno.ENFILE;
import static dev.ringfork.bindings.Errno.ENOBUFS;
import static dev.ringfork.bindings.Errno.ENOMEM;
import static dev.ringfork.bindings.Errno.ENOTSOCK;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.server.BoundListener;
import dev.ringfork.reactor.server.RateLimitedReport;
import dev.ringfork.reactor.server.ReserveDescriptor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Accepts in the master, as long as there is a worker to pass connections to.
 *
 * <p>Confined to the master's loop. The listeners stay their owner's.
 */
final class FrontDoor implements AutoCloseable {
    /** Accepted in one turn, so that signals and workers are heard in between. */
    private static final int BATCH_MAX = 64;

    /** How long listeners rest when the system is out of descriptors or memory. */
    private static final long REST_NS = 100_000_000L;

    private final Reactor reactor;
    private final Delivery delivery;
    private final RateLimitedReport reports;
    private final ReserveDescriptor reserve;
    private final Map<BoundListener, Registration> doors = new HashMap<>();
    private final Timer rest = new Timer(this::watch);
    private boolean watching = true;
    private long shed;

    FrontDoor(Syscalls syscalls, Reactor reactor, Delivery delivery, Consumer<String> report) {
        this.reactor = reactor;
        this.delivery = delivery;
        this.reports = new RateLimitedReport(report);
        this.reserve = new ReserveDescriptor(syscalls);
        delivery.onRoom(this::watch);
    }

    /** Accepts from a listener from now on. */
    void open(BoundListener listener) {
        if (doors.containsKey(listener)) {
            return;
        }
        Registration door = new Registration((_, _) -> accept(listener));
        int interest = watching ? Interest.READ : 0;
        Errno.check("add", reactor.add(door, listener.fd(), interest), listener.address());
        doors.put(listener, door);
    }

    /** Accepts no more from a listener. */
    void shut(BoundListener listener) {
        Registration door = doors.remove(listener);
        if (door != null) {
            door.remove();
        }
    }

    /**
     * Accepts what waits now, at each listener so many at most.
     *
     * @param promised at which listeners whether or not there is room for it at once
     */
    void takeAll(int most, Predicate<BoundListener> promised) {
        for (BoundListener listener : List.copyOf(doors.keySet())) {
            empty(listener, most, promised.test(listener) ? () -> true : delivery::room);
        }
    }

    /** Accepts no more. */
    void shutAll() {
        List.copyOf(doors.keySet()).forEach(this::shut);
    }

    /**
     * Accepts what waits at a listener now, and no more than its queue may hold.
     *
     * @return whether nobody waits any more
     */
    boolean empty(BoundListener listener, int most) {
        return empty(listener, most, delivery::room);
    }

    private boolean empty(BoundListener listener, int most, BooleanSupplier room) {
        for (int i = 0; i < most && room.getAsBoolean(); i++) {
            int fd = listener.accept();
            if (fd == -EAGAIN) {
                return true;
            }
            if (fd >= 0) {
                delivery.pass(fd);
            } else if (!goesOn(listener, -fd)) {
                return false;
            }
        }
        return false;
    }

    private void accept(BoundListener listener) {
        if (empty(listener, BATCH_MAX)) {
            Registration door = doors.get(listener);
            if (door != null) {
                door.exhausted(Interest.READ);
            }
        }
        if (!delivery.room()) {
            unwatch();
        }
    }

    /** What accept4(2) has failed with. Returns whether to go on at once. */
    private boolean goesOn(BoundListener listener, int errno) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            exhausted(listener, errno);
            return false;
        }
        if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK) {
            reports.report(
                    "listener %s is gone: %s".formatted(listener.address(), Errno.name(errno)),
                    reactor.nowNs());
            shut(listener);
            return false;
        }
        // Everything else is the trouble of the one connection that was at the head of the queue.
        return true;
    }

    /** As servers do: clients learn it now rather than hang, and nothing spins. */
    private void exhausted(BoundListener listener, int errno) {
        reports.report(
                "the master is out of descriptors or memory (%s): new connections are closed; raise ulimit -n"
                        .formatted(Errno.name(errno)),
                reactor.nowNs());
        for (int i = 0; i < BATCH_MAX && errno == EMFILE; i++) {
            int result = reserve.acceptAndClose(listener.fd());
            if (result != 0 && result != -EINTR && result != -ECONNABORTED) {
                break;
            }
            shed += result == 0 ? 1 : 0;
        }
        unwatch();
        reactor.schedule(rest, reactor.nowNs() + REST_NS);
    }

    /** How many connections were closed because nobody could be accepted. */
    long shed() {
        return shed;
    }

    private void watch() {
        if (!watching && !rest.scheduled() && delivery.room()) {
            watching = true;
            doors.values().forEach(door -> door.interest(Interest.READ));
        }
    }

    private void unwatch() {
        if (watching) {
            watching = false;
            doors.values().forEach(door -> door.interest(0));
        }
    }

    @Override
    public void close() {
        reactor.cancel(rest);
        doors.values().forEach(Registration::remove);
        doors.clear();
        reserve.close();
    }
}

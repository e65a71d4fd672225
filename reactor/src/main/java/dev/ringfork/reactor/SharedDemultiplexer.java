// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.demux.Trigger;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One demultiplexer for many small loops, which may be turned by different threads. Each loop sees
 * it through a {@link Port} of its own.
 *
 * <p>What is reported to a port wakes its loop and is not reported again before that has run: a
 * level is taken out at its event and put in again when the loop asks anew.
 *
 * <p>{@link #poll} is one thread's at a time, the rest is safe for use by many. Owns the
 * demultiplexer. Close it when all ports are closed and nobody polls.
 */
public final class SharedDemultiplexer implements AutoCloseable {
    private static final long WAKEUP = -1;

    private final Demultiplexer kernel;
    private final DescriptorWakeup wakeup;
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final ArrayList<Port> woken = new ArrayList<>();

    // Guards the registrations; held over the poll, too, where that suffers no change meanwhile.
    // Fair there: a poller that goes round and round has to let changes in.
    private final ReentrantLock changes;
    private final AtomicInteger changing = new AtomicInteger();
    private final Slots<Watch> watches = new Slots<>();

    private final ReentrantLock timing = new ReentrantLock();
    private final TimerHeap timers = new TimerHeap();

    /** A descriptor of a port's. */
    static final class Watch extends Slots.Entry {
        final Port port;
        final int fd;
        long portsToken;

        /** Whether the demultiplexer has it. */
        boolean present;

        Watch(Port port, int fd) {
            this.port = port;
            this.fd = fd;
        }
    }

    /**
     * Takes over a demultiplexer.
     *
     * @throws dev.ringfork.bindings.SyscallException if the descriptor for wake-ups cannot be made
     * @throws IllegalStateException if the demultiplexer cannot watch it
     */
    public SharedDemultiplexer(Syscalls syscalls, Demultiplexer demultiplexer) {
        this.kernel = demultiplexer;
        this.changes = new ReentrantLock(!demultiplexer.concurrent());
        this.wakeup = DescriptorWakeup.open(syscalls);
        int result = kernel.add(wakeup.fd(), Interest.READ, WAKEUP);
        if (result < 0) {
            close();
            throw new IllegalStateException(kernel.refusal(wakeup.fd(), result));
        }
    }

    /** When ports report: edges, or each event once until asked again. */
    Trigger trigger() {
        return kernel.trigger() == Trigger.EDGE ? Trigger.EDGE : Trigger.ONESHOT;
    }

    String name() {
        return kernel.name();
    }

    String refusal(int fd, int result) {
        return kernel.refusal(fd, result);
    }

    // ---- changes, by any thread

    int add(Watch watch, int interest, long portsToken) {
        lock();
        try {
            watch.portsToken = portsToken;
            int result = kernel.add(watch.fd, interest, watches.add(watch));
            watch.present = result == 0;
            if (result < 0) {
                watches.remove(watch);
            }
            return result;
        } finally {
            unlock();
        }
    }

    int modify(Watch watch, int interest, long portsToken) {
        lock();
        try {
            watch.portsToken = portsToken;
            if (watch.present) {
                return kernel.modify(watch.fd, interest, watch.token);
            }
            int result = kernel.add(watch.fd, interest, watch.token);
            watch.present = result == 0;
            return result;
        } finally {
            unlock();
        }
    }

    int remove(Watch watch, boolean closes) {
        lock();
        try {
            watches.remove(watch);
            if (!watch.present) {
                return 0;
            }
            watch.present = false;
            return closes ? kernel.forget(watch.fd) : kernel.remove(watch.fd);
        } finally {
            unlock();
        }
    }

    private void lock() {
        if (!kernel.concurrent()) {
            changing.getAndIncrement();
            wakeup();
        }
        changes.lock();
    }

    private void unlock() {
        changes.unlock();
        if (!kernel.concurrent()) {
            changing.getAndDecrement();
        }
    }

    /**
     * Has a port woken after a time, if not sooner.
     *
     * @param timeoutNs how long from now; negative for ever
     */
    void wakeAfter(Port port, long timeoutNs) {
        long deadlineNs = Clock.nowNs() + timeoutNs;
        // Waking early costs a turn, and setting the timer anew at every request costs more.
        if (timeoutNs < 0 || port.wokenAtNs <= deadlineNs) {
            return;
        }
        boolean first;
        timing.lock();
        try {
            timers.schedule(port.timer, deadlineNs);
            port.wokenAtNs = deadlineNs;
            first = timers.nextNs() == deadlineNs;
        } finally {
            timing.unlock();
        }
        if (first) {
            wakeup();
        }
    }

    void neverWake(Port port) {
        timing.lock();
        try {
            timers.cancel(port.timer);
            port.wokenAtNs = TimerHeap.NONE;
        } finally {
            timing.unlock();
        }
    }

    /** Lets the poll in progress, if there is one, return. */
    public void wakeup() {
        if (asleep.get() && asleep.getAndSet(false)) {
            wakeup.signal();
        }
    }

    // ---- polling, by one thread at a time

    /**
     * Waits until a port can be told something, and tells.
     *
     * @param patient asked before waiting, and after that {@link #wakeup} is heard: when false,
     *     only what is there already is told
     * @throws dev.ringfork.bindings.SyscallException if the demultiplexer fails
     */
    public void poll(BooleanSupplier patient) {
        if (kernel.concurrent()) {
            int events = await(patient);
            changes.lock();
            deliver(events);
        } else {
            changes.lock();
            deliver(await(patient));
        }
        expire();
        // When no lock is held: waking may be a call, and the woken may need the locks.
        for (int i = 0; i < woken.size(); i++) {
            woken.get(i).wakeup();
        }
        woken.clear();
    }

    private int await(BooleanSupplier patient) {
        // Before looking: who changes something from here on ends the wait.
        asleep.set(true);
        boolean waits = patient.getAsBoolean() && changing.get() == 0;
        int events = kernel.poll(waits ? patienceNs() : 0);
        asleep.set(false);
        return events;
    }

    private long patienceNs() {
        timing.lock();
        try {
            long next = timers.nextNs();
            return next == TimerHeap.NONE ? -1 : Math.max(0, next - Clock.nowNs());
        } finally {
            timing.unlock();
        }
    }

    /** Called with the lock of changes, which it gives back. */
    private void deliver(int events) {
        try {
            if (events < 0 && events != -Errno.EINTR) {
                Errno.check("poll", events, kernel.name());
            }
            for (int i = 0; i < events; i++) {
                deliver(kernel.token(i), kernel.ready(i));
            }
        } finally {
            changes.unlock();
        }
    }

    private void deliver(long token, int ready) {
        if (token == WAKEUP) {
            wakeup.clear();
            if (kernel.trigger() == Trigger.ONESHOT) {
                kernel.modify(wakeup.fd(), Interest.READ, WAKEUP);
            }
            return;
        }
        @Nullable Watch watch = watches.find(token);
        if (watch == null) {
            return;
        }
        if (kernel.trigger() == Trigger.LEVEL) {
            kernel.remove(watch.fd);
            watch.present = false;
        }
        watch.port.deliver(watch.portsToken, ready);
        woken.add(watch.port);
    }

    private void expire() {
        timing.lock();
        try {
            timers.expire(Clock.nowNs());
        } finally {
            timing.unlock();
        }
    }

    /** Its time has come. Called by {@link #expire}. */
    void wakeNow(Port port) {
        port.wokenAtNs = TimerHeap.NONE;
        woken.add(port);
    }

    @Override
    public void close() {
        wakeup.close();
        kernel.close();
    }
}

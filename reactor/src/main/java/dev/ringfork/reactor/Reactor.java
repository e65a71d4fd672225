// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.CompletingDemultiplexer;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.demux.WakeableDemultiplexer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One loop: waits for events and runs their handlers, timers, and tasks from other threads.
 *
 * <p>Confined to one thread, the one that calls {@link #run} or {@link #runOnce}; it may be made
 * and filled on another before. {@link #execute}, {@link #wakeup} and {@link #stop} are safe for
 * use by many threads. Owns its demultiplexer.
 *
 * <p>A turn is: poll, completions of operations where the demultiplexer has such, events,
 * registrations that had more to do, timers, tasks. Each part does at most what was there when it
 * began, so none starves another.
 */
public final class Reactor implements AutoCloseable {

    private final Syscalls syscalls;
    private final Demultiplexer demultiplexer;
    private final Trigger trigger;
    private final TimerHeap timers = new TimerHeap();
    private final TaskQueue tasks;
    private final StallDetector stalls;
    private final boolean wakeable;
    private final @Nullable CompletingDemultiplexer completing;
    private final Slots<Registration> registrations = new Slots<>();
    private ArrayDeque<Registration> more = new ArrayDeque<>();
    private ArrayDeque<Registration> moreNow = new ArrayDeque<>();
    private final ArrayList<Runnable> beforePoll = new ArrayList<>();
    private final ArrayDeque<Runnable> next = new ArrayDeque<>();
    private @Nullable Registration running;
    private @Nullable Runnable afterPoll;
    private @Nullable Runnable afterUrgent;
    private long nowNs = Clock.nowNs();
    private boolean closed;
    private volatile boolean stopping;

    /**
     * Takes over a demultiplexer.
     *
     * @param stallNs a turn that takes longer is counted and reported
     * @param report receives the reports, on the loop's thread
     * @throws dev.ringfork.bindings.SyscallException if the descriptor for wake-ups cannot be made
     * @throws IllegalStateException if the demultiplexer cannot watch it
     */
    public Reactor(
            Syscalls syscalls, Demultiplexer demultiplexer, long stallNs, Consumer<String> report) {
        this.syscalls = syscalls;
        this.demultiplexer = demultiplexer;
        this.trigger = demultiplexer.trigger();
        this.stalls = new StallDetector(stallNs, report);
        this.wakeable = demultiplexer instanceof WakeableDemultiplexer;
        this.completing = demultiplexer instanceof CompletingDemultiplexer it ? it : null;
        if (demultiplexer instanceof WakeableDemultiplexer own) {
            this.tasks = new TaskQueue(new DirectWakeup(own), report);
            return;
        }
        DescriptorWakeup wakeup = DescriptorWakeup.open(syscalls);
        this.tasks = new TaskQueue(wakeup, report);
        int result = add(new Registration(tasks), wakeup.fd(), Interest.READ);
        if (result < 0) {
            close();
            throw new IllegalStateException(demultiplexer.refusal(wakeup.fd(), result));
        }
    }

    /** Needs neither descriptor nor memory. */
    private record DirectWakeup(WakeableDemultiplexer demultiplexer) implements Wakeup {
        @Override
        public void signal() {
            demultiplexer.wakeup();
        }

        @Override
        public void clear() {}

        @Override
        public void close() {}
    }

    /** The way to the kernel. */
    public Syscalls syscalls() {
        return syscalls;
    }

    /** What it waits with. */
    public Demultiplexer demultiplexer() {
        return demultiplexer;
    }

    /** The monotonic clock in nanoseconds, read once a turn; only differences mean anything. */
    public long nowNs() {
        return nowNs;
    }

    /** How many turns took longer than the threshold. */
    public long stalls() {
        return stalls.count();
    }

    /**
     * Adds a registration.
     *
     * @return 0, or {@code -EINVAL} (a number that the demultiplexer cannot watch), {@code
     *     -ENOSPC}, {@code -ENOMEM}, {@code -EPERM} (a regular file)
     */
    public int add(Registration registration, int fd, int interest) {
        if (registration.reactor != null) {
            throw new IllegalArgumentException("already registered: " + registration.fd);
        }
        long token = registrations.add(registration);
        int result = demultiplexer.add(fd, interest, token);
        if (result < 0) {
            registrations.remove(registration);
            return result;
        }
        registration.reactor = this;
        registration.fd = fd;
        registration.interest = interest;
        registration.armed = interest;
        registration.ready = 0;
        registration.parked = false;
        return 0;
    }

    void remove(Registration registration) {
        if (!registration.parked) {
            demultiplexer.remove(registration.fd);
        }
        detach(registration);
    }

    void forget(Registration registration) {
        if (!registration.parked) {
            demultiplexer.forget(registration.fd);
        }
        detach(registration);
    }

    private void detach(Registration registration) {
        registrations.remove(registration);
        registration.reactor = null;
        registration.fd = -1;
    }

    void interestChanged(Registration registration) {
        if (registration != running) {
            settle(registration);
        }
    }

    void list(Registration registration) {
        if (!registration.listed) {
            registration.listed = true;
            more.add(registration);
        }
    }

    /** Adds something to do at the start of every turn, before the loop may wait. */
    public void beforePoll(Runnable action) {
        beforePoll.add(action);
    }

    /** Sets something to do in every turn as soon as the loop has waited, before all else. */
    public void afterPoll(Runnable action) {
        afterPoll = action;
    }

    /**
     * Sets something to do in every turn after the events of {@linkplain Registration#urgent
     * urgent} registrations and before all other events. What a demultiplexer completes has run by
     * then.
     */
    public void afterUrgent(Runnable action) {
        afterUrgent = action;
    }

    /**
     * Runs an action once after the next poll, which does not wait. What is asked for by such an
     * action runs a turn later. Called on the loop's thread.
     */
    public void nextTurn(Runnable action) {
        next.add(action);
    }

    /**
     * Runs a task on the loop's thread, soon. Safe for use by many threads.
     *
     * @return false if the loop has ended or its bounded queue is full; an exception of the task is
     *     reported and ends nothing
     */
    public boolean execute(Runnable task) {
        return tasks.offer(task);
    }

    /** Makes a blocked poll return. Safe for use by many threads. */
    public void wakeup() {
        tasks.wakeup();
    }

    /** Sets a timer; one that is set already moves. */
    public void schedule(Timer timer, long deadlineNs) {
        timers.schedule(timer, deadlineNs);
    }

    /** Takes a timer back; does nothing if it is not set. */
    public void cancel(Timer timer) {
        timers.cancel(timer);
    }

    /** Calls a consumer with every registration's handler, as they are now. */
    public void forEachHandler(Consumer<EventHandler> action) {
        registrations.forEach(registration -> action.accept(registration.handler));
    }

    /** Runs turns until {@link #stop} is called. Blocks. */
    public void run() {
        while (!stopping) {
            runOnce(-1);
        }
    }

    /** Lets {@link #run} return after the turn in progress. Safe for use by many threads. */
    public void stop() {
        stopping = true;
        tasks.wakeup();
    }

    /** Whether {@link #stop} was called: {@link #close} is what is left to do. */
    public boolean stopping() {
        return stopping;
    }

    /**
     * Runs one turn.
     *
     * @param timeoutNs how long to wait when there is nothing to do; negative for ever
     * @return how many events there were, or {@code -EINTR}
     * @throws dev.ringfork.bindings.SyscallException if the demultiplexer fails
     */
    public int runOnce(long timeoutNs) {
        if (wakeable) {
            // First of all: who wakes the loop from here on gets another turn.
            tasks.awake();
        }
        for (int i = 0; i < beforePoll.size(); i++) {
            beforePoll.get(i).run();
        }
        int polled = demultiplexer.poll(patience(timeoutNs));
        nowNs = Clock.nowNs();
        if (polled < 0 && polled != -Errno.EINTR) {
            Errno.check("poll", polled, demultiplexer.name());
        }
        if (afterPoll != null) {
            afterPoll.run();
        }
        ArrayDeque<Registration> before = more;
        more = moreNow;
        moreNow = before;
        int events = completing == null ? polled : completing.complete();
        Runnable between = afterUrgent;
        if (between != null) {
            dispatch(events, true);
            between.run();
        }
        dispatch(events, false);
        runMore(before);
        runNext();
        timers.expire(nowNs);
        tasks.run();
        stalls.turnEnded(nowNs);
        return polled < 0 ? polled : events;
    }

    private long patience(long timeoutNs) {
        if (stopping || !more.isEmpty() || !next.isEmpty() || tasks.pending()) {
            return 0;
        }
        long next = timers.nextNs();
        if (next == TimerHeap.NONE) {
            return timeoutNs;
        }
        long untilTimer = Math.max(0, next - Clock.nowNs());
        return timeoutNs < 0 ? untilTimer : Math.min(timeoutNs, untilTimer);
    }

    private void dispatch(int events, boolean urgent) {
        for (int i = 0; i < events; i++) {
            Registration registration = registrations.find(demultiplexer.token(i));
            // If there is none the event is stale: its descriptor was closed, and perhaps opened
            // anew, earlier in this turn.
            if (registration != null && (afterUrgent != null && registration.urgent) == urgent) {
                dispatch(registration, demultiplexer.ready(i));
            }
        }
    }

    private void dispatch(Registration registration, int ready) {
        registration.ready |= ready;
        // An exclusive one stays armed: it cannot be modified, so it could not be armed again.
        if (trigger == Trigger.ONESHOT && (registration.interest & Interest.EXCLUSIVE) == 0) {
            registration.armed = Registration.DISARMED;
        }
        // Listed, it runs in a moment anyway: once a turn is enough.
        if (!registration.listed) {
            run(registration);
        }
    }

    /** Runs what asked for it before this turn; what asked in this turn waits for the next. */
    private void runMore(ArrayDeque<Registration> batch) {
        for (Registration registration; (registration = batch.poll()) != null; ) {
            registration.listed = false;
            if (registration.reactor == this && registration.ready != 0) {
                run(registration);
            }
        }
    }

    private void runNext() {
        for (int i = next.size(); i > 0; i--) {
            next.remove().run();
        }
    }

    private void run(Registration registration) {
        int wanted = registration.ready & registration.interest;
        running = registration;
        if (wanted != 0) {
            registration.handler.ready(registration, registration.ready);
        } else if ((registration.ready & (Interest.HANGUP | Interest.ERROR)) != 0) {
            registration.handler.broken(registration, registration.ready);
        }
        running = null;
        if (registration.reactor == this) {
            settle(registration);
        }
    }

    /** Brings the demultiplexer in line with what the handler wants now. */
    private void settle(Registration registration) {
        if (trigger == Trigger.EDGE) {
            // What was ready and not exhausted is not reported again: the loop must remember it.
            if ((registration.ready & registration.interest) != 0) {
                list(registration);
            }
            return;
        }
        if (!registration.listed) {
            int hungUp = registration.ready & (Interest.HANGUP | Interest.ERROR);
            // What is still ready will be reported again.
            registration.ready = 0;
            if (hungUp != 0 && registration.interest == 0) {
                park(registration);
                return;
            }
        }
        if (registration.parked) {
            unpark(registration);
        } else if (registration.armed != registration.interest) {
            registration.armed = registration.interest;
            int result =
                    demultiplexer.modify(
                            registration.fd, registration.interest, registration.token);
            Errno.check("modify", result, registration.fd);
        }
    }

    /** A hang-up cannot be masked: reported to nobody at every poll, it would spin the loop. */
    private void park(Registration registration) {
        if (!registration.parked) {
            registration.parked = true;
            demultiplexer.remove(registration.fd);
        }
    }

    private void unpark(Registration registration) {
        if (registration.interest == 0) {
            return;
        }
        registration.parked = false;
        registration.armed = registration.interest;
        int result = demultiplexer.add(registration.fd, registration.interest, registration.token);
        Errno.check("add", result, registration.fd);
    }

    /**
     * Ends the loop: runs the tasks that are still queued, forgets all registrations, and closes
     * the demultiplexer and the wake-up descriptor. Registered descriptors stay open. Called on the
     * loop's thread, or when that has ended.
     */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            tasks.close();
            registrations.forEach(registration -> registration.reactor = null);
            demultiplexer.close();
        }
    }
}

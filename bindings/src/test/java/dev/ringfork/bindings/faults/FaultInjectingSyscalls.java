// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Aio;
import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Epoll;
import dev.ringfork.bindings.Forks;
import dev.ringfork.bindings.IoUring;
import dev.ringfork.bindings.Kqueue;
import dev.ringfork.bindings.Mappings;
import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.Signals;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Real system calls of which some fail: by a script, or at random from a seed.
 *
 * <p>Safe for use by many threads; the random faults are the same in each run only as far as the
 * order of the calls is. A call that fails is not made, but for close, which always closes, and
 * connect, which goes on when {@code EINTR} is injected, as the kernel's does.
 *
 * <pre>{@code
 * FaultInjectingSyscalls faulty = new FaultInjectingSyscalls(Syscalls.get(), seed);
 * faulty.onCall("accept4").nth(3).fail(Errno.EMFILE);
 * faulty.onCall("write").times(5).cutTo(1);
 * faulty.randomly(0.01, Fault.INTERRUPT, Fault.SHORT_WRITE);
 * }</pre>
 */
public final class FaultInjectingSyscalls implements Syscalls {

    private final Syscalls real;
    private final long seed;
    private final FaultPlan plan;
    private final Descriptors descriptors;
    private final Sockets sockets;
    private final Polling polling;
    private final Epoll epoll;
    private final IoUring ioUring;
    private final Kqueue kqueue;
    private final Processes processes;
    private final Mappings mappings;
    private final Signals signals;
    private final Forks forks;
    private final Aio aio;

    /**
     * Stands before a provider; nothing fails yet.
     *
     * @param seed of the random faults; print it, it is in {@link #toString}
     */
    public FaultInjectingSyscalls(Syscalls real, long seed) {
        this.real = real;
        this.seed = seed;
        plan = new FaultPlan(seed);
        descriptors = new FaultyDescriptors(real.descriptors(), plan);
        sockets = new FaultySockets(real.sockets(), plan);
        polling = new FaultyPolling(real.polling(), plan);
        epoll = new FaultyEpoll(real.epoll(), plan);
        ioUring = new FaultyIoUring(real.ioUring(), plan);
        kqueue = new FaultyKqueue(real.kqueue(), plan);
        processes = new FaultyProcesses(real.processes(), plan);
        mappings = new FaultyMappings(real.mappings(), plan);
        signals = new FaultySignals(real.signals(), plan);
        forks = new FaultyForks(real.forks(), plan);
        aio = new FaultyAio(real.aio(), plan);
    }

    /**
     * Begins a line of the script. Lines and random faults are asked in the order they were made;
     * the first that applies to a call decides.
     *
     * @param call the kernel's name, as the families' methods have it
     */
    public Line onCall(String call) {
        FaultPlan.requireKnown(call);
        return new Line(plan, call);
    }

    /** Makes trouble of the given kinds, each at each call it concerns with that probability. */
    public FaultInjectingSyscalls randomly(double probability, Fault... faults) {
        for (Fault fault : faults) {
            for (String call : fault.calls) {
                plan.chance(call, probability, fault.errnos);
            }
        }
        return this;
    }

    /** Forgets the script and the random faults: from now on nothing fails. */
    public void relent() {
        plan.clear();
    }

    /** How often a call was made, those that failed included. */
    public long calls(String call) {
        FaultPlan.requireKnown(call);
        return plan.calls(call);
    }

    /** What was injected, in order. */
    public List<Injection> injected() {
        return plan.injected();
    }

    @Override
    public String provider() {
        return real.provider();
    }

    @Override
    public @Nullable String absence(String call) {
        return real.absence(call);
    }

    @Override
    public Descriptors descriptors() {
        return descriptors;
    }

    @Override
    public Sockets sockets() {
        return sockets;
    }

    @Override
    public Polling polling() {
        return polling;
    }

    @Override
    public Epoll epoll() {
        return epoll;
    }

    @Override
    public IoUring ioUring() {
        return ioUring;
    }

    @Override
    public Kqueue kqueue() {
        return kqueue;
    }

    @Override
    public Processes processes() {
        return processes;
    }

    @Override
    public Mappings mappings() {
        return mappings;
    }

    @Override
    public Signals signals() {
        return signals;
    }

    @Override
    public Forks forks() {
        return forks;
    }

    @Override
    public Aio aio() {
        return aio;
    }

    /** The seed and what was injected so far. */
    @Override
    public String toString() {
        return "seed %d, injected %s".formatted(seed, injected());
    }

    /** A line of the script: which calls, then what happens to them. By itself the next call. */
    public static final class Line {

        private final FaultPlan plan;
        private final String call;
        private long from = 1;
        private long times = 1;

        private Line(FaultPlan plan, String call) {
            this.plan = plan;
            this.call = call;
        }

        /** Begins with the n-th call from now, 1 being the next. */
        public Line nth(long n) {
            from = n;
            return this;
        }

        /** Concerns so many calls in a row. */
        public Line times(long n) {
            times = n;
            return this;
        }

        /** Concerns every call from there on. */
        public Line always() {
            return times(Long.MAX_VALUE);
        }

        /** They fail with an error, a positive constant of {@link dev.ringfork.bindings.Errno}. */
        public void fail(int errno) {
            if (errno <= 0) {
                throw new IllegalArgumentException("an error is positive here, not " + errno);
            }
            plan.script(call, from, times, errno, Long.MAX_VALUE);
        }

        /**
         * They move that many bytes at most (readv and writev: buffers), as a kernel that is short.
         */
        public void cutTo(long count) {
            if (count < 1 || !FaultPlan.TRANSFERS.contains(call)) {
                throw new IllegalArgumentException("%s cannot be cut to %d".formatted(call, count));
            }
            plan.script(call, from, times, 0, count);
        }
    }
}

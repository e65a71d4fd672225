// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.EpollConstants.EPOLLERR;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLEXCLUSIVE;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLHUP;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLIN;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.CompletingDemultiplexer;
import dev.ringfork.reactor.demux.EpollEvents;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.proactor.CompletionHandler;
import dev.ringfork.reactor.proactor.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets a reactor wait with a ring: its timers, its tasks and the few descriptors that it watches
 * for readiness, beside the operations of the {@link #proactor}, all with one enter.
 *
 * <p>A descriptor is watched by polling it once and again at the next turn, which is
 * level-triggered. What moves many bytes uses operations instead. Confined to the loop's thread.
 */
public sealed class UringDemultiplexer implements CompletingDemultiplexer
        permits MessagedDemultiplexer {
    /** What poll(2) tells of whether it was asked for or not. */
    private static final int UNASKED = EPOLLERR | EPOLLHUP;

    private static final int EVENTS_FIRST = 16;

    private final UringProactor proactor;
    private final Map<Integer, Watch> watches = new HashMap<>();
    private final ArrayList<Watch> rearm = new ArrayList<>();

    // The events of the last turn: they stay what they were when registrations change.
    private long[] tokens = new long[EVENTS_FIRST];
    private int[] bits = new int[EVENTS_FIRST];
    private int fired;

    /** Takes over a ring. */
    public UringDemultiplexer(Ring ring) {
        this.proactor = new UringProactor(ring);
    }

    /**
     * Makes a ring.
     *
     * @throws dev.ringfork.bindings.SyscallException as {@link Ring#open}
     */
    public static UringDemultiplexer open(Syscalls syscalls, RingSettings settings) {
        Ring ring = Ring.open(syscalls, settings);
        return MessagedDemultiplexer.possible(ring)
                ? new MessagedDemultiplexer(ring)
                : new UringDemultiplexer(ring);
    }

    /** Whose operations complete in the same turns. It stays this one's. */
    public UringProactor proactor() {
        return proactor;
    }

    /** A descriptor that is polled again and again. */
    private final class Watch implements CompletionHandler {
        private final int fd;
        private Operation poll = new Operation(this);
        private int interest;
        private long token;
        private boolean listed;
        private boolean removed;

        Watch(int fd, int interest, long token) {
            this.fd = fd;
            this.interest = interest;
            this.token = token;
        }

        /**
         * Begins anew, for what is wanted now. What was in flight is cancelled, and what becomes of
         * it is nobody's.
         */
        void arm() {
            listed = false;
            if (removed) {
                return;
            }
            if (poll.inFlight()) {
                proactor.cancel(poll);
                poll = new Operation(this);
            }
            int events = eventsOf(interest);
            if ((events & EPOLLIN) != 0) {
                proactor.poll(poll, fd, events);
            } else {
                // The end of input completes every poll, asked for or not. One that goes on tells
                // of it once and then of changes; polling once would complete at every turn.
                proactor.pollMultishot(poll, fd, events);
            }
        }

        @Override
        public void completed(Operation operation, int result, int flags) {
            if (removed || operation != poll) {
                return;
            }
            int events = result < 0 ? EPOLLERR : result & (eventsOf(interest) | UNASKED);
            if (listed || (events == 0 && operation.inFlight())) {
                return;
            }
            listed = true;
            rearm.add(this);
            if (events != 0) {
                tell(token, events);
            }
        }
    }

    private void tell(long token, int events) {
        if (fired == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * fired);
            bits = Arrays.copyOf(bits, 2 * fired);
        }
        tokens[fired] = token;
        bits[fired] = events;
        fired++;
    }

    @Override
    public String name() {
        return "io_uring";
    }

    @Override
    public Trigger trigger() {
        return Trigger.LEVEL;
    }

    @Override
    public int add(int fd, int interest, long token) {
        Watch watch = new Watch(fd, interest, token);
        if (watches.putIfAbsent(fd, watch) != null) {
            return -Errno.EEXIST;
        }
        watch.arm();
        return 0;
    }

    @Override
    public int modify(int fd, int interest, long token) {
        Watch watch = watches.get(fd);
        if (watch == null) {
            return -Errno.ENOENT;
        }
        watch.token = token;
        if (watch.interest != interest) {
            watch.interest = interest;
            if (!watch.listed) {
                watch.arm();
            }
        }
        return 0;
    }

    @Override
    public int remove(int fd) {
        Watch watch = watches.remove(fd);
        if (watch == null) {
            return -Errno.ENOENT;
        }
        watch.removed = true;
        if (watch.poll.inFlight()) {
            proactor.cancel(watch.poll);
            // Now: the descriptor is closed next, and its number may be another's at the next turn.
            proactor.submit();
        }
        return 0;
    }

    private static int eventsOf(int interest) {
        return (interest & Interest.EXCLUSIVE) != 0
                ? EPOLLIN | EPOLLEXCLUSIVE
                : EpollEvents.asked(interest);
    }

    @Override
    public int poll(long timeoutNs) {
        for (int i = 0; i < rearm.size(); i++) {
            rearm.get(i).arm();
        }
        rearm.clear();
        fired = 0;
        return proactor.await(timeoutNs) == -Errno.EINTR ? -Errno.EINTR : 0;
    }

    @Override
    public int complete() {
        proactor.complete();
        return fired;
    }

    @Override
    public long token(int index) {
        return tokens[index];
    }

    @Override
    public int ready(int index) {
        return EpollEvents.ready(bits[index]);
    }

    /** Closes the proactor and its ring; the watched descriptors stay open. */
    @Override
    public void close() {
        watches.values().forEach(watch -> watch.removed = true);
        proactor.close();
    }
}

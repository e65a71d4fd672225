// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.bindings.Errno.EEXIST;
import static dev.ringfork.bindings.Errno.ENOENT;
import static dev.ringfork.bindings.abi.PollConstants.POLLERR;
import static dev.ringfork.bindings.abi.PollConstants.POLLHUP;
import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.PollConstants.POLLNVAL;
import static dev.ringfork.bindings.abi.PollConstants.POLLOUT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * poll(2): everywhere, level-triggered, and at a cost that grows with every descriptor watched.
 *
 * <p>The pollfd array is kept dense: a removed entry is replaced by the last one.
 */
public final class PollDemultiplexer implements Demultiplexer {
    // struct pollfd { int fd; short events; short revents; }, the same on every platform.
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final int FIRST_CAPACITY = 64;

    private final Polling polling;
    private Arena arena = Arena.ofShared();
    private MemorySegment pollfds = arena.allocate((long) FIRST_CAPACITY * POLLFD_BYTES, 8);
    private long[] tokens = new long[FIRST_CAPACITY];
    private int count;
    // Where a descriptor's entry is, plus one; 0 for none.
    private int[] entryOf = new int[FIRST_CAPACITY];

    // The events of the last poll, copied out: handlers change the array while they are dispatched.
    private long[] readyTokens = new long[FIRST_CAPACITY];
    private int[] readyBits = new int[FIRST_CAPACITY];

    /** Makes one that watches nothing yet; it needs no descriptor. */
    public PollDemultiplexer(Syscalls syscalls) {
        this.polling = syscalls.polling();
    }

    @Override
    public String name() {
        return "poll";
    }

    @Override
    public Trigger trigger() {
        return Trigger.LEVEL;
    }

    @Override
    public int add(int fd, int interest, long token) {
        if (entry(fd) >= 0) {
            return -EEXIST;
        }
        if (count == tokens.length) {
            grow();
        }
        if (fd >= entryOf.length) {
            entryOf = Arrays.copyOf(entryOf, Math.max(fd + 1, 2 * entryOf.length));
        }
        int entry = count++;
        entryOf[fd] = entry + 1;
        pollfds.setAtIndex(JAVA_INT, entry * 2L, fd);
        set(entry, interest, token);
        return 0;
    }

    private void grow() {
        int capacity = 2 * tokens.length;
        Arena larger = Arena.ofShared();
        MemorySegment moved = larger.allocate((long) capacity * POLLFD_BYTES, 8);
        MemorySegment.copy(pollfds, 0, moved, 0, pollfds.byteSize());
        arena.close();
        arena = larger;
        pollfds = moved;
        tokens = Arrays.copyOf(tokens, capacity);
        readyTokens = Arrays.copyOf(readyTokens, capacity);
        readyBits = Arrays.copyOf(readyBits, capacity);
    }

    @Override
    public int modify(int fd, int interest, long token) {
        int entry = entry(fd);
        if (entry < 0) {
            return -ENOENT;
        }
        set(entry, interest, token);
        return 0;
    }

    private void set(int entry, int interest, long token) {
        int events =
                ((interest & Interest.READ) != 0 ? POLLIN : 0)
                        | ((interest & Interest.WRITE) != 0 ? POLLOUT : 0);
        pollfds.set(JAVA_SHORT, (long) entry * POLLFD_BYTES + EVENTS, (short) events);
        tokens[entry] = token;
    }

    @Override
    public int remove(int fd) {
        int entry = entry(fd);
        if (entry < 0) {
            return -ENOENT;
        }
        entryOf[fd] = 0;
        int last = --count;
        if (entry != last) {
            MemorySegment.copy(
                    pollfds,
                    (long) last * POLLFD_BYTES,
                    pollfds,
                    (long) entry * POLLFD_BYTES,
                    POLLFD_BYTES);
            tokens[entry] = tokens[last];
            entryOf[pollfds.getAtIndex(JAVA_INT, entry * 2L)] = entry + 1;
        }
        return 0;
    }

    private int entry(int fd) {
        return fd < entryOf.length ? entryOf[fd] - 1 : -1;
    }

    @Override
    public int poll(long timeoutNs) {
        int n = polling.poll(pollfds.address(), count, Timeouts.milliseconds(timeoutNs));
        int stored = 0;
        for (int entry = 0; stored < n && entry < count; entry++) {
            int revents = pollfds.get(JAVA_SHORT, (long) entry * POLLFD_BYTES + REVENTS);
            if (revents != 0) {
                readyTokens[stored] = tokens[entry];
                readyBits[stored++] = readyOf(revents);
            }
        }
        return n < 0 ? n : stored;
    }

    private static int readyOf(int revents) {
        int ready = 0;
        if ((revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)) != 0) {
            ready |= Interest.READ;
        }
        if ((revents & (POLLOUT | POLLHUP | POLLERR | POLLNVAL)) != 0) {
            ready |= Interest.WRITE;
        }
        if ((revents & POLLHUP) != 0) {
            ready |= Interest.HANGUP | Interest.READ_CLOSED;
        }
        return (revents & (POLLERR | POLLNVAL)) != 0 ? ready | Interest.ERROR : ready;
    }

    @Override
    public long token(int index) {
        return readyTokens[index];
    }

    @Override
    public int ready(int index) {
        return readyBits[index];
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}

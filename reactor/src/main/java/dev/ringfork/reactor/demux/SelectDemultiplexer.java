// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.bindings.Errno.EBADF;
import static dev.ringfork.bindings.Errno.EEXIST;
import static dev.ringfork.bindings.Errno.EINVAL;
import static dev.ringfork.bindings.Errno.ENOENT;
import static dev.ringfork.bindings.abi.Fcntl.F_GETFD;
import static dev.ringfork.bindings.abi.PollConstants.FD_SETSIZE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * select(2): everywhere, level-triggered, for descriptors below FD_SETSIZE only.
 *
 * <p>It knows three answers, "can be read", "can be written" and "has urgent data", and the last is
 * never asked for. A hang-up therefore shows as {@link Interest#READ} and a pending error as
 * whatever was asked for; the call that follows meets the end, or returns the error as SO_ERROR
 * holds it. Who asks for nothing is told nothing, not even that.
 *
 * <p>A descriptor that was closed without {@link #remove} makes the kernel refuse the whole call.
 * It is reported as {@link Interest#ERROR}, once, and not watched from then on, so that the others
 * are served and the loop rests.
 */
public final class SelectDemultiplexer implements Demultiplexer {
    // An fd_set is an array of longs on Linux and of ints on macOS. Little-endian, both put the bit
    // of a descriptor into the same byte, so that both can be read as 64-bit words.
    private static final int WORDS = FD_SETSIZE / Long.SIZE;
    private static final long SET_BYTES = FD_SETSIZE / Byte.SIZE;

    private final Polling polling;
    private final Descriptors descriptors;
    private final Arena arena = Arena.ofShared();
    // Two sets one after the other: reading, writing. The kernel overwrites what it is given, so
    // each call is given a copy.
    private final MemorySegment asked = arena.allocate(2 * SET_BYTES, Long.BYTES);
    private final MemorySegment answered = arena.allocate(2 * SET_BYTES, Long.BYTES);
    private final boolean[] added = new boolean[FD_SETSIZE];
    private final long[] tokens = new long[FD_SETSIZE];

    /** The highest descriptor that is asked for, plus one: the kernel looks at all below it. */
    private int nfds;

    // The events of the last poll; the registrations change while handlers are dispatched.
    private final long[] readyTokens = new long[FD_SETSIZE];
    private final int[] readyBits = new int[FD_SETSIZE];

    /** Makes one that watches nothing yet; it needs no descriptor. */
    public SelectDemultiplexer(Syscalls syscalls) {
        this.polling = syscalls.polling();
        this.descriptors = syscalls.descriptors();
    }

    @Override
    public String name() {
        return "select";
    }

    @Override
    public Trigger trigger() {
        return Trigger.LEVEL;
    }

    @Override
    public int add(int fd, int interest, long token) {
        if (fd >= FD_SETSIZE) {
            return -EINVAL;
        }
        if (added[fd]) {
            return -EEXIST;
        }
        added[fd] = true;
        tokens[fd] = token;
        ask(fd, interest);
        return 0;
    }

    @Override
    public String refusal(int fd, int result) {
        return result == -EINVAL
                ? "select cannot watch descriptor %d: FD_SETSIZE is %d; choose --engine poll or epoll"
                        .formatted(fd, FD_SETSIZE)
                : Demultiplexer.super.refusal(fd, result);
    }

    @Override
    public int modify(int fd, int interest, long token) {
        if (fd >= FD_SETSIZE || !added[fd]) {
            return -ENOENT;
        }
        tokens[fd] = token;
        ask(fd, interest);
        return 0;
    }

    @Override
    public int remove(int fd) {
        if (fd >= FD_SETSIZE || !added[fd]) {
            return -ENOENT;
        }
        added[fd] = false;
        ask(fd, 0);
        return 0;
    }

    private void ask(int fd, int interest) {
        int word = fd / Long.SIZE;
        put(word, fd, (interest & Interest.READ) != 0);
        put(WORDS + word, fd, (interest & Interest.WRITE) != 0);
        nfds = pastHighest(Math.max(word, (nfds - 1) / Long.SIZE));
    }

    private void put(int word, int fd, boolean on) {
        // A shift counts modulo 64: the bit's place in its word.
        long bit = 1L << fd;
        long others = asked.getAtIndex(JAVA_LONG, word) & ~bit;
        asked.setAtIndex(JAVA_LONG, word, on ? others | bit : others);
    }

    /** One more than the highest descriptor that is asked for, in this word or below it. */
    private int pastHighest(int highestWord) {
        for (int word = highestWord; word >= 0; word--) {
            long bits = either(asked, word);
            if (bits != 0) {
                return (word + 1) * Long.SIZE - Long.numberOfLeadingZeros(bits);
            }
        }
        return 0;
    }

    private static long either(MemorySegment sets, int word) {
        return sets.getAtIndex(JAVA_LONG, word) | sets.getAtIndex(JAVA_LONG, WORDS + word);
    }

    @Override
    public int poll(long timeoutNs) {
        MemorySegment.copy(asked, 0, answered, 0, 2 * SET_BYTES);
        long read = answered.address();
        int n = polling.select(nfds, read, read + SET_BYTES, 0, Timeouts.microseconds(timeoutNs));
        if (n == -EBADF) {
            return giveUpStale();
        }
        return n > 0 ? collect() : n;
    }

    private int collect() {
        int stored = 0;
        for (int word = 0; word * Long.SIZE < nfds; word++) {
            long readable = answered.getAtIndex(JAVA_LONG, word);
            long writable = answered.getAtIndex(JAVA_LONG, WORDS + word);
            for (long left = readable | writable; left != 0; left &= left - 1) {
                long bit = Long.lowestOneBit(left);
                int fd = word * Long.SIZE + Long.numberOfTrailingZeros(left);
                readyTokens[stored] = tokens[fd];
                readyBits[stored++] =
                        ((readable & bit) != 0 ? Interest.READ : 0)
                                | ((writable & bit) != 0 ? Interest.WRITE : 0);
            }
        }
        return stored;
    }

    /** Finds those that are closed: the kernel says that there is one, and not which. */
    private int giveUpStale() {
        int stored = 0;
        for (int word = 0; word * Long.SIZE < nfds; word++) {
            for (long left = either(asked, word); left != 0; left &= left - 1) {
                int fd = word * Long.SIZE + Long.numberOfTrailingZeros(left);
                if (descriptors.fcntl(fd, F_GETFD, 0) == -EBADF) {
                    readyTokens[stored] = tokens[fd];
                    readyBits[stored++] = Interest.READ | Interest.WRITE | Interest.ERROR;
                    ask(fd, 0);
                }
            }
        }
        return stored > 0 ? stored : -EBADF;
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

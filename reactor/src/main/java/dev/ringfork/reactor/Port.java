// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import static dev.ringfork.bindings.Errno.EEXIST;
import static dev.ringfork.bindings.Errno.ENOENT;

import dev.ringfork.reactor.SharedDemultiplexer.Watch;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.demux.WakeableDemultiplexer;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One loop's view of a {@link SharedDemultiplexer}: it watches few descriptors and costs none.
 *
 * <p>Confined to the thread that turns the loop, which may be another one at each turn; {@link
 * #wakeup} is safe for use by many threads.
 */
public abstract class Port implements WakeableDemultiplexer {
    private static final int FIRST_EVENTS = 2;

    private final SharedDemultiplexer shared;
    private final ArrayList<Watch> watches = new ArrayList<>(1);
    final Timer timer = new Timer(this::timeOver);

    /** When the shared one will wake it; written under the lock of its timers. */
    volatile long wokenAtNs = TimerHeap.NONE;

    // What was delivered, guarded by this, and what the last poll has taken of it.
    private long[] deliveredTokens = new long[FIRST_EVENTS];
    private int[] deliveredBits = new int[FIRST_EVENTS];
    private int delivered;
    private long[] takenTokens = new long[FIRST_EVENTS];
    private int[] takenBits = new int[FIRST_EVENTS];

    Port(SharedDemultiplexer shared) {
        this.shared = shared;
    }

    @Override
    public String name() {
        return shared.name();
    }

    @Override
    public Trigger trigger() {
        return shared.trigger();
    }

    @Override
    public String refusal(int fd, int result) {
        return shared.refusal(fd, result);
    }

    @Override
    public int add(int fd, int interest, long token) {
        if (watch(fd) != null) {
            return -EEXIST;
        }
        Watch watch = new Watch(this, fd);
        int result = shared.add(watch, interest, token);
        if (result == 0) {
            watches.add(watch);
        }
        return result;
    }

    @Override
    public int modify(int fd, int interest, long token) {
        Watch watch = watch(fd);
        return watch == null ? -ENOENT : shared.modify(watch, interest, token);
    }

    @Override
    public int remove(int fd) {
        return remove(fd, false);
    }

    @Override
    public int forget(int fd) {
        return remove(fd, true);
    }

    private int remove(int fd, boolean closes) {
        Watch watch = watch(fd);
        if (watch == null) {
            return -ENOENT;
        }
        watches.remove(watch);
        return shared.remove(watch, closes);
    }

    private @Nullable Watch watch(int fd) {
        for (int i = 0; i < watches.size(); i++) {
            if (watches.get(i).fd == fd) {
                return watches.get(i);
            }
        }
        return null;
    }

    /** Something is ready. Called by who polls the shared one. */
    synchronized void deliver(long token, int ready) {
        for (int i = 0; i < delivered; i++) {
            if (deliveredTokens[i] == token) {
                deliveredBits[i] |= ready;
                return;
            }
        }
        if (delivered == deliveredTokens.length) {
            deliveredTokens = Arrays.copyOf(deliveredTokens, 2 * delivered);
            deliveredBits = Arrays.copyOf(deliveredBits, 2 * delivered);
        }
        deliveredTokens[delivered] = token;
        deliveredBits[delivered++] = ready;
    }

    private synchronized int take() {
        int taken = delivered;
        long[] tokens = takenTokens;
        int[] bits = takenBits;
        takenTokens = deliveredTokens;
        takenBits = deliveredBits;
        deliveredTokens = tokens;
        deliveredBits = bits;
        delivered = 0;
        return taken;
    }

    @Override
    public int poll(long timeoutNs) {
        int taken = take();
        if (taken > 0 || timeoutNs == 0) {
            return taken;
        }
        shared.wakeAfter(this, timeoutNs);
        await();
        return take();
    }

    /** Lets the loop wait for {@link #wakeup}, or notes that it has nothing to do. */
    abstract void await();

    private void timeOver() {
        shared.wakeNow(this);
    }

    @Override
    public long token(int index) {
        return takenTokens[index];
    }

    @Override
    public int ready(int index) {
        return takenBits[index];
    }

    @Override
    public void close() {
        shared.neverWake(this);
        for (Watch watch : watches) {
            shared.remove(watch, false);
        }
        watches.clear();
    }
}

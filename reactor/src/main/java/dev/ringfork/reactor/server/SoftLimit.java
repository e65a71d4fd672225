// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Timer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets idle connections go while a server has more than it wants.
 *
 * <p>The first of its loops looks now and then how many there are, and asks the others to let go
 * the idle ones of theirs; each connection that goes is claimed first, so that no more go than are
 * too many. Accepting and serving know nothing of it but the time of the last byte.
 *
 * <p>Safe for use by many threads.
 */
final class SoftLimit {
    /** Let go in one turn, so that those who are not idle are served in between. */
    static final int BATCH_MAX = 64;

    private static final long PERIOD_MIN_NS = 10_000_000L;
    private static final long PERIOD_MAX_NS = 250_000_000L;

    /** How soon to look again when there are more idle ones than go in one turn. */
    private static final long SOON_NS = 1_000_000L;

    private final ConnectionLimit limit;
    private final int wanted;
    private final long idleNs;
    private final long periodNs;
    private final Set<Dismissal> loops = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looked = new AtomicBoolean();
    // Told to go and not gone yet.
    private final AtomicInteger leaving = new AtomicInteger();

    SoftLimit(ConnectionLimit limit, ServerSettings settings) {
        this.limit = limit;
        this.wanted = settings.softConnections();
        this.idleNs = settings.softIdle().toNanos();
        this.periodNs = Math.clamp(idleNs / 2, PERIOD_MIN_NS, PERIOD_MAX_NS);
    }

    /** Another loop has connections, on its thread or before it turns. */
    void join(Dismissal dismissal, Loop loop) {
        loops.add(dismissal);
        if (looked.compareAndSet(false, true)) {
            new Look(loop).again(periodNs);
        }
    }

    /** A loop has ended. */
    void leave(Dismissal dismissal) {
        loops.remove(dismissal);
    }

    /** When bytes must have moved last, or before, for a connection to count as idle now. */
    long idleSinceNs() {
        return Clock.nowNs() - idleNs;
    }

    /** How many are too many, those that go already aside. */
    int excess() {
        return limit.beyond(wanted) - leaving.get();
    }

    /** Whether one more is to go; if so it counts as going until {@link #left}. */
    boolean claim() {
        int before;
        do {
            before = leaving.get();
            if (limit.beyond(wanted) <= before) {
                return false;
            }
        } while (!leaving.compareAndSet(before, before + 1));
        return true;
    }

    /** One that was claimed has gone. */
    void left() {
        leaving.getAndDecrement();
    }

    /** Looks now and then. Confined to the loop that does. */
    private final class Look {
        private final Loop loop;
        private final Timer timer = new Timer(this::look);

        Look(Loop loop) {
            this.loop = loop;
        }

        void again(long delayNs) {
            loop.reactor.schedule(timer, loop.reactor.nowNs() + delayNs);
        }

        private void look() {
            int excess = excess();
            boolean more = excess > 0 && ask(Math.min(excess, BATCH_MAX));
            again(more ? SOON_NS : periodNs);
        }
    }

    /**
     * Asks those loops that may have idle connections.
     *
     * @param most how many of those loops that have one connection each: the longest idle
     * @return whether there are others that were not asked
     */
    private boolean ask(int most) {
        record Candidate(Dismissal dismissal, long quietNs) {}
        long sinceNs = idleSinceNs();
        List<Candidate> candidates = new ArrayList<>();
        int expected = 0;
        for (Dismissal dismissal : loops) {
            expected += dismissal.answering() ? 1 : 0;
            long quietNs = dismissal.quietNs();
            if (quietNs == Dismissal.UNKNOWN) {
                dismissal.ask();
            } else if (quietNs <= sinceNs) {
                candidates.add(new Candidate(dismissal, quietNs));
            }
        }
        candidates.sort(Comparator.comparingLong(Candidate::quietNs));
        int free = Math.max(0, most - expected);
        candidates.stream().limit(free).forEach(candidate -> candidate.dismissal.ask());
        return candidates.size() > free;
    }
}

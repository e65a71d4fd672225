// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * What a loop does for a {@link SoftLimit}: it lets its idle connections go, the longest idle
 * first.
 *
 * <p>Confined to the loop's thread, {@link #ask}, {@link #alone} and {@link #quietNs} aside, which
 * any thread may call.
 */
final class Dismissal implements AutoCloseable {
    /** For how long an answer that is due is waited for. */
    private static final long PATIENCE_NS = 250_000_000L;

    private static final long NEVER = Long.MAX_VALUE;

    /** Of a loop with many connections: it has to look. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private final Loop loop;
    private final SoftLimit soft;
    private volatile boolean alone;
    // When it was asked, 0 if it has answered: one that a session blocks does so when that is over.
    private volatile long askedNs;
    // When it had nothing idle although no bytes moved; the others have their turn first.
    private volatile long declinedNs;

    Dismissal(Loop loop, SoftLimit soft) {
        this.loop = loop;
        this.soft = soft;
        this.declinedNs = soft.idleSinceNs();
        soft.join(this, loop);
    }

    /** The loop has one connection at most that came to it: then it is asked only if that pays. */
    void alone() {
        alone = true;
    }

    /** Since when there may be an idle connection; never if there is none, or {@link #UNKNOWN}. */
    long quietNs() {
        LoopCounters counters = loop.counters;
        if (askedNs != 0 || counters.accepted.get() == counters.closed.get()) {
            return NEVER;
        }
        return alone ? Math.max(declinedNs, counters.movedNs.get()) : UNKNOWN;
    }

    /** Whether it was asked just now and will answer soon, as long as nothing blocks it. */
    boolean answering() {
        long sinceNs = askedNs;
        return alone && sinceNs != 0 && Clock.nowNs() - sinceNs < PATIENCE_NS;
    }

    /** Has the loop let idle connections go, soon; one that has too much to do is asked again. */
    void ask() {
        askedNs = Clock.nowNs();
        if (!loop.reactor.execute(this::answer)) {
            askedNs = 0;
        }
    }

    private void answer() {
        dismiss();
        askedNs = 0;
    }

    private void dismiss() {
        if (soft.excess() <= 0) {
            return;
        }
        List<StreamConnection> idle = longestIdle();
        if (idle.isEmpty()) {
            declinedNs = Clock.nowNs();
        }
        for (StreamConnection connection : idle) {
            if (!soft.claim()) {
                return;
            }
            connection.dismiss();
        }
        if (idle.size() == SoftLimit.BATCH_MAX) {
            loop.reactor.nextTurn(this::dismiss);
        }
    }

    private List<StreamConnection> longestIdle() {
        long sinceNs = soft.idleSinceNs();
        Comparator<StreamConnection> byTime =
                Comparator.comparingLong(StreamConnection::movedNs).reversed();
        PriorityQueue<StreamConnection> found = new PriorityQueue<>(byTime);
        loop.forEachConnection(connection -> {
            if (connection.idleSince(sinceNs)) {
                found.add(connection);
                if (found.size() > SoftLimit.BATCH_MAX) {
                    found.remove();
                }
            }
        });
        List<StreamConnection> newestFirst = new ArrayList<>(found.size());
        while (!found.isEmpty()) {
            newestFirst.add(found.remove());
        }
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    @Override
    public void close() {
        soft.leave(this);
    }
}

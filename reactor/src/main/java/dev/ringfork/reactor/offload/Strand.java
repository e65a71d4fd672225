// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.reactor.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of which one is called at a time: one whose connection was accepted, and those whose
 * connections it has opened, and so on. So each may use the connections of the others, as on a loop
 * that runs its sessions itself.
 *
 * <p>Given to its worker once, however many of its sessions have something to do; they take turns.
 *
 * <p>Safe for use by many threads; {@link #turn}, {@link #nowNs} and {@link #touch} are of the
 * calls, one at a time, on whatever thread.
 */
final class Strand implements Runnable {
    private final Offload offload;
    // Of the calls.
    private final ArrayList<WorkerConnection> touched = new ArrayList<>(0);
    private long nowNs = Clock.nowNs();
    // Guarded by the monitor.
    private final ArrayDeque<WorkerSession> ready = new ArrayDeque<>(1);
    private Workers.Worker worker;
    private boolean scheduled;
    private int sessions = 1;

    /**
     * Of one session.
     *
     * @param worker runs it, and whichever else there will be, as long as there are some
     */
    Strand(Offload offload, Workers.Worker worker) {
        this.offload = offload;
        this.worker = worker;
    }

    // ---- its sessions

    /** There is one more, or one that has ended has come back; false if there is no place. */
    synchronized boolean enter() {
        if (sessions == 0) {
            Workers.Worker next = offload.enter();
            if (next == null) {
                return false;
            }
            worker = next;
        }
        sessions++;
        return true;
    }

    /** One has ended. */
    synchronized void leave() {
        if (--sessions == 0) {
            offload.leave(worker);
        }
    }

    /**
     * Runs a session that has something to do, soon. It is not offered again before it runs.
     *
     * @return false if nobody will: the server has ended
     */
    boolean ready(WorkerSession session) {
        Workers.Worker mine;
        synchronized (this) {
            ready.add(session);
            if (scheduled) {
                return true;
            }
            scheduled = true;
            mine = worker;
        }
        if (mine.ready(this)) {
            return true;
        }
        synchronized (this) {
            scheduled = false;
            ready.remove(session);
        }
        return false;
    }

    // ---- the worker's

    @Override
    public void run() {
        int calls = 0;
        for (WorkerSession session; (session = next()) != null; ) {
            if (session.step()) {
                settle();
                Workers.Worker mine = again(session);
                if (++calls >= Limits.CALLS_MAX && mine.ready(this)) {
                    return;
                }
            }
        }
    }

    private synchronized @Nullable WorkerSession next() {
        WorkerSession next = ready.poll();
        scheduled = next != null;
        return next;
    }

    /** One that was called may have more to do. Returns who would run it. */
    private synchronized Workers.Worker again(WorkerSession session) {
        ready.add(session);
        return worker;
    }

    // ---- of the calls

    /** A call begins. */
    void turn() {
        nowNs = Clock.nowNs();
    }

    /** When the call has begun. */
    long nowNs() {
        return nowNs;
    }

    /** A call uses a connection of another session. */
    void touch(WorkerConnection other) {
        touched.add(other);
    }

    /** The call has returned: what it wanted of other sessions' connections is done. */
    private void settle() {
        // By index: this is done after every call, and an iterator is garbage.
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).settleTouched();
        }
        touched.clear();
    }
}

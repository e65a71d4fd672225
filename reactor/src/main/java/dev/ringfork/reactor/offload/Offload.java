// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.protocol.WholeMessages;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A protocol whose sessions run on workers, while one loop does the I/O for them.
 *
 * <p>What sessions want comes back to the loop through a queue of its own, in which each waits once
 * at most: unlike the queue of tasks it is never full, so nothing that a session has written is
 * lost.
 *
 * <p>{@link #open}, {@link #apply} and {@link #free} are the loop's; the rest is safe for use by
 * many threads.
 */
public final class Offload implements Protocol {
    private final Protocol protocol;
    private final @Nullable WholeMessages whole;
    private final Limits limits;
    private final Workers workers;
    private final Host host;
    private final BufferSource releases;
    private final Batch scratch = new Batch();
    private final AtomicInteger sessions = new AtomicInteger();
    private final Object lock = new Object();
    // Guarded by the lock.
    private ArrayDeque<Mailbox> returned = new ArrayDeque<>();
    private ArrayDeque<Mailbox> applying = new ArrayDeque<>();
    private volatile boolean stopping;
    private volatile boolean ended;

    /**
     * Puts workers behind a loop.
     *
     * @param protocol whose sessions they run
     * @param whole whether a message shall be whole first, if the protocol can tell
     */
    public Offload(Protocol protocol, boolean whole, Limits limits, Workers workers, Host host) {
        this.protocol = protocol;
        this.whole = whole && protocol instanceof WholeMessages judges ? judges : null;
        this.limits = limits;
        this.workers = workers;
        this.host = host;
        this.releases = host.buffers(() -> {});
    }

    // ---- the loop's

    @Override
    public Session open(Connection connection) {
        LoopEnd mine = (LoopEnd) connection;
        sessions.getAndIncrement();
        WorkerSession worker = new WorkerSession(this, workers.assign(), mine);
        // A packet is whole.
        WholeMessages judges = mine.packets() ? null : whole;
        LoopSession session =
                new LoopSession(
                        this, mine, worker.mailbox(), judges == null ? null : judges.judge());
        worker.mailbox().open(session);
        return session;
    }

    /** Whether there may be one more session. */
    public boolean free() {
        return sessions.get() < limits.sessions();
    }

    /** Does what sessions want, before the loop waits. */
    public void apply() {
        synchronized (lock) {
            if (returned.isEmpty()) {
                return;
            }
            ArrayDeque<Mailbox> before = applying;
            applying = returned;
            returned = before;
        }
        for (Mailbox mailbox; (mailbox = applying.poll()) != null; ) {
            mailbox.apply();
        }
    }

    /** A batch that is empty, for the time of a call. */
    Batch scratch() {
        return scratch;
    }

    // ---- anybody's

    /** Whether all sessions have ended. */
    public boolean idle() {
        return sessions.get() == 0;
    }

    /** From now on what waits for a session whose connection is gone is not shown to it. */
    public void stop() {
        stopping = true;
    }

    boolean stopping() {
        return stopping;
    }

    /** From now on no task is taken any more. */
    public void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    /** A session wants something of the loop. */
    void returned(Mailbox mailbox) {
        synchronized (lock) {
            returned.add(mailbox);
        }
        host.wakeup();
    }

    /** Takes a place for a session that has ended and has a task; null if there is none. */
    Workers.@Nullable Worker enter() {
        if (sessions.getAndIncrement() < limits.sessions()) {
            return workers.assign();
        }
        sessions.getAndDecrement();
        return null;
    }

    /** A session has ended: its place is another one's. */
    void leave(Workers.Worker worker) {
        worker.left();
        int left = sessions.decrementAndGet();
        // The loop may wait for either: for a place, or for the last one to end.
        if (left == 0 || left == limits.sessions() - 1) {
            host.wakeup();
        }
    }

    Protocol protocol() {
        return protocol;
    }

    Limits limits() {
        return limits;
    }

    Host host() {
        return host;
    }

    /** Whether messages stay on the loop until they are whole. */
    boolean waitsForWhole() {
        return whole != null;
    }

    BufferSource buffers(Runnable fed) {
        return host.buffers(fed);
    }

    void release(Buffer buffer) {
        releases.release(buffer);
    }

    void close(int fd) {
        host.closeFile(fd);
    }

    /** Gives back all that a batch holds, unsent. */
    void discard(Batch batch) {
        Outgoing outgoing = batch.outgoing;
        for (int i = 0; i < outgoing.count(); i++) {
            switch (outgoing.at(i)) {
                case QueuedFile file -> close(file.fd());
                case Buffer buffer -> release(buffer);
                default -> throw new AssertionError(outgoing.at(i));
            }
        }
        if (batch.left != null) {
            release(batch.left);
        }
        batch.forget();
    }
}

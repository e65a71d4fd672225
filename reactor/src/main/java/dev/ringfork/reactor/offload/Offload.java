// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.protocol.WholeMessages;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A protocol whose sessions run on workers, while one loop does the I/O for them.
 *
 * <p>What sessions want comes back to the loop through a queue of its own, in which each waits once
 * at most: unlike the queue of tasks it is never full, so nothing that a session has written is
 * lost.
 *
 * <p>{@link #open}, {@link #apply}, {@link #free} and {@link #stop} are the loop's; the rest is
 * safe for use by many threads.
 */
public final class Offload implements Protocol {
    private final Protocol protocol;
    private final boolean whole;
    private final Limits limits;
    private final Workers workers;
    private final Host host;
    private final BufferSource releases;
    private final Batch scratch = new Batch();
    private final AtomicInteger strands = new AtomicInteger();
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
        this.whole = whole;
        this.limits = limits;
        this.workers = workers;
        this.host = host;
        this.releases = host.buffers(() -> {});
    }

    // ---- the loop's

    @Override
    public Session open(Connection connection) {
        strands.getAndIncrement();
        Strand strand = new Strand(this, workers.assign());
        boolean packets = ((LoopEnd) connection).packets();
        Mailbox mailbox = new WorkerSession(this, strand, protocol, packets).mailbox();
        LoopSession session = attach(mailbox, connection, protocol);
        mailbox.schedule();
        return session;
    }

    private LoopSession attach(Mailbox mailbox, Connection connection, Protocol of) {
        LoopEnd end = (LoopEnd) connection;
        WholeMessages judges = judges(of, end.packets());
        WholeMessages.Judge judge = judges == null ? null : judges.judge();
        LoopSession session = new LoopSession(this, end, mailbox, judge);
        mailbox.attach(session, connection.fd());
        return session;
    }

    /** Begins to connect for a session that was opened meanwhile. */
    void begin(Mailbox mailbox, Destination to) {
        host.connect(
                to.address(),
                to.timeoutNs(),
                connection -> attach(mailbox, connection, to.protocol()));
    }

    /** Whether there is a place for one more session that is accepted. */
    public boolean free() {
        return strands.get() < limits.sessions();
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

    /**
     * From now on what waits for a session whose connection is gone is not shown to it, and no
     * connection is opened any more.
     */
    public void stop() {
        List<Mailbox> waiting = new ArrayList<>(applying);
        synchronized (lock) {
            stopping = true;
            waiting.addAll(returned);
        }
        for (Mailbox mailbox : waiting) {
            if (mailbox.unconnected()) {
                lose(mailbox, 0);
            }
        }
    }

    /** The connection of a session is gone. */
    void lose(Mailbox mailbox, int errno) {
        mailbox.gone(errno, scratch);
        discard(scratch);
        mailbox.closed();
    }

    // ---- anybody's

    /** Whether all sessions have ended. */
    public boolean idle() {
        return strands.get() == 0;
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

    /**
     * Opens a session as part of a call on its strand; the loop connects for it.
     *
     * @return false if nothing is opened any more
     */
    boolean connect(Strand strand, Destination to) {
        WorkerSession session = new WorkerSession(this, strand, to);
        synchronized (lock) {
            if (stopping) {
                return false;
            }
            // First: the session may ask for what only the loop can tell.
            returned.add(session.mailbox());
        }
        strand.enter();
        host.wakeup();
        session.open();
        return true;
    }

    /** Takes a place for a strand whose sessions had all ended; null if there is none. */
    Workers.@Nullable Worker enter() {
        if (strands.getAndIncrement() < limits.sessions()) {
            return workers.assign();
        }
        strands.getAndDecrement();
        return null;
    }

    /** All sessions of a strand have ended: its place is another one's. */
    void leave(Workers.Worker worker) {
        worker.left();
        int left = strands.decrementAndGet();
        // The loop may wait for either: for a place, or for the last one to end.
        if (left == 0 || left == limits.sessions() - 1) {
            host.wakeup();
        }
    }

    Limits limits() {
        return limits;
    }

    Host host() {
        return host;
    }

    /** Who tells when a protocol's messages are whole, if they stay on the loop until they are. */
    @Nullable WholeMessages judges(Protocol of, boolean packets) {
        return whole && !packets && of instanceof WholeMessages judges ? judges : null;
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

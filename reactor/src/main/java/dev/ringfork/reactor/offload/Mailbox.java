// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.protocol.Buffer;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What lies between the loop's end of a connection and its session on another thread: events one
 * way, a batch of wishes the other way, and the count of what is unsent.
 *
 * <p>Safe for use by many threads. All of it is guarded by its monitor, under which nobody is
 * called who might call back. A session with something to do is given to its strand once, however
 * much that is, so what waits for the workers is bounded by the number of sessions.
 */
final class Mailbox {
    /** What a session is told next. */
    enum Event {
        /** Nothing; it runs again when there is something. */
        NONE,
        OPEN,
        CONNECTED,
        TASK,
        EXPIRED,
        WRITABLE,
        /** Buffers have come back to the pool, after there were too few for a write. */
        FED,
        /** What it has left is offered again. */
        AGAIN,
        INPUT,
        END,
        DRAINING,
        /** Input that nobody will look at any more. */
        UNREAD,
        CLOSED
    }

    private final Offload offload;
    private final Strand strand;
    private final WorkerSession session;
    // Where the connection goes, if it is to be opened by the loop.
    private final @Nullable Destination destination;
    private @Nullable LoopSession loop;
    // Negative if none could be had, or none can be had any more: -errno.
    private int fd = -Errno.EBADF;
    private boolean scheduled;
    // Whether it counts among the strand's sessions.
    private boolean placed = true;

    // What has happened.
    private final @Nullable Buffer[] inputs = new @Nullable Buffer[Limits.INPUTS_MAX];
    private int firstInput;
    private int inputCount;
    private boolean unread;
    private boolean stopped;
    private boolean opened;
    private boolean connected;
    private boolean ended;
    private boolean draining;
    private boolean relieved;
    private boolean fed;
    private boolean expired;
    private long expiry;
    private boolean gone;
    private int errno;
    private boolean closed;
    private boolean finished;
    private @Nullable ArrayDeque<Runnable> tasks;
    private boolean taskBefore;

    // What is wanted.
    private final Batch handed = new Batch();
    private boolean returning;

    // What is unsent: on the loop as far as it has said, and in the batch.
    private long loopBytes;
    private int loopFiles;
    private boolean congested;

    private @Nullable Address remote;
    private @Nullable Address local;

    /**
     * Of a session that is to be opened, or of one that is open when it is run.
     *
     * @param destination where the latter's connection goes
     */
    Mailbox(
            Offload offload,
            Strand strand,
            WorkerSession session,
            @Nullable Destination destination) {
        this.offload = offload;
        this.strand = strand;
        this.session = session;
        this.destination = destination;
        this.opened = destination != null;
        this.returning = opened;
    }

    // ---- events, by the loop

    /** The connection is there or begins to connect, and this is the loop's end of it. */
    synchronized void attach(LoopSession loopEnd, int descriptor) {
        loop = loopEnd;
        fd = descriptor;
        notifyAll();
    }

    /** Lets the loop's end do what is wanted. */
    void apply() {
        LoopSession end = loopEnd();
        if (end == null && destination != null) {
            offload.begin(this, destination);
            end = loopEnd();
        }
        if (end != null) {
            end.apply();
        }
    }

    private synchronized @Nullable LoopSession loopEnd() {
        return loop;
    }

    /** Whether the loop has it still to connect. */
    boolean unconnected() {
        return loopEnd() == null;
    }

    /** The connection that was to be opened is there. */
    void connected() {
        synchronized (this) {
            connected = true;
        }
        schedule();
    }

    /**
     * Bytes arrived. Takes over the buffers, unless the session has left something that has not
     * come back to the loop yet.
     *
     * @param next what follows, if one buffer was not enough
     * @return what the session has left, which belongs in front; nothing else has changed then
     */
    @Nullable Buffer input(Buffer first, @Nullable Buffer next) {
        synchronized (this) {
            Buffer left = handed.left;
            if (left != null) {
                handed.left = null;
                return left;
            }
            add(first);
            if (next != null) {
                add(next);
            }
            stopped = full();
        }
        schedule();
        return null;
    }

    /** Whether the loop has to wait before it reads on. */
    synchronized boolean full() {
        return inputCount == inputs.length;
    }

    private void add(Buffer buffer) {
        if (full()) {
            throw new AssertionError("the loop has read on");
        }
        inputs[(firstInput + inputCount++) % inputs.length] = buffer;
    }

    void end() {
        synchronized (this) {
            ended = true;
        }
        schedule();
    }

    /** A deadline has passed, that of this number. */
    void expired(long number) {
        synchronized (this) {
            expired = true;
            expiry = number;
        }
        schedule();
    }

    void draining() {
        synchronized (this) {
            draining = true;
        }
        schedule();
    }

    /** So much is queued on the loop now. */
    void sent(long bytes, int files) {
        synchronized (this) {
            loopBytes = bytes;
            loopFiles = files;
            if (!congested || !low()) {
                return;
            }
            relieved = true;
        }
        schedule();
    }

    /** The connection is gone. What was on its way to the loop is put into a batch. */
    synchronized void gone(int why, Batch undelivered) {
        gone = true;
        errno = why;
        undelivered.addAll(handed);
        loopBytes = 0;
        loopFiles = 0;
        notifyAll();
    }

    /** All that the connection had is given back, so that the session may be told of its end. */
    void closed() {
        synchronized (this) {
            closed = true;
        }
        schedule();
    }

    /** Answers a question for the addresses. */
    synchronized void names(Address peer, Address own) {
        remote = peer;
        local = own;
        notifyAll();
    }

    /** Takes what is wanted. */
    synchronized void collect(Batch into) {
        returning = false;
        loopBytes += handed.outgoing.bytes();
        loopFiles += handed.outgoing.files();
        into.addAll(handed);
    }

    // ---- events, by anybody

    /** Buffers have come back. */
    void fed() {
        synchronized (this) {
            fed = true;
        }
        schedule();
    }

    /** Queues a task; false if there are too many or the server has ended. */
    boolean execute(Runnable task) {
        synchronized (this) {
            ArrayDeque<Runnable> queue = tasks == null ? new ArrayDeque<>() : tasks;
            tasks = queue;
            if (offload.ended() || queue.size() == Limits.TASKS_MAX || !comeBack()) {
                return false;
            }
            queue.add(task);
        }
        return schedule() || !take(task);
    }

    /** A session that has ended is none of the strand's. */
    private boolean comeBack() {
        placed = placed || strand.enter();
        return placed;
    }

    private synchronized boolean take(Runnable task) {
        return tasks != null && tasks.remove(task);
    }

    /** Lets the strand run the session if it does not anyway; false if there is no worker. */
    boolean schedule() {
        synchronized (this) {
            if (scheduled || !placed) {
                return true;
            }
            scheduled = true;
        }
        if (strand.ready(session)) {
            return true;
        }
        synchronized (this) {
            scheduled = false;
        }
        return false;
    }

    // ---- the worker's side

    /**
     * What comes next.
     *
     * @param open whether there is a session that listens
     * @param takesInput whether it is not paused
     * @param again whether it wants what it has left
     */
    synchronized Event next(boolean open, boolean takesInput, boolean again) {
        if (!opened) {
            opened = true;
            return Event.OPEN;
        }
        if (connected && open) {
            connected = false;
            return Event.CONNECTED;
        }
        boolean lost = gone && (errno != 0 || offload.stopping());
        if (inputCount > 0 && (lost || !open)) {
            unread = true;
            return Event.UNREAD;
        }
        boolean hasTask = tasks != null && !tasks.isEmpty();
        if (hasTask && !taskBefore) {
            taskBefore = true;
            return Event.TASK;
        }
        taskBefore = false;
        Event event = lost || !open ? Event.NONE : session(takesInput, again);
        if (event != Event.NONE) {
            return event;
        }
        if (hasTask) {
            return Event.TASK;
        }
        if (closed && !finished) {
            finished = true;
            return Event.CLOSED;
        }
        scheduled = false;
        if (finished) {
            placed = false;
            strand.leave();
        }
        return Event.NONE;
    }

    private Event session(boolean takesInput, boolean again) {
        if (expired) {
            expired = false;
            return Event.EXPIRED;
        }
        if (relieved) {
            relieved = false;
            if (congested && low()) {
                congested = false;
                return Event.WRITABLE;
            }
        }
        if (fed) {
            fed = false;
            return Event.FED;
        }
        congested |= high(0, 0);
        if (takesInput && !congested) {
            if (again) {
                return Event.AGAIN;
            }
            if (inputCount > 0) {
                return Event.INPUT;
            }
            if (ended) {
                ended = false;
                return Event.END;
            }
        }
        if (draining) {
            draining = false;
            return Event.DRAINING;
        }
        return Event.NONE;
    }

    synchronized Runnable task() {
        if (tasks == null) {
            throw new AssertionError("no task");
        }
        return tasks.remove();
    }

    /** The number of the deadline that has passed last. */
    synchronized long expiry() {
        return expiry;
    }

    /** With what the connection has ended. */
    synchronized int errno() {
        return errno;
    }

    /** The next bytes, which stay here; null if there are none. */
    synchronized @Nullable Buffer firstInput() {
        return inputCount == 0 ? null : inputs[firstInput];
    }

    /** Whether bytes have arrived that the session will not see. */
    synchronized boolean unread() {
        return unread || inputCount > 0;
    }

    /** Takes the next bytes out. */
    void removeInput() {
        boolean readOn;
        synchronized (this) {
            inputs[firstInput] = null;
            firstInput = (firstInput + 1) % inputs.length;
            inputCount--;
            readOn = stopped && !gone && inputCount <= inputs.length / 2;
            if (readOn) {
                stopped = false;
                handed.effects |= Batch.READ_ON;
                readOn = !returning;
                returning = true;
            }
        }
        if (readOn) {
            offload.returned(this);
        }
    }

    /**
     * Gives a batch to the loop. Input that was left stays in it if more has arrived: it belongs in
     * front of that.
     *
     * @return false if the connection is gone: the batch is the caller's still
     */
    boolean hand(Batch batch) {
        boolean first;
        synchronized (this) {
            if (gone) {
                return false;
            }
            Buffer kept = inputCount > 0 ? batch.left : null;
            if (kept != null) {
                batch.left = null;
            }
            handed.addAll(batch);
            batch.left = kept;
            first = !returning;
            returning = true;
        }
        if (first) {
            offload.returned(this);
        }
        return true;
    }

    /** Bytes unsent, those aside that were not handed over. */
    synchronized long unsentBytes() {
        return loopBytes + handed.outgoing.bytes();
    }

    /** Files unsent, likewise. */
    synchronized int unsentFiles() {
        return loopFiles + handed.outgoing.files();
    }

    synchronized boolean gone() {
        return gone;
    }

    /** Whether the session has too much unsent, with so much more that was not handed over. */
    synchronized boolean congested(long moreBytes, int moreFiles) {
        congested |= high(moreBytes, moreFiles);
        return congested;
    }

    /**
     * Something was refused: what may become possible is told when little is left unsent, if
     * anything is. Looked at here and not before: what the loop says after the last byte is heard.
     *
     * @param moreBytes that were not handed over
     * @return false if nothing is unsent, so that nobody would tell
     */
    synchronized boolean congestUntilSent(long moreBytes) {
        boolean unsent = unsentBytes() + moreBytes > 0;
        congested |= unsent;
        return unsent;
    }

    /** Something was refused, and the session itself finds out when it may become possible. */
    synchronized void congest() {
        congested = true;
    }

    /** There is no reason for it any more. */
    synchronized void relieve() {
        congested = false;
    }

    private boolean high(long moreBytes, int moreFiles) {
        return unsentFiles() + moreFiles > 0
                || unsentBytes() + moreBytes > offload.limits().highWaterBytes();
    }

    private boolean low() {
        return unsentFiles() == 0 && unsentBytes() <= offload.limits().lowWaterBytes();
    }

    /** Waits for the answer to a question for the addresses, at most until the connection ends. */
    synchronized void awaitNames() {
        await(() -> remote != null);
    }

    /** The descriptor; waits until the loop has one, at most until the connection ends. */
    synchronized int awaitFd() {
        if (loop == null) {
            await(() -> loop != null);
        }
        return fd;
    }

    /** Waits for the loop to answer; the monitor is free meanwhile. */
    private synchronized void await(BooleanSupplier answered) {
        Threads.uninterruptibly(() -> {
            while (!gone && !answered.getAsBoolean()) {
                wait();
            }
        });
    }

    synchronized @Nullable Address remote() {
        return remote;
    }

    synchronized @Nullable Address local() {
        return local;
    }
}

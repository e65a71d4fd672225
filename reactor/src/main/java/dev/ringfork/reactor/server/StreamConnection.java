// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a loop: lets the session work, and keeps to what it wants, whatever it is that
 * moves the bytes.
 *
 * <p>Confined to the loop's thread, {@link #execute} aside. Owns its descriptor.
 */
abstract class StreamConnection extends LoopConnection {
    /** What it is about to do. */
    enum State {
        OPEN,
        /** Sends what is queued, reads nothing. */
        FLUSHING,
        /** Has said its end and discards what the peer still sends. */
        LINGERING,
        CLOSED
    }

    final Deadlines deadlines;
    final GuardedSession session;
    State state = State.OPEN;
    boolean running;
    private boolean touched;
    private boolean paused;
    boolean congested;
    boolean starved;
    private boolean waiting;
    boolean offerAgain;
    boolean inputEnded;
    private boolean outputEnding;
    boolean outputEnded;
    private boolean keptOpen;
    boolean unread;
    private boolean lingerWanted;
    // The session is looking at the input.
    private boolean shown;
    // Told to finish what it has begun, and no more.
    private boolean leaving;
    // Let go by the soft limit.
    private boolean dismissed;
    // And nothing was sent since, which a reset could destroy before the peer has read it.
    private boolean quiet;
    private long movedNs;
    private final boolean accepted;
    boolean connecting;
    // What it is closed for when the time for connecting or sending is up.
    private int timeUpErrno = Errno.ETIMEDOUT;

    /**
     * One that was accepted, or that is about to connect.
     *
     * @param remote where it connects to; null for one that was accepted
     */
    StreamConnection(Loop loop, int fd, @Nullable Address remote) {
        super(loop, fd, remote);
        this.accepted = remote == null;
        this.deadlines = new Deadlines(loop.reactor, this::timeUp);
        this.session = new GuardedSession(this);
    }

    // ---- what the way of moving bytes adds

    /** The session was opened; first of all. */
    abstract void opened();

    /** From now on something may arrive, or the connection be there. */
    abstract void watch();

    /** Asks for what is wanted now, after every change. */
    abstract void ask();

    /** Reads, and offers what was left over, at the next turn: bytes may be here already. */
    abstract void readSoon();

    /** Throws away what arrives from now on. */
    abstract void discard();

    /** Whether to {@link #send} now would be in vain. */
    abstract boolean sending();

    /** Sends from the queue, which is not empty. */
    abstract void send();

    /** The connection has ended: gives the descriptor back and what waited to be sent. */
    abstract void leave();

    // ---- life

    /** Opens the session, and lets it work from now on. */
    final void start() {
        loop.accepted(this);
        moved();
        running = true;
        session.open(loop.protocol);
        if (state == State.OPEN) {
            opened();
        }
        settle();
        running = false;
        if (state != State.CLOSED) {
            watch();
        }
    }

    /** Begins to connect, and opens the session. */
    final void begin(long timeoutNs, Protocol protocol) {
        loop.connecting(this);
        connecting = true;
        running = true;
        session.open(protocol);
        running = false;
        if (state == State.CLOSED) {
            return;
        }
        deadlines.write(false, true, nowNs() + timeoutNs);
        if (fd < 0) {
            fail(-fd);
        } else {
            watch();
        }
        touch();
    }

    /** Closes at the next turn: who connects is still at work. */
    final void fail(int errno) {
        timeUpErrno = errno;
        deadlines.write(false, true, nowNs());
    }

    /** Whether it is connected, now that it can be written to. */
    final boolean connected() {
        int errno = SocketQueries.pendingError(loop.sockets, fd);
        if (errno != 0) {
            closeNow(errno);
            return false;
        }
        connecting = false;
        deadlines.write(true, true, Deadlines.NONE);
        session.connected();
        return state != State.CLOSED;
    }

    /** Settles after use from a task or a timer, before the loop waits. */
    void settleTouched() {
        touched = false;
        running = true;
        settle();
        running = false;
    }

    @Override
    void touch() {
        if (!running && !touched && state != State.CLOSED) {
            touched = true;
            loop.touch(this);
        }
    }

    /** Sends what was queued, ends what was asked to end, and asks for what is wanted next. */
    final void settle() {
        if (state == State.CLOSED) {
            return;
        }
        if (connecting) {
            if (state == State.FLUSHING && queue.isEmpty()) {
                closeNow(0);
            }
            return;
        }
        if (!queue.isEmpty() && !sending()) {
            send();
        }
        if (queue.isEmpty()) {
            outputDone();
        }
        if (state != State.CLOSED) {
            // Also what was written outside of an event stops the reading.
            congested();
            ask();
        }
    }

    /** Whether the session is to be given what arrives. */
    final boolean reading() {
        return !paused && !congested && !starved && !inputEnded;
    }

    // ---- idleness

    /** Bytes have moved: from now on it is idle. The clock, since a session may block the loop. */
    private void moved() {
        if (loop.soft != null) {
            movedNs = Clock.nowNs();
            loop.counters.movedNs.set(movedNs);
        }
    }

    /** When bytes moved last, where there is a soft limit. */
    final long movedNs() {
        return movedNs;
    }

    /**
     * Whether it may be let go: it came to us, nothing has moved since that time, and nothing waits
     * to be read, handled or sent.
     */
    final boolean idleSince(long sinceNs) {
        boolean waits = paused || congested || starved || inputEnded;
        return accepted
                && state == State.OPEN
                && !leaving
                && !waits
                && queue.isEmpty()
                && input.isEmpty()
                && movedNs - sinceNs <= 0;
    }

    /** There are more connections than wanted, and this one is idle: it is to go. */
    final void dismiss() {
        dismissed = true;
        quiet = true;
        loop.counters.dismissed.increment();
        drain();
    }

    // ---- reading

    /** Some bytes have come. */
    final void arrived(long bytes) {
        loop.counters.bytesIn.add(bytes);
        moved();
    }

    /** Offers again what was left over, if that is wanted. */
    final void offerLeftover() {
        if (offerAgain && reading()) {
            offerAgain = false;
            Buffer left = input.buffer();
            if (left != null) {
                deliver(left);
            }
        }
    }

    /** The peer says nothing more. */
    final void endOfInput() {
        inputEnded = true;
        unread = false;
        session.endOfInput();
    }

    /** Gives the session what has arrived; what it leaves is kept. */
    final void deliver(Buffer in) {
        input.hold(in);
        shown = true;
        session.received(in);
        shown = false;
        if (state == State.CLOSED) {
            input.release();
        } else if (!input.isEmpty()) {
            keep(in);
        }
    }

    /** Keeps what the session has left, if that is something and it makes sense. */
    final void keep(Buffer in) {
        unread |= state != State.OPEN && in.length() > 0;
        giveInput(in);
        if (congested() || state != State.OPEN) {
            return;
        }
        if (!paused && input.stuck(in)) {
            loop.reports.report(
                    "a connection was closed: its session left a full buffer unconsumed", nowNs());
            closeNow(Errno.ENOBUFS);
        }
    }

    @Override
    public final void giveInput(Buffer in) {
        input.hold(in);
        if (!input.keeps(in) || state != State.OPEN) {
            input.release();
        } else if (starved) {
            fed();
        }
    }

    /** A buffer can be had again. Returns whether it is wanted. */
    boolean fed() {
        starved = false;
        if (state != State.OPEN) {
            return false;
        }
        wantInput();
        touch();
        return true;
    }

    /** Reads at the next turn without waiting for an event: bytes may be here already. */
    final void wantInput() {
        offerAgain = !input.isEmpty();
        readSoon();
    }

    // ---- sending

    /** Some bytes have gone. */
    final void sent(long bytes) {
        loop.counters.bytesOut.add(bytes);
        quiet = false;
        moved();
        if (congested && queue.low()) {
            relieve();
        }
    }

    /** Sending has come as far as it could. */
    final void sentSome(boolean progress) {
        if (state != State.CLOSED) {
            deadlines.write(queue.isEmpty(), progress, nowNs() + loop.writeTimeoutNs);
            session.sent();
        }
    }

    /** A write was refused: what may become writable is told, and input offered again, then. */
    @Override
    void refused(long length) {
        // With an empty queue it is others who hold the buffers.
        if (queue.isEmpty() && queue.fits(length) && !waiting) {
            waiting = true;
            loop.refuse(this, queue.missingBuffers(length));
        }
        congested |= waiting || !queue.isEmpty();
        touch();
    }

    /** There are more buffers than when a write was refused. */
    void retry() {
        waiting = false;
        relieve();
        touch();
    }

    private void relieve() {
        congested = false;
        if (state != State.OPEN) {
            return;
        }
        session.writable();
        if (state == State.OPEN && !input.isEmpty() && !congested()) {
            wantInput();
        }
    }

    /** Everything queued is sent: do what was to come after it. */
    private void outputDone() {
        if (outputEnding && !outputEnded) {
            outputEnded = true;
            loop.sockets.shutdown(fd, SocketConstants.SHUT_WR);
        }
        if (state == State.FLUSHING && !inputEnded && ((lingerWanted && !quiet) || unread)) {
            linger();
        } else if (state == State.FLUSHING || (outputEnded && inputEnded && !keptOpen)) {
            closeNow(0);
        }
    }

    // ---- closing

    private void linger() {
        state = State.LINGERING;
        if (!outputEnded) {
            outputEnded = true;
            loop.sockets.shutdown(fd, SocketConstants.SHUT_WR);
        }
        deadlines.linger(nowNs(), loop.lingerTotalNs, loop.lingerIdleNs);
        discard();
    }

    /** The peer has sent something that nobody wants. */
    final void lingerOn() {
        deadlines.lingerOn(nowNs(), loop.lingerIdleNs);
    }

    final void closeNow(int errno) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        leave();
        names.closed();
        // Given back under the session's eyes it would be another loop's, and both would use it.
        if (!shown) {
            input.release();
        }
        deadlines.cancel();
        loop.closed(this, accepted, dismissed);
        session.closed(errno);
    }

    /** The session threw: that ends this connection and no other. */
    void broke(Throwable thrown) {
        loop.settings.report().accept("a session failed: " + Failures.describe(thrown));
        closeNow(Errno.EPROTO);
    }

    private void timeUp() {
        switch (deadlines.due(nowNs())) {
            case NOTHING -> {}
            case LINGER -> closeNow(0);
            case WRITE -> closeNow(timeUpErrno);
            case SESSION -> {
                session.expired();
                touch();
            }
        }
    }

    /** The server drains. */
    void drain() {
        if (state == State.OPEN && !leaving) {
            leaving = true;
            session.draining();
            touch();
        }
    }

    /** The time for draining is over. */
    void cut() {
        loop.counters.cut.increment();
        closeNow(Errno.ECANCELED);
    }

    // ---- Connection

    @Override
    boolean writing() {
        return state == State.OPEN && !outputEnding;
    }

    @Override
    public boolean congested() {
        congested |= queue.high();
        return congested;
    }

    @Override
    public void pause() {
        paused = true;
        touch();
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            wantInput();
            touch();
        }
    }

    @Override
    public void expireAfter(long delayNs) {
        if (state == State.OPEN) {
            deadlines.sessionNs(delayNs == 0 ? Deadlines.NONE : nowNs() + delayNs);
        }
    }

    @Override
    public void shutdownOutput() {
        outputEnding = true;
        touch();
    }

    @Override
    public void close() {
        lingerWanted = true;
        finish();
    }

    @Override
    public void keepOpen(boolean keep) {
        keptOpen = keep;
        touch();
    }

    @Override
    public void finish() {
        if (state == State.OPEN) {
            state = State.FLUSHING;
            deadlines.sessionNs(Deadlines.NONE);
            touch();
        }
    }

    @Override
    public void abort() {
        closeNow(0);
    }

    @Override
    boolean closed() {
        return state == State.CLOSED;
    }

    @Override
    public boolean closing() {
        return state != State.OPEN;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.reactor.EventHandler;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A connection in a reactor: reads when it may, lets the session work, sends what was queued.
 *
 * <p>Confined to the loop's thread, {@link #execute} aside. Owns its descriptor.
 */
final class StreamConnection extends LoopConnection implements EventHandler {
    /** Reads in one turn; a peer that sends faster has to share the loop with the others. */
    private static final int READS_MAX = 8;

    /** Sends in one turn, for the same reason. */
    private static final int SENDS_MAX = 8;

    private enum State {
        OPEN,
        /** Sends what is queued, reads nothing. */
        FLUSHING,
        /** Has said its end and discards what the peer still sends. */
        LINGERING,
        CLOSED
    }

    private final Registration registration = new Registration(this);
    private final Deadlines deadlines;
    private final GuardedSession session;
    private State state = State.OPEN;
    private boolean running;
    private boolean touched;
    private boolean paused;
    private boolean congested;
    private boolean starved;
    private boolean waiting;
    private boolean offerAgain;
    private boolean inputEnded;
    private boolean outputEnding;
    private boolean outputEnded;
    private boolean keptOpen;
    private boolean received;
    private boolean unread;
    private boolean lingerWanted;
    private final boolean accepted;
    private boolean connecting;
    // What it is closed for when the time for connecting or sending is up.
    private int timeUpErrno = Errno.ETIMEDOUT;

    /** One that was accepted. */
    StreamConnection(Loop loop, int fd) {
        this(loop, fd, null);
    }

    private StreamConnection(Loop loop, int fd, @Nullable Address remote) {
        super(loop, fd, remote);
        this.accepted = remote == null;
        this.deadlines = new Deadlines(loop.reactor, this::timeUp);
        this.session = new GuardedSession(this);
    }

    // ---- life

    /**
     * Opens the session, and reads at once where that pays: one that is answered and closed now
     * never needs a registration.
     */
    void start() {
        loop.accepted();
        running = true;
        session.open(loop.protocol);
        if (state == State.OPEN && loop.eagerRead.worthwhile()) {
            read();
            loop.eagerRead.outcome(received);
        }
        settle();
        running = false;
        if (state != State.CLOSED && !registration.registered()) {
            register();
        }
    }

    /** Begins to connect, and opens the session. */
    static void connect(Loop loop, Address address, long timeoutNs, Protocol protocol) {
        int fd = Outgoing.connect(loop, address);
        new StreamConnection(loop, fd, address).begin(timeoutNs, protocol);
    }

    private void begin(long timeoutNs, Protocol protocol) {
        loop.connecting();
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
            register();
        }
        touch();
    }

    /** Closes at the next turn: who connects is still at work. */
    private void fail(int errno) {
        timeUpErrno = errno;
        deadlines.write(false, true, nowNs());
    }

    /** Whether it is connected, now that it can be written to. */
    private boolean connected() {
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

    private void register() {
        int result = loop.reactor.add(registration, fd, interest());
        if (result < 0) {
            loop.unwatched(fd, result);
            if (connecting) {
                fail(-result);
            } else {
                closeNow(-result);
            }
        } else if (offerAgain) {
            registration.again(Interest.READ);
        }
    }

    @Override
    public void ready(Registration ignored, int ready) {
        running = true;
        if (state == State.LINGERING) {
            discard();
        } else if (!connecting || connected()) {
            // Sending first: it frees buffers, and may let reading go on.
            if ((ready & Interest.WRITE) != 0 && !queue.isEmpty()) {
                send();
            }
            if ((ready & Interest.READ) != 0) {
                read();
            }
        }
        settle();
        running = false;
    }

    @Override
    public void broken(Registration ignored, int ready) {
        // A hang-up alone is no error: both directions were closed, and input may be left to read.
        if ((ready & Interest.ERROR) != 0) {
            closeNow(SocketQueries.pendingError(loop.sockets, fd));
        }
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
    private void settle() {
        if (state == State.CLOSED) {
            return;
        }
        if (connecting) {
            if (state == State.FLUSHING && queue.isEmpty()) {
                closeNow(0);
            }
            return;
        }
        if (!queue.isEmpty() && !queue.blocked()) {
            send();
        }
        if (queue.isEmpty()) {
            outputDone();
        }
        if (state != State.CLOSED && registration.registered()) {
            // Also what was written outside of an event stops the reading.
            congested();
            int wanted = interest();
            if (wanted != registration.interest()) {
                registration.interest(wanted);
            }
        }
    }

    private int interest() {
        if (connecting) {
            return Interest.WRITE;
        }
        boolean read = state == State.LINGERING || (state == State.OPEN && reading());
        return (read ? Interest.READ : 0) | (queue.isEmpty() ? 0 : Interest.WRITE);
    }

    private boolean reading() {
        return !paused && !congested && !starved && !inputEnded;
    }

    // ---- reading

    private void read() {
        if (offerAgain && reading()) {
            offerAgain = false;
            Buffer left = input.buffer();
            if (left != null) {
                deliver(left);
            }
        }
        for (int i = 0; i < READS_MAX && state == State.OPEN && reading(); i++) {
            Buffer in = input.room();
            if (in == null) {
                starved = true;
                loop.starve(this);
                return;
            }
            int room = in.room();
            long count = input.receive(fd, in);
            if (count <= 0) {
                giveInput(in);
                if (count != -Errno.EINTR) {
                    nothingReceived(count);
                    return;
                }
                continue;
            }
            received = true;
            loop.counters.bytesIn.add(count);
            in.produced((int) count);
            boolean more = input.more(count, room);
            unread = more;
            deliver(in);
            if (!more && drained()) {
                return;
            }
        }
    }

    /** Whether a short read means that the socket is empty. */
    private boolean drained() {
        if (loop.edge) {
            // An end that came with the data is not reported again: read on until it is met.
            if (registration.readClosed()) {
                return false;
            }
            registration.exhausted(Interest.READ);
        }
        return true;
    }

    private void nothingReceived(long result) {
        if (result == -Errno.EAGAIN) {
            registration.exhausted(Interest.READ);
            unread = false;
        } else if (result == 0) {
            inputEnded = true;
            unread = false;
            session.endOfInput();
        } else {
            closeNow((int) -result);
        }
    }

    private void deliver(Buffer in) {
        input.hold(in);
        session.received(in);
        if (state == State.CLOSED || input.isEmpty()) {
            return;
        }
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
    public void giveInput(Buffer in) {
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
    private void wantInput() {
        offerAgain = !input.isEmpty();
        registration.again(Interest.READ);
    }

    // ---- sending

    private void send() {
        boolean progress = false;
        for (int i = 0; i < SENDS_MAX && !queue.isEmpty(); i++) {
            long sent = queue.send(fd);
            if (sent == -Errno.EAGAIN) {
                registration.exhausted(Interest.WRITE);
                break;
            }
            if (sent < 0 && sent != -Errno.EINTR) {
                closeNow((int) -sent);
                return;
            }
            if (sent > 0) {
                progress = true;
                loop.counters.bytesOut.add(sent);
            }
            // A level is reported again; an edge only after the kernel has said that it is full.
            if (queue.blocked() && !loop.edge) {
                break;
            }
            if (congested && queue.low()) {
                relieve();
            }
        }
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
        if (state == State.FLUSHING && !inputEnded && (lingerWanted || unread)) {
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

    private void discard() {
        long received = loop.discard(fd, READS_MAX);
        if (received == -Errno.EAGAIN) {
            registration.exhausted(Interest.READ);
        } else if (received <= 0) {
            closeNow(0);
        } else {
            deadlines.lingerOn(nowNs(), loop.lingerIdleNs);
        }
    }

    private void closeNow(int errno) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        registration.forget();
        if (fd >= 0) {
            loop.descriptors.close(fd);
        }
        names.closed();
        input.release();
        queue.clear();
        deadlines.cancel();
        loop.closed(accepted);
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
        if (state == State.OPEN) {
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

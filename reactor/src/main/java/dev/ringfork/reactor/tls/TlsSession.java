// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Session;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The session of a connection that carries records: decrypts what comes for the session inside, and
 * encrypts what that has written when its call returns.
 *
 * <p>Confined to the loop's thread, {@link #fedLater} aside.
 */
final class TlsSession implements Session {
    /** A handshake is a few round trips: a drain does not wait for one that is stuck. */
    private static final long DRAIN_GRACE_NS = 2_000_000_000L;

    private enum State {
        HANDSHAKE,
        OPEN,
        /** Sends what is queued, then its end; reads nothing. */
        FLUSHING,
        CLOSED
    }

    private final TlsProtocol protocol;
    private final Connection outer;
    private final TlsMemory memory;
    private final TlsConnection connection;
    private final RecordReader records;
    private final CipherOutput output;
    private final PlainInput input;
    private final Times times;
    private @Nullable RecordEngine engine;
    private @Nullable Session inner;
    // There only while a call of this session runs.
    private @Nullable Scratch scratch;
    private State state = State.HANDSHAKE;
    private int errno;
    private boolean draining;
    private boolean outerPaused;
    private boolean starved;
    private boolean alertHeld;
    private boolean stopped;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean unread;
    private boolean lingerWanted;

    TlsSession(TlsProtocol protocol, Connection outer) {
        this.protocol = protocol;
        this.outer = outer;
        this.memory = protocol.memory;
        this.records = new RecordReader(memory);
        this.output = new CipherOutput(outer, memory);
        this.input = new PlainInput(memory);
        this.times = new Times(outer);
        this.connection = new TlsConnection(protocol, outer, this);
        times.handshakeIn(protocol.context.handshakeTimeout().toNanos());
    }

    // ---- calls of the connection that carries the records

    @Override
    public void received(Buffer in) {
        begin();
        try {
            work(in);
        } finally {
            end();
        }
    }

    @Override
    public void endOfInput(Connection same) {
        if (state == State.HANDSHAKE) {
            outer.close();
        } else if (state == State.OPEN && !inputEnded) {
            // Who cut it, the peer or somebody between, is not known: what came may not be all.
            errno = Errno.ECONNRESET;
            abort();
        }
    }

    @Override
    public void writable(Connection same) {
        begin();
        try {
            settle();
        } finally {
            end();
        }
    }

    @Override
    public void expired(Connection same) {
        begin();
        try {
            for (Times.Due due; (due = times.due()) != Times.Due.NOTHING; ) {
                switch (due) {
                    case HANDSHAKE -> abort(Failure.HANDSHAKE_TIMEOUT, "");
                    case AGAIN -> work(null);
                    case SESSION -> {
                        if (state == State.OPEN) {
                            inner().expired(connection);
                        }
                    }
                    case NOTHING -> {}
                }
            }
            settle();
        } finally {
            end();
            times.expired();
        }
    }

    @Override
    public void draining(Connection same) {
        if (state == State.HANDSHAKE) {
            draining = true;
            times.handshakeIn(DRAIN_GRACE_NS);
        } else if (state == State.OPEN) {
            begin();
            try {
                inner().draining(connection);
                settle();
            } finally {
                end();
            }
        }
    }

    @Override
    public void closed(Connection same, int why) {
        release();
        if (inner != null) {
            inner.closed(connection, why == 0 ? errno : why);
        }
    }

    /** Nothing is received or sent any more: gives back what that was done with. */
    private void release() {
        state = State.CLOSED;
        memory.forget(this);
        records.clear();
        output.clear();
        input.clear();
        connection.ended();
    }

    private void begin() {
        scratch = memory.leaseScratch();
    }

    private void end() {
        memory.release(scratch());
        scratch = null;
        arrange();
    }

    // ---- receiving

    private void work(@Nullable Buffer in) {
        do {
            decrypt(in);
            settle();
        } while (stopped && reading());
    }

    /** Shows the session inside all it wants to see. */
    private void decrypt(@Nullable Buffer in) {
        stopped = false;
        while (reading()) {
            Buffer again = input.takeAgain();
            Buffer rest = input.rest();
            if (again != null) {
                offer(again);
            } else if (rest != null) {
                int from = rest.start();
                input.tookRest(deliver(rest.segment(), from, rest.end()) - from);
            } else if (in == null) {
                return;
            } else if (!next(in)) {
                return;
            }
        }
        if (inputEnded && in != null) {
            // Nothing can come behind the end; the socket's own end still may.
            in.consume(in.length());
        }
        unread |= state != State.OPEN && in != null && in.length() > 0;
        stopped = true;
    }

    /** Takes a record; false if none is complete. */
    private boolean next(Buffer in) {
        if (holdsAlert(in)) {
            alertHeld = true;
            return true;
        }
        int length = records.next(in, scratch());
        if (length == RecordReader.INCOMPLETE) {
            return false;
        }
        switch (length) {
            case RecordReader.FOREIGN -> foreign();
            case RecordReader.NO_ROOM -> abort(Failure.NO_ROOM, "");
            default -> record();
        }
        return true;
    }

    /**
     * Before TLS 1.3 the peer's end, which comes in an alert, ends this direction too: what the
     * session has written by then goes first.
     */
    private boolean holdsAlert(Buffer in) {
        return records.kind(in) == RecordReader.ALERT
                && state == State.OPEN
                && !engine().halfCloses()
                && !connection.plain().isEmpty();
    }

    private void record() {
        if (engine == null) {
            engine = new RecordEngine(protocol.context.newEngine());
        }
        int length;
        try {
            length = engine.unwrap(scratch());
        } catch (SSLException e) {
            broken(e);
            return;
        }
        keepRest(deliver(scratch().plainInBytes, 0, length), length);
        if (state != State.CLOSED) {
            progress();
        }
    }

    /** Gives the session inside what it takes; returns the index of what it does not. */
    private int deliver(MemorySegment source, int from, int to) {
        int at = from;
        while (at < to && reading()) {
            Buffer buffer = input.buffer();
            if (buffer == null) {
                starved = true;
                memory.awaitInput(this);
                break;
            }
            at += PlainInput.fill(buffer, source, at, to);
            offer(buffer);
        }
        return at;
    }

    private void offer(Buffer buffer) {
        input.show(buffer, inner());
        if (state == State.CLOSED) {
            input.clear();
            return;
        }
        unread |= state != State.OPEN && buffer.length() > 0;
        input.keepOrRelease(buffer, state == State.OPEN);
        if (state == State.OPEN && buffer.length() == buffer.capacity() && connection.reading()) {
            abort(Failure.FULL_BUFFER, "");
        }
    }

    private void keepRest(int from, int to) {
        if (from < to && state == State.OPEN) {
            if (!input.keepRest(scratch().plainInBytes, from, to)) {
                abort(Failure.NO_ROOM, "");
            }
        } else {
            unread |= from < to;
        }
    }

    /** Whether the session inside may be shown more. */
    private boolean reading() {
        return (state == State.HANDSHAKE || (state == State.OPEN && connection.reading()))
                && output.isEmpty()
                && !starved
                && !alertHeld
                && !inputEnded;
    }

    // ---- the handshake and what resembles it

    /** Does what the engine wants done after a record. */
    private void progress() {
        RecordEngine at = engine();
        boolean more = true;
        while (more && state != State.CLOSED) {
            switch (at.status()) {
                case NEED_TASK -> {
                    if (state != State.HANDSHAKE) {
                        abort(Failure.RENEGOTIATION, "");
                        return;
                    }
                    at.runTasks();
                }
                case NEED_WRAP -> more = output.isEmpty() && say();
                default -> more = false;
            }
        }
        if (at.inputEnded() && !inputEnded) {
            peerEnded();
        } else if (state == State.HANDSHAKE && at.established()) {
            established();
        }
    }

    /** Sends what the engine has to say of its own; false if that does not get on. */
    private boolean say() {
        scratch().plainOut.limit(0).position(0);
        try {
            engine().wrap(scratch());
        } catch (SSLException e) {
            broken(e);
            return false;
        }
        boolean nothing = scratch().cipherOut.position() == 0;
        return send() && !(nothing && engine().status() == HandshakeStatus.NEED_WRAP);
    }

    private void established() {
        state = State.OPEN;
        times.handshakeDone();
        inner = protocol.inner.open(connection);
        if (draining && state == State.OPEN) {
            inner.draining(connection);
        }
    }

    private void peerEnded() {
        inputEnded = true;
        if (!engine().halfCloses()) {
            // The engine has answered with the end of this direction.
            outputEnded = true;
            connection.outputEnds();
        }
        if (state == State.HANDSHAKE) {
            outer.close();
        } else if (state == State.OPEN) {
            inner().endOfInput(connection);
        }
    }

    // ---- sending

    /** Encrypts what was written, as far as it can be queued, and ends what was to end then. */
    private void settle() {
        do {
            flush();
        } while (state == State.OPEN && connection.relieve() && tellWritable());
        if (state != State.CLOSED && output.isEmpty() && connection.plain().isEmpty()) {
            alertHeld = false;
            ends();
        }
    }

    private boolean tellWritable() {
        inner().writable(connection);
        if (state == State.OPEN) {
            input.offerAgain();
        }
        return true;
    }

    private void flush() {
        if (state == State.CLOSED) {
            return;
        }
        if (!output.isEmpty()) {
            if (!output.flush()) {
                return;
            }
            progress();
        }
        PlainQueue plain = connection.plain();
        while (state != State.CLOSED
                && !plain.isEmpty()
                && output.isEmpty()
                && !outer.congested()) {
            int length = plain.peek(scratch());
            if (length < 0) {
                // The peer must learn that something is missing, so there is no orderly end.
                failed(-length);
                return;
            }
            scratch().plainOut.position(0).limit(length);
            if (!seal(plain, length)) {
                return;
            }
        }
    }

    private boolean seal(PlainQueue plain, int length) {
        int taken = 0;
        if (length > 0) {
            try {
                taken = engine().wrap(scratch());
            } catch (SSLException e) {
                broken(e);
                return false;
            }
        }
        if (length > 0 && taken == 0) {
            // The peer has ended this direction: nothing goes any more.
            plain.clear();
            return false;
        }
        plain.consume(taken);
        return taken == 0 || send();
    }

    /** Queues the record that was made; false if that ended the connection. */
    private boolean send() {
        if (output.send(scratch().cipherOutBytes, scratch().cipherOut.position())) {
            return true;
        }
        abort(Failure.NO_ROOM, "");
        return false;
    }

    /** All that was written is encrypted and queued: say what was to come after it. */
    private void ends() {
        if ((state == State.FLUSHING || connection.outputEnding()) && !outputEnded) {
            outputEnded = true;
            engine().closeOutput();
            sayAll();
        }
        if (state == State.CLOSED || !output.isEmpty()) {
            return;
        }
        if (state == State.OPEN && outputEnded && inputEnded) {
            state = State.FLUSHING;
        }
        if (state == State.FLUSHING) {
            if (lingerWanted || unread || records.begun()) {
                outer.close();
            } else {
                outer.finish();
            }
        } else if (outputEnded) {
            outer.shutdownOutput();
        }
    }

    private void sayAll() {
        boolean more = true;
        while (more
                && state != State.CLOSED
                && output.isEmpty()
                && engine().status() == HandshakeStatus.NEED_WRAP) {
            more = say();
        }
    }

    /** Asks for input and time as it is wanted from now on. */
    private void arrange() {
        if (state == State.CLOSED) {
            return;
        }
        boolean read = reading() || (inputEnded && state == State.OPEN);
        if (read == outerPaused) {
            outerPaused = !read;
            if (read) {
                outer.resume();
            } else {
                outer.pause();
            }
        }
        if (state == State.OPEN && reading() && input.pending()) {
            times.againIn(0);
        } else {
            times.look(connection.mustLook());
        }
    }

    // ---- failures

    private void foreign() {
        if (engine != null) {
            broken(new SSLException("what came is no record"));
        } else {
            report(Failure.NOT_TLS, "");
            failed(Failure.NOT_TLS.errno());
        }
    }

    private void broken(SSLException e) {
        if (state == State.FLUSHING && outputEnded) {
            // Said already: this is about the alert that says it.
            output.clear();
            return;
        }
        report(
                state == State.HANDSHAKE ? Failure.HANDSHAKE_FAILED : Failure.BROKEN_RECORD,
                Objects.requireNonNullElse(e.getMessage(), e.toString()));
        failed(Errno.EPROTO);
        // The peer may be sending: that must not destroy the alert.
        lingerWanted = true;
        sayAll();
    }

    /** Ends the connection without the orderly end, once what is encrypted is sent. */
    private void failed(int why) {
        errno = why;
        state = State.FLUSHING;
        outputEnded = true;
        connection.plain().clear();
    }

    private void abort(Failure why, Object detail) {
        report(why, detail);
        errno = why.errno();
        abort();
    }

    private void report(Failure why, Object detail) {
        memory.report(why.name(), why.sentence(detail), outer.nowNs());
    }

    // ---- for the connection of plaintext

    boolean open() {
        return state == State.OPEN;
    }

    long encryptedBytes() {
        return state == State.CLOSED ? 0 : output.bytes() + outer.queuedBytes();
    }

    void finish(boolean linger) {
        lingerWanted |= linger;
        if (state == State.OPEN) {
            state = State.FLUSHING;
            times.sessionIn(0);
            touch();
        }
    }

    /** Ends it now. A connection beside its loop tells that only later, when the call has ended. */
    void abort() {
        release();
        outer.abort();
    }

    void expireAfter(long delayNs) {
        if (state == State.OPEN) {
            times.sessionIn(delayNs);
        }
    }

    /** The session inside wants input again, what it has left first. */
    void resumed() {
        input.offerAgain();
        touch();
    }

    /** The connection was used: settled when the call ends, or at the next turn of the loop. */
    void touch() {
        if (scratch == null && state != State.CLOSED) {
            times.againIn(0);
        }
    }

    /** There are buffers again. Any thread may call this. */
    void fedLater() {
        outer.execute(this::fed);
    }

    private void fed() {
        starved = false;
        connection.fed();
        touch();
    }

    private Session inner() {
        return Objects.requireNonNull(inner, "open after the handshake");
    }

    private RecordEngine engine() {
        return Objects.requireNonNull(engine, "made for the first record");
    }

    private Scratch scratch() {
        return Objects.requireNonNull(scratch, "there while a call runs");
    }
}

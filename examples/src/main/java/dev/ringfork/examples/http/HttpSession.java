// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Session;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One connection: heads are parsed, answered and forgotten, one after the other.
 *
 * <p>A request that is answered at once leaves no trace but the bytes queued. Anything longer is a
 * {@link Phase}. While one does not take input, and while the client does not take what is queued,
 * no further head is looked at: so responses leave in the order of their requests, and a client
 * that only asks costs a bounded amount of memory. Confined to the connection's loop thread.
 */
final class HttpSession implements Session {
    /** RFC 9112 section 2.2 wants one empty line before a request line ignored. */
    private static final int EMPTY_LINES = 4;

    /**
     * How long a connection that has not asked anything yet may go on when the server drains: its
     * first request may have arrived already, in the kernel.
     */
    private static final long DRAIN_GRACE_NS = Duration.ofSeconds(1).toNanos();

    private final HttpProtocol protocol;
    private final Connection connection;
    private final Exchange exchange;
    private final Deadline deadline;
    private final HeadWatch watch = new HeadWatch();
    private @Nullable Phase phase;
    private boolean served;
    private boolean paused;
    private boolean draining;
    private boolean inputEnded;
    private boolean closed;

    /** Bytes that the last call left in the buffer. */
    private int unread;

    /** Whether these are the beginning of a head whose time is running. */
    private boolean headBegun;

    private int emptyLines;

    HttpSession(HttpProtocol protocol, Connection connection) {
        this.protocol = protocol;
        this.connection = connection;
        this.exchange = new Exchange(protocol, this, connection);
        this.deadline = new Deadline(connection);
        deadline.in(limits().headerTimeout().toNanos());
    }

    @Override
    public void received(Buffer in) {
        paused = false;
        HttpProtocol.Scratch scratch = protocol.scratch();
        while (!closed && advance(in, scratch)) {
            // Each turn takes one head, or what a phase makes of the input.
        }
        if (closed) {
            in.consume(in.length());
        }
        unread = in.length();
        settle();
    }

    private boolean advance(Buffer in, HttpProtocol.Scratch scratch) {
        if (connection.congested() || !wantsInput()) {
            if (in.length() > 0) {
                hold();
            }
            return false;
        }
        Phase current = phase;
        return current == null ? head(in, scratch) : current.received(in);
    }

    private boolean wantsInput() {
        Phase current = phase;
        return current == null || current.takesInput();
    }

    /** Takes one head, if it is complete, and answers it. */
    private boolean head(Buffer in, HttpProtocol.Scratch scratch) {
        skipEmptyLines(in);
        if (!watch.worthParsing(in)) {
            return false;
        }
        int start = in.start();
        RequestHead head = scratch.head();
        int result = HeadParser.parse(in.segment(), start, in.end(), limits(), head);
        if (result == HeadParser.INCOMPLETE) {
            if (in.length() == in.capacity()) {
                refuse(head.fieldsStart < 0 ? 414 : 431);
            }
            watch.incomplete(in, limits(), head);
            return false;
        }
        watch.begin();
        emptyLines = 0;
        if (result < 0) {
            refuse(-result);
            return false;
        }
        served = true;
        headBegun = false;
        in.consume(result - start);
        exchange.run(head, scratch.request());
        return true;
    }

    private void skipEmptyLines(Buffer in) {
        while (emptyLines < EMPTY_LINES
                && in.length() >= 2
                && in.get(in.start()) == Ascii.CR
                && in.get(in.start() + 1) == Ascii.LF) {
            in.consume(2);
            emptyLines++;
            watch.begin();
        }
    }

    private void refuse(int status) {
        exchange.reset();
        exchange.refuse(status, UnaryOperator.identity());
    }

    /** Goes on, stops or ends, after whatever has happened. Every call of the session ends here. */
    void settle() {
        if (closed) {
            return;
        }
        boolean idle = phase == null && unread == 0 && served;
        if (idle && draining) {
            close();
            return;
        }
        boolean wanted = wantsInput();
        boolean offeredAgain = false;
        if (paused && wanted && !connection.congested()) {
            paused = false;
            offeredAgain = unread > 0;
            connection.resume();
        }
        if (inputEnded && wanted && !paused && !offeredAgain) {
            endedWhileWaiting();
            return;
        }
        Phase current = phase;
        if (current == null) {
            awaitHead();
        } else if (current.takesInput()) {
            await(paused ? 0 : current.timeoutNs());
        }
    }

    private void endedWhileWaiting() {
        Phase current = phase;
        if (current == null) {
            close();
        } else {
            current.truncated();
        }
    }

    private void awaitHead() {
        HttpLimits limits = limits();
        if (paused) {
            deadline.clear();
        } else if (unread == 0) {
            headBegun = false;
            if (served) {
                deadline.in(limits.idleTimeout().toNanos());
            }
        } else if (!headBegun) {
            headBegun = true;
            if (served) {
                deadline.in(limits.headerTimeout().toNanos());
            }
        }
    }

    private void await(long timeoutNs) {
        if (timeoutNs > 0) {
            deadline.in(timeoutNs);
        } else {
            deadline.clear();
        }
    }

    /** Begins a phase. */
    void enter(Phase next) {
        phase = next;
        await(next.timeoutNs());
    }

    /** Ends the phase. */
    void leave() {
        phase = null;
    }

    HttpLimits limits() {
        return protocol.limits();
    }

    /** Whether the next answer is the last. */
    boolean draining() {
        return draining || protocol.leaving();
    }

    /** Leaves the client's bytes where they are until {@link #settle} finds use for them. */
    void hold() {
        paused = true;
        connection.pause();
    }

    /** Ends the connection once what is queued is sent, whatever the client does meanwhile. */
    void close() {
        end();
        connection.close();
    }

    /** Ends the connection of a client that wants nothing more, once what is queued is sent. */
    void finish() {
        end();
        connection.finish();
    }

    /** Cuts the connection, so that the client does not take a part for the whole. */
    void abort() {
        end();
        connection.abort();
    }

    private void end() {
        closed = true;
        Phase current = phase;
        phase = null;
        if (current != null) {
            current.closed();
        }
    }

    @Override
    public void endOfInput(Connection same) {
        inputEnded = true;
        settle();
    }

    @Override
    public void writable(Connection same) {
        Phase current = phase;
        if (current != null && !closed) {
            current.writable();
        }
        settle();
    }

    @Override
    public void expired(Connection same) {
        if (closed || !deadline.reached()) {
            return;
        }
        Phase current = phase;
        if (current != null) {
            current.expired();
        } else if (connection.queuedBytes() > 0 || connection.congested()) {
            // Still busy with the last answer; whether that gets on is the connection's to watch.
            deadline.in(limits().idleTimeout().toNanos());
        } else if (unread > 0) {
            refuse(408);
        } else {
            close();
        }
        settle();
    }

    @Override
    public void draining(Connection same) {
        draining = true;
        if (!served && unread == 0) {
            deadline.in(DRAIN_GRACE_NS);
        }
        settle();
    }

    @Override
    public void closed(Connection same, int errno) {
        end();
    }
}

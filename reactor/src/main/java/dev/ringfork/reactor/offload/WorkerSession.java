// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import org.jspecify.annotations.Nullable;

/**
 * Runs a session on a worker: takes its events out of the mailbox, one call at a time, and gives
 * the loop what each call wanted when it returns. The calls may block.
 *
 * <p>Run by one thread at a time, whichever: its strand sees to it.
 */
final class WorkerSession {
    private final Offload offload;
    private final Protocol protocol;
    private final Mailbox mailbox;
    private final WorkerConnection connection;
    private @Nullable Session session;
    private int failure;

    /** Of a connection that was accepted. */
    WorkerSession(Offload offload, Strand strand, Protocol protocol, boolean packets) {
        this(offload, strand, protocol, packets, null);
    }

    /** Of a connection that is to be opened; {@link #open} comes next. */
    WorkerSession(Offload offload, Strand strand, Destination to) {
        this(offload, strand, to.protocol(), false, to);
    }

    private WorkerSession(
            Offload offload,
            Strand strand,
            Protocol protocol,
            boolean packets,
            @Nullable Destination to) {
        this.offload = offload;
        this.protocol = protocol;
        this.mailbox = new Mailbox(offload, strand, this, to);
        boolean whole = offload.judges(protocol, packets) != null;
        this.connection = new WorkerConnection(offload, strand, mailbox, whole, packets);
    }

    Mailbox mailbox() {
        return mailbox;
    }

    /** Opens it within a call of the session that opens the connection. */
    void open() {
        try {
            session = protocol.open(connection);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** Makes one call; false if there is nothing to do. */
    boolean step() {
        boolean open = session != null && connection.listening();
        Mailbox.Event event = mailbox.next(open, !connection.paused(), connection.again());
        if (event == Mailbox.Event.NONE) {
            return false;
        }
        connection.turn();
        try {
            tell(event);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
        connection.settle();
        return true;
    }

    private void tell(Mailbox.Event event) {
        switch (event) {
            case NONE -> {}
            case OPEN -> session = protocol.open(connection);
            case CONNECTED -> session().connected(connection);
            case TASK -> perform(mailbox.task());
            case INPUT -> received(connection.gather(true));
            case AGAIN -> received(connection.gather(false));
            case UNREAD -> connection.dropInput();
            case END -> {
                connection.inputEnds();
                session().endOfInput(connection);
            }
            case DRAINING -> session().draining(connection);
            case WRITABLE -> writable();
            case FED -> {
                if (connection.fed()) {
                    writable();
                }
            }
            case EXPIRED -> {
                if (connection.due()) {
                    session().expired(connection);
                }
            }
            case CLOSED -> closed();
        }
    }

    private void perform(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            offload.host().taskFailed(e);
        }
    }

    private void received(@Nullable Buffer in) {
        if (in == null) {
            return;
        }
        session().received(in);
        if (connection.kept()) {
            offload.host()
                    .note("a connection was closed: its session left a full buffer unconsumed");
            end(Errno.ENOBUFS);
        }
    }

    private void writable() {
        session().writable(connection);
        connection.relieved();
    }

    private void failed(Throwable thrown) {
        offload.host().sessionFailed(thrown);
        end(Errno.EPROTO);
    }

    /** The session has broken: that ends this connection and no other. */
    private void end(int errno) {
        failure = errno;
        connection.abort();
    }

    private void closed() {
        connection.closed();
        Session last = session;
        session = null;
        if (last != null) {
            last.closed(connection, failure == 0 ? mailbox.errno() : failure);
        }
    }

    private Session session() {
        if (session == null) {
            throw new AssertionError("called without a session");
        }
        return session;
    }
}

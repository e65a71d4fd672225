// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.EAGAIN;
import static dev.ringfork.bindings.Errno.EBADF;
import static dev.ringfork.bindings.Errno.ECONNABORTED;
import static dev.ringfork.bindings.Errno.EINTR;
import static dev.ringfork.bindings.Errno.EINVAL;
import static dev.ringfork.bindings.Errno.EMFILE;
import static dev.ringfork.bindings.Errno.ENFILE;
import static dev.ringfork.bindings.Errno.ENOBUFS;
import static dev.ringfork.bindings.Errno.ENOMEM;
import static dev.ringfork.bindings.Errno.ENOTSOCK;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.Timer;

/**
 * Turns what waits at a listener into connections.
 *
 * <p>Confined to the loop's thread. Holds a share of the listener.
 */
abstract class Acceptor implements AutoCloseable {
    /** Accepted in one turn, so that those who are connected are served in between. */
    static final int BATCH_MAX = 64;

    /** How long a listener rests when the system is out of descriptors or memory. */
    private static final long REST_NS = 100_000_000L;

    // Why nothing is accepted for now: nobody is free, it was asked for, somebody else is at it.
    private static final int FULL = 1;
    private static final int PAUSED = 2;
    private static final int SHUT_OUT = 4;

    final Loop loop;
    final Listener listener;
    private final ReserveDescriptor reserve;
    final Intake intake;
    private final Timer rest = new Timer(this::watchOrRest);
    int acceptedInTurn;
    // Why it does not accept; 0 if it does, a rest aside.
    private int holds;
    boolean closed;

    /**
     * Accepts from a listener for somebody.
     *
     * @param intake takes over every accepted descriptor; while it is not free, nothing is accepted
     */
    Acceptor(Loop loop, Listener listener, ReserveDescriptor reserve, Intake intake) {
        this.loop = loop;
        this.listener = listener;
        this.reserve = reserve;
        this.intake = intake;
    }

    /** One that fits the loop, at work. */
    static Acceptor of(Loop loop, Listener listener, ReserveDescriptor reserve, Intake intake) {
        RingLoop ring = loop.ring;
        Acceptor acceptor =
                ring == null
                        ? new ReadyAcceptor(loop, listener, reserve, intake)
                        : new RingAcceptor(ring, loop, listener, reserve, intake);
        int result = acceptor.holds == 0 ? acceptor.watch() : 0;
        if (result < 0) {
            throw new IllegalStateException(
                    "cannot listen on %s: %s"
                            .formatted(
                                    listener.address(),
                                    loop.reactor.demultiplexer().refusal(listener.fd(), result)));
        }
        return acceptor;
    }

    /** Waits for connections from now on. Returns a negative number if it cannot. */
    abstract int watch();

    /** Waits no more, until it is told to again. */
    abstract void unwatch();

    /** The queue was found empty. */
    void empty() {}

    /** Whether nobody could serve one more; then it rests until {@link #resume}. */
    final boolean full() {
        if ((holds & FULL) == 0 && !intake.free()) {
            hold(FULL);
        }
        return (holds & FULL) != 0;
    }

    /** Accepts again if it did not because nobody was free, and somebody is. */
    void resume() {
        if ((holds & FULL) != 0 && !closed && intake.free()) {
            letGo(FULL);
        }
    }

    /** Accepts no more, or again; the listener stays open. */
    final void pause(boolean paused) {
        if (paused) {
            hold(PAUSED);
        } else {
            letGo(PAUSED);
        }
    }

    /** Whether it would accept if it were let through the gate. */
    final boolean wants() {
        return !closed && (holds & ~SHUT_OUT) == 0 && !rest.scheduled() && !full();
    }

    /** Whether it may accept. */
    final void gate(boolean open) {
        if (open) {
            letGo(SHUT_OUT);
        } else {
            hold(SHUT_OUT);
        }
    }

    private void hold(int reason) {
        if (holds == 0 && !closed) {
            unwatch();
        }
        holds |= reason;
    }

    private void letGo(int reason) {
        if ((holds & reason) != 0) {
            holds &= ~reason;
            if (holds == 0 && !closed && !rest.scheduled()) {
                watchOrRest();
            }
        }
    }

    /** Accepts and hands over what a drain owes the listener's queue, then closes. */
    final void drain() {
        for (int i = 0; i < listener.drained() && !closed && !rest.scheduled(); i++) {
            if (!acceptOne()) {
                break;
            }
        }
        if (!listener.emptied() || !rest.scheduled()) {
            close();
        }
    }

    /** Whether there may be more to accept. */
    final boolean acceptOne() {
        int fd = loop.sockets.accept4(listener.fd(), 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            return failed(-fd);
        }
        accepted(fd);
        return true;
    }

    /** Hands over a connection that was accepted, at once or when the gate is given back. */
    final void accepted(int fd) {
        acceptedInTurn++;
        loop.counters.accepts.increment();
        listener.tune(fd);
        Gatekeeper keeper = loop.gatekeeper;
        if (!loop.limit.take()) {
            loop.shedAtLimit(fd);
        } else if (keeper == null || !keeper.keep(fd, intake)) {
            intake.take(fd);
        }
    }

    /** What accept4(2) has failed with. Returns whether to go on at once. */
    final boolean failed(int errno) {
        if (errno == EAGAIN) {
            // Nothing unusual: who shares the listener was faster.
            loop.counters.emptyAccepts.increment();
            empty();
            return false;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            exhausted(errno);
            return false;
        }
        if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK) {
            loop.reports.report(
                    "listener %s is gone: %s".formatted(listener.address(), Errno.name(errno)),
                    loop.reactor.nowNs());
            close();
            return false;
        }
        // Everything else is the trouble of the one connection that was at the head of the queue.
        return true;
    }

    /**
     * No descriptor is left. The reserve is spent to close what waits, so that clients learn it now
     * rather than hang, and the listener rests: a level that nobody lowers would spin the loop.
     */
    private void exhausted(int errno) {
        loop.counters.exhausted.increment();
        loop.reports.report(
                "out of descriptors or memory (%s): new connections are closed; raise ulimit -n or lower --max-connections"
                        .formatted(Errno.name(errno)),
                loop.reactor.nowNs());
        for (int i = 0; i < BATCH_MAX && errno == EMFILE; i++) {
            int result = reserve.acceptAndClose(listener.fd());
            if (result == 0) {
                loop.counters.shed.increment();
            } else if (result != -EINTR && result != -ECONNABORTED) {
                break;
            }
        }
        rest();
    }

    private void rest() {
        unwatch();
        loop.reactor.schedule(rest, loop.reactor.nowNs() + REST_NS);
    }

    final void watchOrRest() {
        if (holds == 0 && watch() < 0) {
            rest();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            loop.reactor.cancel(rest);
            unwatch();
            listener.release();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.accept.Accepting;
import dev.ringfork.prefork.passing.DescriptorSocket;
import dev.ringfork.prefork.passing.PassingException;
import dev.ringfork.prefork.passing.PassingWindow;
import dev.ringfork.prefork.passing.Sending;
import dev.ringfork.prefork.passing.Transfer;
import dev.ringfork.prefork.scoreboard.Score;
import dev.ringfork.reactor.EventHandler;
import dev.ringfork.reactor.Registration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The way by which one worker is passed connections. Confined to the loop's thread; owns the socket
 * and what is in flight.
 */
final class Lane implements AutoCloseable {
    final int slot;
    final Registration registration;
    private final Score score;
    private final PassingWindow window;

    /** Whether the worker serves, and was not told to finish. */
    boolean serving;

    /** Whether the worker has served, be it to the end. */
    boolean served;

    /** Whether the worker was told to finish. */
    boolean left;

    private final boolean once;
    private boolean spent;
    private boolean full;
    private boolean finished;
    private long restsUntilNs;

    /**
     * Takes over the socket.
     *
     * @param once whether the worker gets one connection and no more
     */
    Lane(int slot, boolean once, DescriptorSocket socket, Score score, EventHandler onAnswer) {
        this.slot = slot;
        this.once = once;
        this.score = score;
        this.window =
                new PassingWindow(
                        socket, Accepting.PASSING_WINDOW, PassingWindow.Keep.UNTIL_ANSWERED);
        this.registration = new Registration(onAnswer);
    }

    int fd() {
        return window.fd();
    }

    /** Whether one more may be sent. */
    boolean room(long nowNs) {
        return !full
                && !spent
                && !finished
                && nowNs >= restsUntilNs
                && !window.peerGone()
                && window.inFlight() < Accepting.PASSING_WINDOW;
    }

    /** Whether it has had the one connection that it gets, where it gets one. */
    boolean spent() {
        return spent;
    }

    /** Whether all that was sent is answered. */
    boolean settled() {
        return window.inFlight() == 0;
    }

    /** Sends nothing more, which the worker reads when it has read all that was sent. */
    void finish() {
        if (!finished) {
            finished = true;
            window.finish();
        }
    }

    boolean finished() {
        return finished;
    }

    /** How many connections the worker has, as far as it is known here. */
    long load() {
        return score.load() + window.inFlight();
    }

    /** Sends a connection; it is this lane's if the answer is {@code SENT}. */
    Sending offer(Transfer connection) {
        Sending sending = window.offer(connection);
        full |= sending == Sending.FULL;
        spent |= once && sending == Sending.SENT;
        return sending;
    }

    /** Sends nothing until then: the worker cannot take more now. */
    void restUntil(long untilNs) {
        restsUntilNs = untilNs;
    }

    /**
     * Takes in what the worker has answered.
     *
     * @param refused takes over what it did not want
     * @return whether the worker is still there
     * @throws PassingException if it does not answer as workers do
     */
    boolean settle(Consumer<Transfer> refused) {
        if (window.settle(refused) > 0) {
            full = false;
        }
        return !window.peerGone();
    }

    /** Gives back what was not answered, of a worker that is gone. */
    List<Transfer> reclaim() {
        return window.reclaim();
    }

    @Override
    public void close() {
        registration.remove();
        window.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.protocol.WholeMessages;
import org.jspecify.annotations.Nullable;

/**
 * The loop's end of a session that runs on a worker: turns what happens into events, and does what
 * the session wants.
 *
 * <p>Input goes to the worker as it arrives, up to {@value Limits#INPUTS_MAX} buffers ahead; what
 * the session leaves comes back, unless more has gone there already. With a judge input stays here
 * until a message is whole and goes to the worker one buffer at a time, so that the judge sees
 * every byte that is unconsumed.
 *
 * <p>Confined to the loop's thread.
 */
final class LoopSession implements Session, SentListener {
    private final Offload offload;
    private final LoopEnd connection;
    private final Mailbox mailbox;
    private final WholeMessages.@Nullable Judge judge;
    private long expiry;
    private boolean stopped;
    // With a judge only: the worker has input, messages are no longer waited for, and how many of
    // the bytes here the session has seen and left.
    private boolean away;
    private boolean inPieces;
    private int seen;

    LoopSession(
            Offload offload,
            LoopEnd connection,
            Mailbox mailbox,
            WholeMessages.@Nullable Judge judge) {
        this.offload = offload;
        this.connection = connection;
        this.mailbox = mailbox;
        this.judge = judge;
    }

    @Override
    public void connected(Connection same) {
        mailbox.connected();
    }

    @Override
    public void received(Buffer in) {
        if (judge == null) {
            givePart(false);
        } else if (away) {
            stop();
        } else if (in.length() > seen && complete(judge, in)) {
            give();
        }
    }

    private boolean complete(WholeMessages.Judge of, Buffer in) {
        if (!inPieces) {
            WholeMessages.Verdict verdict = of.judge(in);
            inPieces =
                    verdict == WholeMessages.Verdict.LARGE
                            || (verdict == WholeMessages.Verdict.PART
                                    && in.length() == in.capacity());
            return inPieces || verdict == WholeMessages.Verdict.WHOLE;
        }
        return true;
    }

    /** Gives the worker what is here. */
    private void give() {
        Buffer in = connection.takeInput();
        if (in != null) {
            give(in);
        }
    }

    private void give(Buffer in) {
        away = judge != null;
        seen = 0;
        Buffer left = mailbox.input(in, null);
        if (left != null) {
            boolean all = WorkerConnection.move(in, left);
            if (all) {
                offload.release(in);
            }
            mailbox.input(left, all ? null : in);
        }
        if (mailbox.full()) {
            stop();
        }
    }

    /** What is here can no longer become whole, or is wanted in any case. */
    private void givePart(boolean leftToo) {
        Buffer in = away ? null : connection.takeInput();
        if (in == null) {
            return;
        }
        boolean fresh = in.length() > seen;
        if (fresh || leftToo) {
            inPieces = true;
            give(in);
        } else {
            connection.giveInput(in);
        }
    }

    private void stop() {
        stopped = true;
        connection.pause();
    }

    private void readOn() {
        if (stopped) {
            stopped = false;
            connection.resume();
        }
    }

    @Override
    public void endOfInput(Connection same) {
        givePart(false);
        connection.keepOpen(true);
        mailbox.end();
    }

    @Override
    public void sent() {
        mailbox.sent(connection.queuedBytes(), connection.queuedFiles());
    }

    @Override
    public void expired(Connection same) {
        givePart(false);
        mailbox.expired(expiry);
    }

    @Override
    public void draining(Connection same) {
        givePart(false);
        mailbox.draining();
    }

    @Override
    public void closed(Connection same, int errno) {
        offload.lose(mailbox, errno);
    }

    // ---- what the session wants

    /** Does all of it. */
    void apply() {
        Batch batch = offload.scratch();
        mailbox.collect(batch);
        Outgoing outgoing = batch.outgoing;
        for (int i = 0; i < outgoing.count(); i++) {
            switch (outgoing.at(i)) {
                case QueuedFile file ->
                        connection.writeFile(file.fd(), file.offset(), file.length());
                case Buffer buffer -> append(buffer);
                default -> throw new AssertionError(outgoing.at(i));
            }
        }
        Buffer left = batch.left;
        int effects = batch.effects;
        long deadlineNs = batch.deadlineNs;
        if (batch.wants(Batch.EXPIRY)) {
            expiry = batch.expiry;
        }
        // From here on what is called may need the scratch itself.
        batch.forget();
        if ((effects & Batch.EXPIRY) != 0) {
            connection.expireAfter(
                    deadlineNs == 0 ? 0 : Math.max(1, deadlineNs - connection.nowNs()));
        }
        input(effects, left);
        output(effects);
    }

    private void append(Buffer buffer) {
        if (buffer.length() > 0) {
            connection.append(buffer);
        } else {
            offload.release(buffer);
        }
    }

    private void input(int effects, @Nullable Buffer left) {
        if ((effects & Batch.INPUT_DONE) != 0) {
            away = false;
            if (left != null) {
                takeBack(left);
            }
        }
        if ((effects & Batch.OFFER) != 0 && seen > 0) {
            givePart(true);
        }
        int room = judge == null ? Batch.READ_ON : Batch.INPUT_DONE;
        // The wish may be older than what has filled the mailbox again since: then another follows.
        if ((effects & room) != 0 && !away && !mailbox.full()) {
            readOn();
        }
    }

    /** What the session has left comes in front of what has arrived since. */
    private void takeBack(Buffer left) {
        seen = left.length();
        Buffer since = connection.takeInput();
        if (since == null) {
            connection.giveInput(left);
        } else if (WorkerConnection.move(since, left)) {
            offload.release(since);
            connection.giveInput(left);
        } else {
            // A full buffer goes back at once, and what did not fit follows it.
            inPieces = true;
            connection.giveInput(since);
            give(left);
        }
    }

    private void output(int effects) {
        if ((effects & Batch.NAMES) != 0) {
            mailbox.names(connection.remoteAddress(), connection.localAddress());
        }
        if ((effects & Batch.SHUTDOWN_OUTPUT) != 0) {
            connection.shutdownOutput();
        }
        if ((effects & Batch.END_TOLD) != 0) {
            connection.keepOpen(false);
        }
        if ((effects & Batch.ABORT) != 0) {
            connection.abort();
        } else if ((effects & Batch.CLOSE) != 0) {
            connection.close();
        } else if ((effects & Batch.FINISH) != 0) {
            finish();
        }
    }

    /** Input that nobody will see makes it a close: the peer may still be sending. */
    private void finish() {
        Buffer unread = connection.takeInput();
        if (unread != null) {
            connection.giveInput(unread);
        }
        if (unread != null || mailbox.unread()) {
            connection.close();
        } else {
            connection.finish();
        }
    }
}
